"""Which column of a foreign file means which field, by its heading; how a column writes dates and numbers. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from django.conf import settings
from django.utils import translation

from kcrm.lib import words
from kcrm.lib.imports.fields import Field, Kind
from kcrm.lib.imports.registry import Importable
from kcrm.lib.imports.values import words_width

LIKE: Final = 0.86
_DATE: Final = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})")
_COMMA: Final = re.compile(
    r"^[-+(]?[^\d]*\d{1,3}(?:\.\d{3})*,\d{1,2}\)?[^\d]*$|^-?\d+,\d{1,2}$|^-?\d{1,3}(?:\.\d{3})+$"
)
_POINT: Final = re.compile(r"\d\.\d{1,2}\)?[^\d]*$|,\d{3}(?:\D|$)")

# Headings in traditional signs say the same as in simplified ones
_SIMPLE: Final = str.maketrans(
    "戶編號稱國電話郵遞區業務負責單價數量產類別備註聯絡繫職稱發票訂開結束日間時狀態統營員團隊幣檔網頁說項總額與關係級層實際應後門長執經專億線製萬會資產權組織臺",
    "户编号称国电话邮递区业务负责单价数量产类别备注联络系职称发票订开结束日间时状态统营员团队币档网页说项总额与关系级层实际应后门长执经专亿线制万会资产权组织台",
)


def signature(header: Sequence[str]) -> str:
    """What recognises a file of the same columns next time."""
    return hashlib.sha256("\n".join(words.fold(name) for name in header).encode()).hexdigest()[:32]


def guessed_mapping(thing: Importable, header: Sequence[str]) -> dict[str, int]:
    """{field: number of its column}: each field gets the column whose heading fits best, each column one field."""
    scores: list[tuple[float, int, int, str]] = []
    folded = [words.fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).translate(_SIMPLE)) for name in header]
    for place, field in enumerate(thing.fields):
        names = _names(field)
        for index, heading in enumerate(folded):
            score = _score(heading, names)
            if score:
                scores.append((-score, place, index, field.name))
    found: dict[str, int] = {}
    for *_order, index, name in sorted(scores):
        if name not in found and index not in found.values():
            found[name] = index
    return found


def _names(field: Field) -> list[str]:
    """What a heading of this field may say, the likeliest first, folded."""
    labels = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            labels.append(str(field.label))
    return [words.fold(name) for name in (field.name.replace("_", " "), *labels, *field.aliases)]


def _score(heading: str, names: Sequence[str]) -> float:
    if not heading:
        return 0
    if heading in names:
        return 100 - names.index(heading) * 0.5
    best = max(SequenceMatcher(None, heading, name).ratio() for name in names)
    return best * 60 if best >= LIKE else 0


def guessed_formats(field: Field, texts: Iterable[str]) -> dict[str, str]:
    """How the texts of a column write dates or numbers: {} where the field has neither."""
    if field.kind in {Kind.DATE, Kind.MOMENT}:
        return {"dates": _date_order(texts)}
    if field.kind in {Kind.NUMBER, Kind.MONEY, Kind.COUNT}:
        known = [words_width(text).strip() for text in texts if text.strip()]
        commas = sum(1 for text in known if _COMMA.search(text))
        points = sum(1 for text in known if _POINT.search(text))
        return {"decimal": "," if commas > points else "."}
    return {}


def _date_order(texts: Iterable[str]) -> str:
    firsts, seconds = [], []
    for text in texts:
        if (found := _DATE.match(words_width(text).strip())) and len(found[1]) < 3:
            firsts.append(int(found[1]))
            seconds.append(int(found[2]))
    if not firsts:
        return "ymd"
    return "mdy" if max(seconds) > 12 >= max(firsts) else "dmy"


def mapped(mapping: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    """The texts of one row by field; a column that the row does not reach is empty."""
    return {name: cells[index] if index < len(cells) else "" for name, index in mapping.items()}
