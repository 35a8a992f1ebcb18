"""How the first cells of a file's columns read under the answers given so far; and in other encodings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import ImportBatch
from kcrm.lib import formats as words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Field, Importable, Kind
from kcrm.lib.imports.countries import country_names
from kcrm.lib.imports.reading import ENCODINGS, Preview, encoded_sample
from kcrm.lib.imports.values import Formats, is_ambiguous, understood

SHOWN: Final = 4
ASKED: Final = frozenset({"not_a_choice", "not_a_country"})  # what a person says once for all rows, after the check
TRIED: Final = 200
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A cell and what it reads as; `state` is good, bad or doubtful."""

    text: str
    reads: str
    state: str = "good"


@dataclass(frozen=True, slots=True)
class SampledColumn:
    """A column with its first different cells. `doubtful` where all its dates could be meant the other way round."""

    index: int
    heading: str
    samples: tuple[Sample, ...]
    bad: int
    doubtful: bool


def sampled_columns(
    batch: ImportBatch,
    thing: Importable,
    preview: Preview,
    means: Mapping[int, str],
    formats: Mapping[str, Mapping[str, str]],
) -> list[SampledColumn]:
    """Every column of the file, its cells read as what it means now."""
    zone = ZoneInfo(batch.created_by.time_zone) if batch.created_by.time_zone else timezone.get_default_timezone()
    found = []
    for index, heading in enumerate(batch.header):
        field = thing.by_name.get(means.get(index, ""))
        texts = [cells[index] for _number, cells in preview.rows[:TRIED] if index < len(cells)]
        different = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        if field is None:
            samples = [Sample(text[:LONGEST], "") for text in different[:SHOWN]]
            found.append(SampledColumn(index, heading, tuple(samples), 0, doubtful=False))
            continue
        form = Formats(**formats.get(field.name, {}), zone=zone)
        known = batch.replacements.get(field.name, {})
        samples = [_sample(field, text, form, known) for text in different]
        is_date = field.kind in {Kind.DATE, Kind.MOMENT}
        doubtful = is_date and bool(different) and all(is_ambiguous(text) for text in different)
        bad = [sample for sample in samples if sample.state == "bad"]
        odd = [*bad[:1], *(sample for sample in samples if sample.state == "doubtful")][:2]
        shown = [*odd, *(sample for sample in samples if sample not in odd)][:SHOWN]
        found.append(SampledColumn(index, heading, tuple(shown), len(bad), doubtful))
    return found


def _sample(field: Field, text: str, form: Formats, replaced: Mapping[str, str | None]) -> Sample:
    if text in replaced:
        return Sample(text[:LONGEST], replaced[text] or _("leave the cell empty"))
    try:
        value = understood(field, text, form)
    except DomainError as error:
        if error.code in ASKED:
            return Sample(text[:LONGEST], _("not known here; you are asked what it means at the check"), "doubtful")
        return Sample(text[:LONGEST], str(error), "bad")
    is_date = field.kind in {Kind.DATE, Kind.MOMENT}
    return Sample(
        text[:LONGEST], _shown(field, value)[:LONGEST], "doubtful" if is_date and is_ambiguous(text) else "good"
    )


def _shown(field: Field, value: Any) -> str:
    """A value as the pages write it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Decimal):
        return words.number(value, max(0, -int(value.as_tuple().exponent)))
    if isinstance(value, int):
        return words.number(value)
    if field.kind is Kind.COUNTRY:
        return country_names(get_language() or "en").get(value, value)
    return str((field.choices or {}).get(value, value))


def readings_in_other_encodings(batch: ImportBatch) -> list[tuple[str, str]]:
    """(encoding, the first line with foreign signs as it reads in it): the chosen one first, each reading once."""
    if batch.form != "csv":
        return []
    line = encoded_sample(batch.file.path)
    if line is None or batch.encoding.startswith("utf-16"):
        return []
    found: dict[str, str] = {}
    for encoding in (batch.encoding, *ENCODINGS):
        if encoding.startswith("utf-16"):
            continue
        try:
            text = line.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if text not in found.values() and all(sign.isprintable() or sign == "\t" for sign in text):
            found[encoding] = text
    return [(encoding, text[:120]) for encoding, text in found.items()] if len(found) > 1 else []
