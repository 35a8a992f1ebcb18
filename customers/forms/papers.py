"""Files and agreements, as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.calculations.file_types import MEDIA_TYPES
from customers.forms.widgets import DayInput
from customers.models import Agreement, Document
from fields.forms import CustomValues


class DocumentForm(forms.Form):
    """A file; its kind and size are judged by the service, by what is in it."""

    file = forms.FileField(
        label=_("File"),
        max_length=250,
        help_text=_("csv, docx, eml, jpg, pdf, png, pptx, txt or xlsx; at most 25 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{extension}" for extension in MEDIA_TYPES)}),
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Empty: as the file is called.")
    )


class DocumentTitleForm(forms.Form):
    """Another title."""

    title = forms.CharField(label=_("Title"), max_length=200)


class AgreementForm(CustomValues, forms.Form):
    """What was agreed, from when until when, with which notice."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Agreement.Kind.choices)
    starts_on = forms.DateField(label=_("From"), widget=DayInput())
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=DayInput(), help_text=_("Empty: without an end.")
    )
    notice_days = forms.IntegerField(label=_("Days of notice"), required=False, min_value=0, max_value=3650)
    renews = forms.BooleanField(label=_("Renews by itself"), required=False)
    annual_value = forms.DecimalField(
        label=_("Value a year"), required=False, min_value=0, max_digits=18, decimal_places=2
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Three letters, such as CNY or EUR"))
    document = forms.ModelChoiceField(label=_("File"), queryset=Document.objects.none(), required=False)

    def __init__(self, *args: Any, documents: QuerySet[Document], own: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents
        self.add_custom(**own)

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = self.plain_values()
        document = values.pop("document")
        return values | {"document_id": document.pk if document else None, "custom": self.custom_values()}
