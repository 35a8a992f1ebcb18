"""Forms of the answers that an import needs: what columns mean, by which rules rows go in, what unknown texts mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import ImportBatch
from customers.selectors.import_columns import SampledColumn, sampled_columns
from customers.services.imports.likeness import offers_of
from kcrm.lib.imports import Field, Importable, Kind
from kcrm.lib.imports.reading import Preview

LEAVE_EMPTY: Final = "\N{EMPTY SET}"
CREATE: Final = "\N{HEAVY PLUS SIGN}"
MOST_LISTED: Final = 2_000
DATE_WORDS: Final = (
    ("ymd", _("year first: 2026-01-31")), ("dmy", _("day first: 31.01.2026")), ("mdy", _("month first: 01/31/2026")),
)  # fmt: skip
DECIMAL_WORDS: Final = ((".", "1,234.56"), (",", "1.234,56"))
POLICY_WORDS: Final = (
    ("overwrite", _("take the new value")),
    ("fill_empty", _("only fill in what is empty")),
    ("never", _("never change")),
)
DATES: Final = frozenset({Kind.DATE, Kind.MOMENT})
NUMBERS: Final = frozenset({Kind.NUMBER, Kind.MONEY, Kind.COUNT})


def _choice(choices: Any, initial: Any, label: Any, html_id: str) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "input", "aria-label": label, "id": html_id})
    return forms.ChoiceField(choices=choices, initial=initial, required=False, widget=widget)


class ColumnsForm(forms.Form):
    """What each column of the file means and how it writes dates and numbers; and what every row says."""

    def __init__(self, *args: Any, batch: ImportBatch, thing: Importable, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.thing, self.user = batch, thing, user
        means = {index: name for name, index in batch.mapping.items()}
        choices = [("", _("leave this column out")), *((field.name, field.label) for field in thing.fields)]
        for index, heading in enumerate(batch.header):
            formats = batch.formats.get(means.get(index, ""), {})
            self.fields[f"field_{index}"] = _choice(choices, means.get(index, ""), heading, f"field-{index}")
            self.fields[f"dates_{index}"] = _choice(DATE_WORDS, formats.get("dates", "ymd"), heading, f"dates-{index}")
            self.fields[f"decimal_{index}"] = _choice(
                DECIMAL_WORDS, formats.get("decimal", "."), heading, f"decimal-{index}"
            )
        for field in thing.fields:
            self._add_constant(field)

    def _add_constant(self, field: Field) -> None:
        name, initial = f"constant_{field.name}", self.batch.constants.get(field.name, "")
        offers = offers_of(field, self.user)
        if field.kind is Kind.FLAG:
            offers = {"true": _("yes"), "false": _("no")}
        if offers and len(offers) <= MOST_LISTED:
            self.fields[name] = _choice([("", _("nothing")), *offers.items()], initial, field.label, name)
        else:
            widget = forms.TextInput(attrs={"class": "input", "aria-label": field.label, "id": name})
            self.fields[name] = forms.CharField(required=False, initial=initial, max_length=200, widget=widget)

    def _now(self, name: str) -> str:
        """What a field says now, whether or not the form was sent, and whether or not it is right."""
        return str(self[name].value() or "")

    def means(self) -> dict[int, str]:
        """{number of the column: field} as chosen now."""
        chosen = {index: self._now(f"field_{index}") for index in range(len(self.batch.header))}
        return {index: name for index, name in chosen.items() if name in self.thing.by_name}

    def formats(self) -> dict[str, dict[str, str]]:
        """{field: {dates, decimal}} as chosen now."""
        found: dict[str, dict[str, str]] = {}
        for index, name in self.means().items():
            kind = self.thing.by_name[name].kind
            if kind in DATES:
                found[name] = {"dates": self._now(f"dates_{index}") or "ymd"}
            elif kind in NUMBERS:
                found[name] = {"decimal": self._now(f"decimal_{index}") or "."}
        return found

    def clean(self) -> dict[str, Any]:
        """Each field from one column."""
        data = super().clean() or {}
        seen: dict[str, int] = {}
        for index, name in self.means().items():
            first = seen.setdefault(name, index)
            if first != index:
                self.add_error(
                    f"field_{index}",
                    _("“%(column)s” says this already.") % {"column": self.batch.header[first]},
                )
        return data

    def values(self) -> dict[str, Any]:
        """What `set_mapping` takes of this step."""
        mapping = {name: index for index, name in self.means().items()}
        constants = {
            name: self.cleaned_data[f"constant_{name}"]
            for name in self.thing.by_name
            if name not in mapping and self.cleaned_data.get(f"constant_{name}")
        }
        return {"mapping": mapping, "formats": self.formats(), "constants": constants}

    def rows(self, preview: Preview) -> list[dict[str, Any]]:
        """One line for each column of the file, with how its first cells read."""
        means = self.means()
        columns: Sequence[SampledColumn] = sampled_columns(self.batch, self.thing, preview, means, self.formats())
        return [
            {
                "column": column,
                "field": self[f"field_{column.index}"],
                "means": self.thing.by_name.get(means.get(column.index, "")),
                "format": self._format(column.index, means.get(column.index, "")),
            }
            for column in columns
        ]

    def _format(self, index: int, name: str) -> Any:
        field = self.thing.by_name.get(name)
        if field is None or field.kind not in DATES | NUMBERS:
            return ""
        return self[f"dates_{index}"] if field.kind in DATES else self[f"decimal_{index}"]

    def constant_rows(self) -> list[dict[str, Any]]:
        """One line for each field that no column brings."""
        brought = set(self.means().values())
        stand_ins = (*self.thing.fallbacks.items(), *self.thing.counted.items())
        brought |= {name for name, other in stand_ins if other in brought}
        return [
            {"field": field, "input": self[f"constant_{field.name}"]}
            for field in self.thing.fields
            if field.name not in brought
        ]

    def lacking(self) -> list[Any]:
        """The needed fields that neither a column nor a constant brings."""
        given = {row["field"].name for row in self.constant_rows() if row["input"].value()}
        return [field.label for field in self.thing.lacking({*self.means().values(), *given})]


class RulesForm(forms.Form):
    """By what rows find what is there already, and what may take the place of what is there."""

    keys = forms.MultipleChoiceField(
        label=_("Find what is there already by"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rule = forms.ChoiceField(
        label=_("Where there is a value already"),
        choices=(*POLICY_WORDS, ("each", _("decide for each column"))),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, batch: ImportBatch, thing: Importable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.thing = batch, thing
        self.fields["keys"].choices = [(key, thing.by_name[key].label) for key in thing.keys]
        self.fields["keys"].initial = batch.keys or list(thing.keys)
        self.ruled = [thing.by_name[name] for name in batch.mapping if thing.by_name[name].policy]
        rules = {batch.policy.get(field.name, "overwrite") for field in self.ruled}
        self.fields["rule"].initial = rules.pop() if len(rules) == 1 else "each" if rules else "overwrite"
        for field in self.ruled:
            rule = batch.policy.get(field.name, "overwrite")
            name = f"policy_{field.name}"
            self.fields[name] = _choice(POLICY_WORDS, rule, field.label, name)

    def policy_rows(self) -> list[tuple[Any, Any]]:
        """(label, input) for each column that has a rule of its own."""
        return [(field.label, self[f"policy_{field.name}"]) for field in self.ruled]

    def values(self) -> dict[str, Any]:
        """What `set_mapping` takes of this step."""
        data = self.cleaned_data
        rules = {
            field.name: (data.get(f"policy_{field.name}") or "overwrite") if data["rule"] == "each" else data["rule"]
            for field in self.ruled
        }
        keys = [key for key in self.thing.keys if key in data["keys"]]
        policy = {name: rule for name, rule in rules.items() if rule != "overwrite"}
        return {"policy": policy, "keys": keys or list(self.thing.keys)}


class ValuesForm(forms.Form):
    """What the texts mean that nobody knows, and those that look misspelt: another one, a new thing, or nothing."""

    def __init__(self, *args: Any, batch: ImportBatch, thing: Importable, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.thing, self.user = batch, thing, user
        self.texts = unknown_texts(batch)
        checked = batch.checked or {}
        self.near: Mapping[str, Mapping[str, Any]] = checked.get("near") or {}
        self.unmatched = {name: dict(pairs) for name, pairs in (checked.get("unmatched") or {}).items()}
        for name, texts in self.texts.items():
            for index, text in enumerate(texts):
                self._add(thing.by_name[name], index, text)

    def _add(self, field: Field, index: int, text: str) -> None:
        name = f"to_{field.name}_{index}"
        near = [(value, label) for value, label in self.near.get(field.name, {}).get(text, ())]
        likely = {value for value, _label in near}
        offers = {} if field.vocabulary else offers_of(field, self.user)
        others = [(value, label) for value, label in list(offers.items())[:MOST_LISTED] if value not in likely]
        is_unknown = text in self.unmatched.get(field.name, {})
        words: list[Any] = [("", _("refuse these rows") if is_unknown or not field.vocabulary else _("keep as it is"))]
        if near:
            words.append((_("Looks like"), near))
        if field.creates:
            words.append((CREATE, _("bring it in as new")))
        if not field.required:
            words.append((LEAVE_EMPTY, _("leave the cell empty")))
        if others:
            words.append((_("All"), others))
        self.fields[name] = _choice(words, self._initial(field.name, text, near), text, name)
        self.fields[name].initial = self._initial(field.name, text, near)
        kept = self.fields[name].initial
        if kept and kept not in {CREATE, LEAVE_EMPTY} and kept not in likely and kept not in dict(others):
            self.fields[name].choices = [*words, (kept, kept)]
        if not offers:
            widget = forms.TextInput(attrs={"class": "input", "aria-label": text, "id": f"other-{name}"})
            self.fields[f"other_{name}"] = forms.CharField(required=False, max_length=200, widget=widget)

    def _initial(self, name: str, text: str, near: Sequence[tuple[str, str]]) -> str:
        kept = self.batch.replacements.get(name, {})
        if text in self.batch.creations.get(name, ()):
            return CREATE
        if text in kept:
            return LEAVE_EMPTY if kept[text] is None else str(kept[text])
        return near[0][0] if near else ""

    def values(self) -> dict[str, Any]:
        """What `set_mapping` takes of this step."""
        replacements: dict[str, dict[str, str | None]] = {}
        creations: dict[str, list[str]] = {}
        for name, texts in self.texts.items():
            for index, text in enumerate(texts):
                to = self.cleaned_data.get(f"other_to_{name}_{index}") or self.cleaned_data.get(f"to_{name}_{index}")
                if to == CREATE:
                    creations.setdefault(name, []).append(text)
                elif to:
                    replacements.setdefault(name, {})[text] = None if to == LEAVE_EMPTY else to
        return {"replacements": replacements, "creations": creations}

    def groups(self) -> list[dict[str, Any]]:
        """The texts of each field, each with how many rows have it and what it shall mean."""
        return [
            {
                "field": self.thing.by_name[name],
                "rows": [
                    {
                        "text": text,
                        "count": self.unmatched.get(name, {}).get(text),
                        "to": self[f"to_{name}_{index}"],
                        "other": self[f"other_to_{name}_{index}"] if f"other_to_{name}_{index}" in self.fields else "",
                    }
                    for index, text in enumerate(texts)
                ],
            }
            for name, texts in self.texts.items()
        ]


def unknown_texts(batch: ImportBatch) -> dict[str, list[str]]:
    """{field: texts} that the last check did not know or found misspelt, and those that are answered already."""
    checked = batch.checked or {}
    found: dict[str, list[str]] = {}
    for source in (
        batch.replacements,
        batch.creations,
        {name: [text for text, _count in pairs] for name, pairs in (checked.get("unmatched") or {}).items()},
        checked.get("near") or {},
    ):
        for name, texts in source.items():
            known = found.setdefault(name, [])
            known += [text for text in texts if text and text not in known]
    return {name: texts for name, texts in found.items() if texts}
