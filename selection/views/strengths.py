"""Pages of how customers see us."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Contact, Customer
from customers.permissions import may
from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.strengths import AlternativeForm, FactorForm, ViewForm, initial_of
from selection.lists.strengths import UNKNOWN
from selection.models import Alternative, CurrentScore, CustomerView, SupplierScore, ViewFactor
from selection.selectors.strengths import strength_page
from selection.services import customer_views, fact_finding


class ViewMixin:
    """A page about the view of the customer that the address names as `customer_id`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def customer(self) -> Customer:
        """The customer. Raises DoesNotExist for one whose scores the reader does not see."""
        rows = visible_customers(self.request.user, "score").select_related("org_unit")
        found: Customer = rows.get(pk=self.kwargs["customer_id"])
        return found

    def require_rating(self) -> None:
        """Raise NotAllowed for who sees the customer and may not write its view down."""
        if not permissions.can_rate(self.request.user, self.customer):
            raise NotAllowed("score_sheet", Verb.CREATE)

    def contacts(self) -> QuerySet[Contact]:
        """The customer's people that the reader may see."""
        seen = Contact.objects.visible_to(self.request.user)
        if not may(self.request.user, "contact", Verb.READ, self.customer):
            return Contact.objects.none()
        rows: QuerySet[Contact] = seen.filter(roles__customer=self.customer).distinct().order_by("name_sort", "pk")
        return rows

    def strength_url(self) -> str:
        """The customer's view."""
        return reverse("selection:customer-strength", args=[self.kwargs["customer_id"]])

    def strength_crumbs(self) -> list[tuple[Any, str]]:
        """The way to a page under the customer's view."""
        detail = reverse("customers:customer-detail", args=[self.customer.pk])
        return [(self.customer.name, detail), (_("The customer's view"), self.strength_url())]


