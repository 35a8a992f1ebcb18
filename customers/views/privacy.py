"""Pages of consents, requests of people about their data, and legal holds."""

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
from customers.forms.privacy import ConsentForm, HoldForm, PrivacyRequestForm, RefusalForm
from customers.lists.contacts import CONTACTS_TITLE
from customers.lists.privacy import PRIVACY_REQUESTS, PRIVACY_TITLE
from customers.models import Consent, Contact, Customer, LegalHold, PrivacyRequest, Purpose
from customers.services import contacts
from customers.services.privacy import consents, requests
from kcrm.lib import formats
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from teams.permissions import reach_of


class ContactMixin:
    """A page about the person whom the address names as `pk`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def contact(self) -> Contact:
        """The person. Raises DoesNotExist for one that the reader does not see."""
        found: Contact = Contact.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def customers(self) -> list[Customer]:
        """The customers through which the reader sees him."""
        return contacts.customers_of(self.contact, self.request.user)

    def may(self, verb: Verb) -> bool:
        """Whether the reader may do this with the person's privacy."""
        return permissions.may_for_any(self.request.user, "privacy", verb, self.customers)

    def person_crumbs(self) -> list[tuple[Any, str]]:
        """Contacts, the person."""
        page = reverse("customers:contact-detail", args=[self.contact.pk])
        return [(CONTACTS_TITLE, reverse("customers:contact-list")), (str(self.contact), page)]


