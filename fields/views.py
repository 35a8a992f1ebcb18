"""Pages on which fields are defined."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields import permissions, selectors
from fields.forms import CustomValues, DefinitionForm, lines_of
from fields.models import CustomField
from fields.registry import RecordType, all_record_types, record_type
from fields.services import definitions
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage, Page

TITLE = gettext_lazy("Custom fields")


def _list_url(record: str) -> str:
    return reverse("fields:type-fields", args=[record])


def _type(key: str) -> RecordType:
    """The kind of record of an address. Raises Http404."""
    try:
        return record_type(key)
    except LookupError:
        raise Http404 from None


def _ask(request: HttpRequest, verb: Verb) -> None:
    if not permissions.may_define(request.user, verb):
        raise NotAllowed("custom_field", verb)


class PreviewForm(CustomValues, forms.Form):
    """The fields of a kind of record as a form will show them."""

    def __init__(self, *args: Any, record: RecordType, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="preview_%s", **kwargs)
        self.add_custom(record.key, user=user, classes=record.classes, stored={})
        for field in self.fields.values():
            field.disabled = True


class FieldListView(Page):
    """The fields of one kind of record, and how they look in its form."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, record: str = "") -> HttpResponse:
        """The page."""
        known = _type(record or all_record_types()[0].key)
        _ask(request, Verb.UPDATE)
        page = selectors.type_page(known)
        context = {
            "title": TITLE,
            "page": page,
            "tabs": selectors.type_tabs(known.key, _list_url),
            "answer": page.answer,
            "preview": PreviewForm(record=known, user=request.user) if page.live else None,
            "new_url": reverse("fields:field-create", args=[known.key]),
            "may_delete": permissions.may_define(request.user, Verb.DELETE),
        }
        return render(request, "fields/field_list.html", context)


class FieldFormPage(FormPage):
    """What defining and changing a field share."""

    form_class = DefinitionForm
    verb = Verb.UPDATE
    record: RecordType

    def find(self) -> None:
        """Read what the form is about."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.find()
        _ask(request, self.verb)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on the form."""
        self.find()
        _ask(request, self.verb)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The kind of record decides who can read the field."""
        return super().get_form_kwargs() | {"record": self.record}

    def get_done_url(self, result: Any) -> str:
        """To the fields of the record."""
        return _list_url(self.record.key)

    def get_cancel_url(self) -> str:
        """To the fields of the record."""
        return _list_url(self.record.key)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Custom fields, the kind of record."""
        return [(TITLE, reverse("fields:field-list")), (self.record.label, _list_url(self.record.key))]


class FieldCreateView(FieldFormPage):
    """Define a field."""

    verb = Verb.CREATE
    title = gettext_lazy("New field")
    intro = gettext_lazy("What it holds and who reads it cannot be changed later; words and choices can.")
    submit_label = gettext_lazy("Create field")
    done_message = gettext_lazy("The field is there: in forms, lists, files and the REST interface.")

    def find(self) -> None:
        """The kind of record."""
        self.record = _type(self.kwargs["record"])

    def perform(self, form: Any) -> CustomField:
        """Define it."""
        return definitions.create_field(record=self.record.key, values=form.values(), by=self.request.user)


class FieldUpdateView(FieldFormPage):
    """Change the words of a field."""

    done_message = gettext_lazy("Saved.")

    def find(self) -> None:
        """The field. Raises DoesNotExist."""
        self.field = CustomField.objects.get(pk=self.kwargs["pk"])
        self.record = _type(self.field.record_type)

    @cached_property
    def intro(self) -> str:  # type: ignore[override]  # said of this field
        """What stays."""
        return _("Key %(key)s, %(kind)s: these stay.") % {
            "key": self.field.key, "kind": self.field.get_kind_display(),
        }  # fmt: skip

    def get_title(self) -> str:
        """Which."""
        return _("Edit %(name)s") % {"name": self.field}

    def get_version(self) -> int:
        """The stored version."""
        return self.field.version

    def get_form_kwargs(self) -> dict[str, Any]:
        """What stays is not asked for."""
        return super().get_form_kwargs() | {"current": self.field}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.field, name) for name in definitions.OPEN} | {"choices": lines_of(self.field)}

    def perform(self, form: Any) -> CustomField:
        """Save."""
        return definitions.update_field(
            field_id=self.field.pk, version=self.posted_version(), values=form.values(), by=self.request.user
        )


class FieldActView(ActView):
    """A button about one field."""

    verb = Verb.UPDATE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act."""
        self.field = CustomField.objects.get(pk=self.kwargs["pk"])
        _ask(request, self.verb)
        return super().post(request, *args, **kwargs)

    def which(self) -> dict[str, Any]:
        """The field and its version, as services want them."""
        return {"field_id": self.field.pk, "version": self.posted_version(), "by": self.request.user}

    def get_done_url(self, result: Any) -> str:
        """To the fields of the record."""
        return _list_url(self.field.record_type)


class FieldMoveView(FieldActView):
    """One place up or down."""

    places = 1

    def perform(self) -> CustomField:
        """Move it."""
        return definitions.move_field(places=self.places, **self.which())


class FieldRetireView(FieldActView):
    """Out of use."""

    done_message = gettext_lazy("Retired. Its values stay, and come back with it.")

    def perform(self) -> CustomField:
        """Retire it."""
        return definitions.retire_field(**self.which())


class FieldRestoreView(FieldActView):
    """Into use again."""

    done_message = gettext_lazy("In use again, with the values it had.")

    def perform(self) -> CustomField:
        """Restore it."""
        return definitions.restore_field(**self.which())


class FieldDeleteView(FieldActView):
    """Delete a field without values."""

    verb = Verb.DELETE
    done_message = gettext_lazy("Deleted.")

    def perform(self) -> None:
        """Delete it."""
        definitions.delete_field(**self.which())