class CustomerStrength(ViewMixin, Page):
    """How does this customer see us against whom it could choose instead, and what would move it?"""

    def get(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """The comparison opened; as a fragment inside the customer's page."""
        today = timezone.localdate()
        page = strength_page(self.customer, by=request.user, today=today)
        context = {
            "customer": self.customer,
            "page": page,
            "questions": fact_finding.questions_of(self.customer, today=today, comparison=page.comparison),
            "may_rate": permissions.can_rate(request.user, self.customer),
            "may_ask": permissions.can_give_task(request.user, self.customer),
        }
        template = "selection/_customer_strength.html" if is_fragment(request) else "selection/customer_strength.html"
        answer = render(request, template, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer


class FactorCreate(ViewMixin, FormPage):
    """Write down something that the customer looks at."""

    form_class = FactorForm
    template_name = "selection/view_factor_form.html"
    title = gettext_lazy("What does the customer look at?")
    done_message = gettext_lazy("Written down.")
    factor: ViewFactor | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.require_rating()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whom one can name."""
        alternatives = list(Alternative.objects.filter(customer=self.customer).select_related("competitor"))
        return super().get_form_kwargs() | {"contacts": self.contacts(), "alternatives": alternatives}

    def get_initial(self) -> dict[str, Any]:
        """Told, today."""
        return initial_of(None, {}, timezone.localdate())

    def perform(self, form: Any) -> ViewFactor:
        """Call the service."""
        return customer_views.save_factor(
            customer_id=self.kwargs["customer_id"],
            factor_id=self.kwargs.get("pk"),
            version=self.posted_version() if "pk" in self.kwargs else None,
            values=form.values(),
            scores=form.scores(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()

    def get_cancel_url(self) -> str:
        """The same."""
        return self.strength_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, its view."""
        return self.strength_crumbs()


class FactorUpdate(FactorCreate):
    """Correct a factor, its weight and what each supplier scores on it."""

    @cached_property
    def factor(self) -> ViewFactor:  # type: ignore[override]  # the stored one
        """The factor as it is stored."""
        found: ViewFactor = ViewFactor.objects.filter(customer=self.customer).get(pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        """Which factor."""
        return self.factor.name

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        scores = {score.alternative_id: score for score in SupplierScore.objects.filter(factor=self.factor)}
        return initial_of(self.factor, scores, timezone.localdate())

    def get_version(self) -> int:
        """The stored version."""
        return self.factor.version

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way to take the factor away."""
        address = reverse("selection:view-factor-delete", args=[self.customer.pk, self.factor.pk])
        return super().get_context_data(**kwargs) | {"delete_url": address}


class FactorDelete(ViewMixin, ActView):
    """Take a factor away."""

    done_message = gettext_lazy("The factor no longer counts.")

    def perform(self) -> None:
        """Call the service."""
        customer_views.remove_factor(
            customer_id=self.kwargs["customer_id"],
            factor_id=self.kwargs["pk"],
            version=self.posted_version(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()


class AlternativeCreate(ViewMixin, FormPage):
    """Name whom or what the customer could choose instead."""

    form_class = AlternativeForm
    title = gettext_lazy("Name an alternative")
    submit_label = gettext_lazy("Name it")
    done_message = gettext_lazy("Named. Now score it on the customer's factors.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.require_rating()
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> Alternative:
        """Call the service."""
        return customer_views.name_alternative(
            customer_id=self.kwargs["customer_id"],
            by=self.request.user,
            today=timezone.localdate(),
            **form.cleaned_data,
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()

    def get_cancel_url(self) -> str:
        """The same."""
        return self.strength_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, its view."""
        return self.strength_crumbs()


class AlternativeDelete(ViewMixin, ActView):
    """Take an alternative out of the comparison."""

    done_message = gettext_lazy("Taken out of the comparison.")

    def perform(self) -> None:
        """Call the service."""
        customer_views.remove_alternative(
            customer_id=self.kwargs["customer_id"],
            alternative_id=self.kwargs["pk"],
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()


class WeightsBalance(ViewMixin, ActView):
    """Make the weights total 100."""

    done_message = gettext_lazy("The weights total 100, in the same proportions.")

    def perform(self) -> None:
        """Call the service."""
        customer_views.balance_weights(
            customer_id=self.kwargs["customer_id"], by=self.request.user, today=timezone.localdate()
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()


class ViewDescribe(ViewMixin, FormPage):
    """Say whether we are the only source, and when the customer confirmed its view."""

    form_class = ViewForm
    title = gettext_lazy("Confirmed with the customer")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def stored(self) -> CustomerView | None:
        """The head of the view; None before anything is written down."""
        return CustomerView.objects.filter(customer=self.customer).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.require_rating()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whom one can name."""
        return super().get_form_kwargs() | {"contacts": self.contacts()}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        if self.stored is None:
            return {}
        return {name: getattr(self.stored, name) for name in ("sole_source", "verified_on", "verified_with")}

    def get_version(self) -> int:
        """The stored version, 0 for none."""
        return self.stored.version if self.stored else 0

    def perform(self, form: Any) -> CustomerView:
        """Call the service."""
        person = form.cleaned_data["verified_with"]
        return customer_views.describe_view(
            customer_id=self.kwargs["customer_id"],
            version=self.posted_version(),
            sole_source=form.cleaned_data["sole_source"],
            verified_on=form.cleaned_data["verified_on"],
            verified_with_id=person.pk if person else None,
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()

    def get_cancel_url(self) -> str:
        """The same."""
        return self.strength_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, its view."""
        return self.strength_crumbs()


class FactFinding(ViewMixin, ActView):
    """Give out what is to be found out."""

    def perform(self) -> Any:
        """Call the service, and say how many."""
        made = fact_finding.raise_tasks(
            customer_id=self.kwargs["customer_id"], by=self.request.user, today=timezone.localdate()
        )
        self.done_message = tasks_made(len(made))
        return made

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()


class GapClose(ViewMixin, ActView):
    """Give out the closing of a gap."""

    def perform(self) -> Any:
        """Call the service, and say whether there was a task already."""
        made = fact_finding.close_gap(
            customer_id=self.kwargs["customer_id"],
            factor_id=self.kwargs["pk"],
            by=self.request.user,
            today=timezone.localdate(),
        )
        self.done_message = tasks_made(1 if made else 0)
        return made

    def get_done_url(self, result: Any) -> str:
        """Back to the view."""
        return self.strength_url()


class UnknownTerritory(ListPageView):
    """Which attractive customers cannot stand on the matrix, and what do we have to find out?"""

    spec = UNKNOWN
    template_name = "selection/unknown_territory.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_read_some_scores(request.user):
            raise NotAllowed("score", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many wait."""
        if not CurrentScore.objects.exists():
            return {"answer": _("Nobody has been scored yet.")}
        count = self.get_rows().count()
        text = ngettext(
            "%(count)s attractive customer is unknown territory: we do not know how it sees us.",
            "%(count)s attractive customers are unknown territory: we do not know how they see us.",
            count,
        )
        return {
            "answer": text % {"count": count} if count else _("We know how every attractive customer sees us."),
        }


class FactFindingForMany(ActView):
    """Give out what is to be found out about the customers chosen."""

    def perform(self) -> Any:
        """Call the service, and say how many."""
        chosen = [int(pk) for pk in self.request.POST.getlist("ids") if pk.isdecimal()]
        made = fact_finding.raise_tasks_for(customer_ids=chosen, by=self.request.user, today=timezone.localdate())
        self.done_message = tasks_made(made)
        return made

    def get_done_url(self, result: Any) -> str:
        """Back to the list."""
        return reverse("selection:unknown-territory")


def tasks_made(count: int) -> str:
    """How many tasks were given out."""
    if not count:
        return _("Everything that is open has been asked for already.")
    return ngettext("%(count)s task was given out.", "%(count)s tasks were given out.", count) % {"count": count}