class ContactPrivacyView(ContactMixin, Page):
    """What a person agreed to, asked for, and what forbids erasing him."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        if not self.may(Verb.READ):
            raise NotAllowed("privacy", Verb.READ)
        held = consents.consents_of(self.contact)
        given = sum(row.is_given for row in held.values())
        answer = ngettext(
            "%(contact)s agrees to %(count)s purpose.", "%(contact)s agrees to %(count)s purposes.", given
        )
        asked = PrivacyRequest.objects.visible_to(request.user).filter(contact=self.contact)
        return render(
            request,
            "customers/contact_privacy.html",
            {
                "contact": self.contact,
                "purposes": [(purpose.label, held.get(purpose)) for purpose in Purpose],
                "history": Consent.objects.filter(contact=self.contact).select_related("recorded_by").order_by("-at"),
                "requests": asked.select_related("opened_by", "decided_by").order_by("-received_on"),
                "holds": LegalHold.objects.filter(contact=self.contact).in_force().select_related("placed_by"),
                "answer": answer % {"contact": self.contact, "count": given},
                "can_create": self.may(Verb.CREATE),
                "can_hold": self.may(Verb.APPROVE),
                "crumbs": self.person_crumbs(),
            },
        )


class ContactForm(ContactMixin, FormPage):
    """A form about a person's privacy."""

    verb = Verb.CREATE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may(self.verb):
            raise NotAllowed("privacy", self.verb)
        return super().get(request, *args, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """To the person's privacy, or to the person for who only notes consents."""
        name = "contact-privacy" if self.may(Verb.READ) else "contact-detail"
        return reverse(f"customers:{name}", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Contacts, the person."""
        return self.person_crumbs()


class ConsentCreateView(ContactForm):
    """Note a consent or its withdrawal."""

    form_class = ConsentForm
    title = gettext_lazy("Note a consent")
    intro = gettext_lazy("What is written here stays; a withdrawal is a further line.")
    done_message = gettext_lazy("Noted.")

    def get_initial(self) -> dict[str, Any]:
        """Just now."""
        return {"at": timezone.now()}

    def perform(self, form: Any) -> Consent:
        """Write it down."""
        return consents.record_consent(contact_id=self.kwargs["pk"], by=self.request.user, **form.cleaned_data)


class PrivacyRequestCreateView(ContactForm):
    """Enter a request."""

    form_class = PrivacyRequestForm
    title = gettext_lazy("New privacy request")
    submit_label = gettext_lazy("Enter request")
    done_message = gettext_lazy("Entered. A director decides.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The person's customers."""
        keys = [customer.pk for customer in self.customers]
        rows = Customer.objects.visible_to(self.request.user).filter(pk__in=keys).order_by("name_sort")
        return super().get_form_kwargs() | {"customers": rows}

    def get_initial(self) -> dict[str, Any]:
        """Received today; at the customer, where there is one."""
        return {"received_on": timezone.localdate(), "customer": self.customers[0].pk if self.customers else None}

    def perform(self, form: Any) -> PrivacyRequest:
        """Enter it."""
        values = form.cleaned_data
        return requests.open_request(
            contact_id=self.kwargs["pk"],
            customer_id=values["customer"].pk,
            kind=values["kind"],
            received_on=values["received_on"],
            by=self.request.user,
        )


class HoldCreateView(ContactForm):
    """Forbid the erasure."""

    verb = Verb.APPROVE
    form_class = HoldForm
    title = gettext_lazy("Place a legal hold")
    submit_label = gettext_lazy("Place hold")
    done_message = gettext_lazy("Nothing about this person is erased until the hold is lifted.")

    def perform(self, form: Any) -> LegalHold:
        """Place it."""
        return requests.place_hold(
            contact_id=self.kwargs["pk"], reason=form.cleaned_data["reason"], by=self.request.user
        )


class HoldLiftView(ActView):
    """Allow the erasure again."""

    done_message = gettext_lazy("Lifted.")

    def perform(self) -> LegalHold:
        """Lift it."""
        return requests.lift_hold(hold_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the person's privacy."""
        if result is None:
            return reverse("customers:privacy-request-list")
        return reverse("customers:contact-privacy", args=[result.contact_id])


class PrivacyRequestListView(ListPageView):
    """The requests that the reader may know of."""

    spec = PRIVACY_REQUESTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not allows_anywhere("privacy", Verb.READ, reach_of(request.user).actors()):
            raise NotAllowed("privacy", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What is due."""
        rows = PrivacyRequest.objects.visible_to(self.request.user).filter(state__in=["open", "approved"])
        first = rows.order_by("due_on").first()
        if first is None:
            return {"answer": _("No request waits for an answer.")}
        text = ngettext(
            "%(count)s request waits for an answer, the first until %(day)s.",
            "%(count)s requests wait for an answer, the first until %(day)s.",
            waiting := rows.count(),
        )
        return {"answer": text % {"count": waiting, "day": formats.day(first.due_on)}}


class RequestMixin:
    """A page about one request."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def asked(self) -> PrivacyRequest:
        """The request. Raises DoesNotExist for one that the reader does not see."""
        rows = PrivacyRequest.objects.visible_to(self.request.user)
        people = ("customer__org_unit", "contact", "opened_by", "decided_by", "executed_by")
        found: PrivacyRequest = rows.select_related(*people).get(pk=self.kwargs["pk"])
        return found

    def may(self, verb: Verb) -> bool:
        """Whether the reader may do this with the request."""
        return permissions.may(self.request.user, "privacy", verb, self.asked.customer)

    def request_url(self) -> str:
        """Its page."""
        return reverse("customers:privacy-request-detail", args=[self.kwargs["pk"]])

    def request_crumbs(self) -> list[tuple[Any, str]]:
        """Privacy."""
        return [(PRIVACY_TITLE, reverse("customers:privacy-request-list"))]


class PrivacyRequestDetailView(RequestMixin, Page):
    """One request: what is asked, who decided, what was done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; the person's name for those who see the person."""
        asked = self.asked
        sees = Contact.objects.visible_to(request.user).filter(pk=asked.contact_id).exists()
        decides = asked.state == "open" and self.may(Verb.APPROVE) and asked.opened_by_id != request.user.pk
        done = sorted((key, count) for key, count in asked.certificate.items() if key != "job")
        return render(
            request,
            "customers/privacy_request_detail.html",
            {
                "asked": asked,
                "sees_person": sees,
                "can_decide": decides,
                "can_carry_out": asked.state == "approved" and self.may(Verb.UPDATE),
                "waits_for_other": asked.state == "open" and asked.opened_by_id == request.user.pk,
                "done": done,
                "today": timezone.localdate(),
                "crumbs": self.request_crumbs(),
            },
        )


class PrivacyApproveView(RequestMixin, ActView):
    """Approve."""

    done_message = gettext_lazy("Approved. An administrator carries it out.")

    def perform(self) -> PrivacyRequest:
        """Decide."""
        return requests.decide_request(
            request_id=self.kwargs["pk"],
            version=self.posted_version(),
            approve=True,
            reason="",
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the request."""
        return self.request_url()


class PrivacyRefuseView(RequestMixin, FormPage):
    """Refuse, with the reason that the person is told."""

    form_class = RefusalForm
    title = gettext_lazy("Refuse the request")
    submit_label = gettext_lazy("Refuse")
    danger = True
    done_message = gettext_lazy("Refused. Tell the person why.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.asked  # noqa: B018 - not there for who does not see it
        if not self.may(Verb.APPROVE):
            raise NotAllowed("privacy", Verb.APPROVE)
        return super().get(request, *args, **kwargs)

    def get_version(self) -> int:
        """The stored version."""
        return self.asked.version

    def perform(self, form: Any) -> PrivacyRequest:
        """Decide."""
        return requests.decide_request(
            request_id=self.kwargs["pk"],
            version=self.posted_version(),
            approve=False,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the request."""
        return self.request_url()

    def get_cancel_url(self) -> str:
        """To the request."""
        return self.request_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Privacy, the request."""
        return [*self.request_crumbs(), (f"#{self.asked.pk}", self.request_url())]


class PrivacyCarryOutView(RequestMixin, ActView):
    """Do what was approved."""

    done_message = gettext_lazy("Carried out.")

    def perform(self) -> PrivacyRequest:
        """Carry it out."""
        return requests.carry_out(request_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the request."""
        return self.request_url()
