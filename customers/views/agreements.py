"""Pages of contracts and price agreements."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers import permissions
from customers.custom_fields import AGREEMENT
from customers.forms.papers import AgreementForm
from customers.lists.papers import AGREEMENTS, AGREEMENTS_TITLE
from customers.models import Agreement, Document
from customers.querysets.papers import reads_values
from customers.services import agreements
from customers.views.panels import CustomerMixin, CustomerPanel, customer_crumbs
from fields.forms import own_fields
from fields.lists import CustomColumns
from fields.selectors import facts_of
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import FormPage, Page
from teams.permissions import reach_of

NOTICE_DAYS = 30


class AgreementListView(CustomColumns, ListPageView):
    """The agreements with the customers one sees."""

    record_type = AGREEMENT.key
    spec = AGREEMENTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not allows_anywhere("agreement", Verb.READ, reach_of(request.user).actors()):
            raise NotAllowed("agreement", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What must be decided."""
        due = Agreement.objects.visible_to(self.request.user).notice_within(timezone.localdate(), NOTICE_DAYS).count()
        if not due:
            return {"answer": _("No notice day falls within the next 30 days.")}
        text = ngettext(
            "%(count)s agreement must be decided within 30 days.",
            "%(count)s agreements must be decided within 30 days.",
            due,
        )
        return {"answer": text % {"count": due}}


class CustomerAgreementsView(CustomerPanel):
    """The agreements with one customer."""

    resource = "agreement"
    heading = AGREEMENTS_TITLE
    template_name = "customers/_agreement_panel.html"

    def get_context(self) -> dict[str, Any]:
        """The next to end first."""
        rows = Agreement.objects.visible_to(self.request.user).filter(customer=self.customer).with_notice_day()
        return {
            "agreements": rows.order_by("ends_on", "pk"),
            "today": timezone.localdate(),
            "shows_value": reads_values(self.request.user),
            "can_create": self.may("agreement", Verb.CREATE),
        }


class AgreementDetailView(Page):
    """One agreement."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        seen = Agreement.objects.visible_to(request.user).with_notice_day()
        agreement = seen.select_related("customer__org_unit").get(pk=pk)
        document = Document.objects.visible_to(request.user).filter(pk=agreement.document_id).first()
        return render(
            request,
            "customers/agreement_detail.html",
            {
                "agreement": agreement,
                "document": document,
                "own_fields": facts_of(
                    AGREEMENT.key, agreement.custom, permissions.agreement_classes(request.user), request.user
                ),
                "today": timezone.localdate(),
                "shows_value": reads_values(request.user),
                "crumbs": [*customer_crumbs(agreement.customer), (AGREEMENTS_TITLE, _panel_url(agreement.customer_id))],
                "can_update": permissions.may(request.user, "agreement", Verb.UPDATE, agreement.customer),
            },
        )


class AgreementFormPage(CustomerMixin, FormPage):
    """What noting and changing an agreement share."""

    form_class = AgreementForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The customer's files, and the fields of one's own."""
        user = self.request.user
        documents = Document.objects.visible_to(user).filter(customer=self.customer)
        classes = permissions.agreement_classes(user)
        return super().get_form_kwargs() | {
            "documents": documents.order_by("title"),
            "own": own_fields(AGREEMENT, user, stored=self.kept(), classes=classes),
        }

    def kept(self) -> Agreement | None:
        """The agreement that is changed, None for a new one."""
        return None


class AgreementCreateView(AgreementFormPage):
    """Note an agreement."""

    title = gettext_lazy("New agreement")
    submit_label = gettext_lazy("Add agreement")
    done_message = gettext_lazy("Added.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("agreement", Verb.CREATE):
            raise NotAllowed("agreement", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """From today, in the customer's currency."""
        return {"starts_on": timezone.localdate(), "currency": self.customer.currency}

    def perform(self, form: Any) -> Agreement:
        """Create it."""
        return agreements.create_agreement(
            customer_id=self.kwargs["customer_id"], values=form.values(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the customer's agreements."""
        return _panel_url(self.kwargs["customer_id"])

    def get_cancel_url(self) -> str:
        """To the customer's agreements."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)


class AgreementUpdateView(AgreementFormPage):
    """Change an agreement."""

    title = gettext_lazy("Change the agreement")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement as it is stored."""
        seen = Agreement.objects.visible_to(self.request.user).select_related("customer__org_unit")
        found: Agreement = seen.get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def customer(self) -> Any:
        """Its customer."""
        return self.agreement.customer

    def kept(self) -> Agreement:
        """The agreement itself."""
        return self.agreement

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("agreement", Verb.UPDATE):
            raise NotAllowed("agreement", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.agreement, name) for name in AgreementForm.base_fields}

    def get_version(self) -> int:
        """The stored version."""
        return self.agreement.version

    def perform(self, form: Any) -> Agreement:
        """Save it."""
        return agreements.update_agreement(
            agreement_id=self.kwargs["pk"], version=self.posted_version(), values=form.values(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the agreement."""
        return reverse("customers:agreement-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """To the agreement."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, the agreement."""
        return [*customer_crumbs(self.customer), (self.agreement.title, self.get_done_url(None))]


def _panel_url(customer_id: int) -> str:
    return reverse("customers:customer-agreements", args=[customer_id])
