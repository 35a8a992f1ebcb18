"""Forms of the steps of an import."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import ImportBatch
from kcrm.lib.imports import importables_for
from kcrm.lib.imports.reading import DELIMITERS, ENCODINGS, RARE_DELIMITERS

LONGEST_PASTE: Final = 2_000_000
DELIMITER_WORDS: Final = {
    ",": _("comma ,"), ";": _("semicolon ;"), "\t": _("tab"), "|": _("bar |"),
    ":": _("colon :"), "^": "^", "~": "~", "#": "#", "\x1f": _("unit separator"),
}  # fmt: skip


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


class KeepForm(forms.Form):
    """The name under which the answers of an import are kept."""

    name = forms.CharField(label=_("Keep these answers as"), max_length=60)
