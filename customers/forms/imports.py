"""Forms of the steps of an import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import ImportBatch
from kcrm.lib.imports import Field, Importable, Kind, importables_for
from kcrm.lib.imports.reading import DELIMITERS, ENCODINGS, RARE_DELIMITERS

LEAVE_EMPTY: Final = "\N{EMPTY SET}"
LONGEST_PASTE: Final = 2_000_000
DELIMITER_WORDS: Final = {
    ",": _("comma ,"), ";": _("semicolon ;"), "\t": _("tab"), "|": _("bar |"),
    ":": _("colon :"), "^": "^", "~": "~", "#": "#", "\x1f": _("unit separator"),
}  # fmt: skip
DATE_WORDS: Final = (("ymd", "2026-01-31"), ("dmy", "31.01.2026"), ("mdy", "01/31/2026"))
DECIMAL_WORDS: Final = ((".", "1,234.56"), (",", "1.234,56"))
POLICY_WORDS: Final = (
    ("overwrite", _("take the new value")),
    ("fill_empty", _("only fill in what is empty")),
    ("never", _("never change")),
)


class UploadForm(forms.Form):
    """What comes, from where, as a file or pasted."""

    importable = forms.ChoiceField(label=_("What do the rows describe?"))
    source = forms.CharField(
        label=_("Which system do they come from?"),
        max_length=40,
        initial="erp",
        help_text=_("Its keys are looked up under this name, so use the same name each time: erp, shop, crm."),
    )
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV in any encoding, or XLSX, up to 25 MB and 100,000 rows")
    )
    text = forms.CharField(
        label=_("Or paste rows from a spreadsheet, with their headings"),
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6}),
        strip=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(thing.key, thing.label) for thing in importables_for(user)]
        self.fields["importable"].choices = choices

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not data.get("file") and not str(data.get("text") or "").strip() and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste rows."))
        return data


class ReadingForm(forms.Form):
    """How the file is read."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(name, name) for name in ENCODINGS], required=False)
    delimiter = forms.ChoiceField(label=_("Delimiter"), required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(label=_("Row of the headings"), min_value=1, max_value=1000)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        now = {name: getattr(batch, name) for name in ("encoding", "delimiter", "sheet", "header_row")}
        super().__init__(*args, initial=now, **kwargs)
        self.fields["delimiter"].choices = [(sign, DELIMITER_WORDS[sign]) for sign in (*DELIMITERS, *RARE_DELIMITERS)]
        self.fields["sheet"].choices = [(name, name) for name in batch.sheets]
        for name in ("sheet",) if batch.form == "csv" else ("encoding", "delimiter"):
            del self.fields[name]


class MappingForm(forms.Form):
    """Which column means which field, how it writes dates and numbers, by which rule, and what replaces what."""

    keys = forms.MultipleChoiceField(
        label=_("Find what is there already by"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, batch: ImportBatch, thing: Importable, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.thing = batch, thing
        self.unknown = unknown_values(batch)
        columns = [("", _("not in the file")), *((str(index), name) for index, name in enumerate(batch.header))]
        for field in thing.fields:
            self._add_field(field, columns)
        self.fields["keys"].choices = [(key, thing.by_name[key].label) for key in thing.keys]
        self.fields["keys"].initial = batch.keys or list(thing.keys)
        for name, texts in self.unknown.items():
            self._add_replacements(thing.by_name[name], texts, user)

    def _choice(self, name: str, label: Any, choices: Any, initial: Any) -> None:
        widget = forms.Select(attrs={"class": "input", "aria-label": label})
        self.fields[name] = forms.ChoiceField(choices=choices, initial=initial, required=False, widget=widget)

    def _add_field(self, field: Field, columns: Any) -> None:
        batch = self.batch
        index = batch.mapping.get(field.name)
        self._choice(f"column_{field.name}", field.label, columns, "" if index is None else str(index))
        formats = batch.formats.get(field.name, {})
        if field.kind in {Kind.DATE, Kind.MOMENT}:
            self._choice(f"dates_{field.name}", field.label, DATE_WORDS, formats.get("dates", "ymd"))
        elif field.kind in {Kind.NUMBER, Kind.MONEY, Kind.COUNT}:
            self._choice(f"decimal_{field.name}", field.label, DECIMAL_WORDS, formats.get("decimal", "."))
        if field.policy:
            rule = batch.policy.get(field.name, "overwrite")
            self._choice(f"policy_{field.name}", field.label, POLICY_WORDS, rule)

    def _add_replacements(self, field: Field, texts: list[str], user: User) -> None:
        known: Mapping[str, Any] = field.choices or (field.known(user) if field.known else {})
        kept = self.batch.replacements.get(field.name, {})
        for index, text in enumerate(texts):
            name = f"to_{field.name}_{index}"
            initial = (LEAVE_EMPTY if kept[text] is None else kept[text]) if text in kept else ""
            if known:
                words = [("", _("refuse these rows")), (LEAVE_EMPTY, _("leave the cell empty"))]
                self._choice(name, text, [*words, *known.items()], initial)
            else:
                widget = forms.TextInput(attrs={"class": "input", "aria-label": text})
                self.fields[name] = forms.CharField(required=False, initial=initial, max_length=200, widget=widget)

    def values(self) -> dict[str, Any]:
        """What `set_mapping` takes."""
        data, names = self.cleaned_data, [field.name for field in self.thing.fields]
        mapping = {name: int(data[f"column_{name}"]) for name in names if data.get(f"column_{name}")}
        formats = {
            name: {kind: data[f"{kind}_{name}"]}
            for name in mapping
            for kind in ("dates", "decimal")
            if data.get(f"{kind}_{name}")
        }
        policy = {name: data[f"policy_{name}"] for name in mapping if data.get(f"policy_{name}")}
        replacements: dict[str, dict[str, str | None]] = {
            name: {
                text: None if data[f"to_{name}_{index}"] == LEAVE_EMPTY else data[f"to_{name}_{index}"]
                for index, text in enumerate(texts)
                if data.get(f"to_{name}_{index}")
            }
            for name, texts in self.unknown.items()
        }
        keys = [key for key in self.thing.keys if key in data["keys"]]
        return {
            "mapping": mapping, "formats": formats, "policy": {n: r for n, r in policy.items() if r != "overwrite"},
            "replacements": replacements, "keys": keys or list(self.thing.keys),
        }  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """One line of the table of columns for each field."""
        formats = {
            name: self[f"{kind}_{name}"]
            for name in self.thing.by_name
            for kind in ("dates", "decimal")
            if f"{kind}_{name}" in self.fields
        }
        return [
            {
                "field": field,
                "column": self[f"column_{field.name}"],
                "format": formats.get(field.name, ""),
                "policy": self[f"policy_{field.name}"] if field.policy else "",
            }
            for field in self.thing.fields
        ]  # fmt: skip

    def replacement_rows(self) -> list[dict[str, Any]]:
        """One line for each text that nobody knows."""
        counts = {
            (name, text): count
            for name, pairs in ((self.batch.checked or {}).get("unmatched") or {}).items()
            for text, count in pairs
        }
        return [
            {
                "field": self.thing.by_name[name],
                "text": text,
                "count": counts.get((name, text)),
                "to": self[f"to_{name}_{index}"],
            }
            for name, texts in self.unknown.items()
            for index, text in enumerate(texts)
        ]


def unknown_values(batch: ImportBatch) -> dict[str, list[str]]:
    """{field: texts} that the last check did not know, and those that are replaced already."""
    found = {name: list(pairs) for name, pairs in batch.replacements.items()}
    for name, pairs in ((batch.checked or {}).get("unmatched") or {}).items():
        known = found.setdefault(name, [])
        known += [text for text, _count in pairs if text and text not in known]
    return {name: texts for name, texts in found.items() if texts}
