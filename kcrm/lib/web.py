"""Bases of pages that change something: one form or one button, one service call, every answer of a rule shown.

Pages are closed by default: Django's LoginRequiredMiddleware lets nobody in who is not signed in, except to the views
marked `public`, which a test holds against a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Manager
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from kcrm.lib import formats
from kcrm.lib.errors import BadQuery, DomainError, StaleVersion
from kcrm.lib.keeper import keeper
from kcrm.lib.redirects import local_path

public = login_not_required
SAVE = gettext_lazy("Save")


class Page(View):
    """A page. What its selectors and services do not find among the visible rows is not there: 404."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None

    def posted_version(self) -> int:
        """The version of the record that the form was made from. Raises BadQuery without one."""
        try:
            return int(self.request.POST.get("version", ""))
        except ValueError:
            raise BadQuery(_("The form came without the version it was made from. Open the page again.")) from None


class FormPage(Page, FormView):  # type: ignore[type-arg]  # Django's own class is not generic at run time
    """A page with one form. Subclasses name the form and its words and call one service in `perform`.

    A DomainError lands on the field it names, with what was typed kept (422). A StaleVersion shows both versions,
    and saving again then takes one's own (409).
    """

    http_method_names = ["get", "post", "head", "options"]
    template_name = "form_page.html"
    title: Any = ""
    intro: Any = ""
    submit_label: Any = SAVE
    done_message: Any = ""
    danger = False

    def perform(self, form: Any) -> Any:
        """Call the service with what the form cleaned; its answer goes to `get_done_url`."""
        raise NotImplementedError

    def get_done_url(self, result: Any) -> str:
        """Where to go after the act; `next` in the request wins if it is a page of this site."""
        raise NotImplementedError

    def get_cancel_url(self) -> str:
        """Where the cancel link leads, empty for none."""
        return ""

    def get_version(self) -> int | None:
        """The version of the record that the form shows, None where there is none."""
        return None

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The way to this page."""
        return []

    def get_title(self) -> Any:
        """The heading."""
        return self.title

    def form_valid(self, form: Any) -> HttpResponse:
        """Act, and go on; or show why not."""
        try:
            result = self.perform(form)
        except StaleVersion as stale:
            return self._conflict(form, stale)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        if self.done_message:
            messages.success(self.request, str(self.done_message))
        return HttpResponseRedirect(local_path(self.request, self.get_done_url(result)))

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again, with its errors."""
        version = self.request.POST.get("version")
        return self.render_to_response(self.get_context_data(form=form, version=version), status=422)

    def _conflict(self, form: Any, stale: StaleVersion) -> HttpResponse:
        form.add_error(None, str(stale))
        context = self.get_context_data(
            form=form,
            version=stale.current.version,
            conflict=conflict_of(form, stale.current, reload_url=self.request.get_full_path()),
        )
        return self.render_to_response(context, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What `form_page.html` draws."""
        context = {
            "title": self.get_title(),
            "intro": self.intro,
            "submit_label": self.submit_label,
            "danger": self.danger,
            "cancel_url": self.get_cancel_url(),
            "crumbs": self.get_crumbs(),
        }
        if "version" not in kwargs:
            context["version"] = self.get_version()
        return super().get_context_data(**context | kwargs)


class ActView(Page):
    """A button: posts, calls one service in `perform`, says what happened and goes back."""

    http_method_names = ["post", "options"]
    done_message: Any = ""

    def perform(self) -> Any:
        """Call the service."""
        raise NotImplementedError

    def get_done_url(self, result: Any) -> str:
        """Where to go after the act, or after a sentence that says why not."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act, and go on."""
        result = None
        try:
            result = self.perform()
        except DomainError as error:
            messages.error(request, str(error))
        else:
            if self.done_message:
                messages.success(request, str(self.done_message))
        return HttpResponseRedirect(local_path(request, self.get_done_url(result)))


def conflict_of(form: Any, current: Any, *, reload_url: str) -> dict[str, Any]:
    """Both versions of a record side by side, for `components/conflict.html`."""
    rows = []
    value_of = getattr(form, "value_of", value_in)  # some forms know what their records hold under other names
    for bound in form.visible_fields():
        yours = _shown(bound.field, form.cleaned_data.get(bound.name))
        theirs = _shown(bound.field, value_of(current, bound.name))
        rows.append({"label": bound.label, "yours": yours, "theirs": theirs, "different": yours != theirs})
    who, when = keeper().last_change(current) or (_("Somebody else"), getattr(current, "updated_at", None))
    return {"who": who, "when": when, "rows": rows, "reload_url": reload_url}


def value_in(record: Any, name: str) -> Any:
    """What a record holds under the name of a form's field; None where it has no such name."""
    value = getattr(record, name, None)
    return list(value.all()) if isinstance(value, Manager) else value


def _shown(field: forms.Field, value: Any) -> str:
    """A value in the words of its field."""
    if value is None or value == "":
        return ""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return _word(field, value)
    return formats.listing(_word(field, item) for item in value)


def _word(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices = cast(Iterable[tuple[Any, Any]], field.choices)
        words = {str(code): str(text) for code, text in choices if not isinstance(text, list | tuple)}
        return words.get(str(value), str(value))
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    return str(value)
