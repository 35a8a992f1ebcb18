"""Pages of what was said with customers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers import permissions
from customers.custom_fields import INTERACTION
from customers.forms.interactions import InteractionChangeForm, InteractionForm
from customers.lists.interactions import INTERACTIONS, INTERACTIONS_TITLE
from customers.models import Contact, Interaction, InteractionContact, InteractionPerson
from customers.selectors import interactions as selectors
from customers.services import interactions
from customers.views.panels import CustomerMixin, CustomerPanel, customer_crumbs, customer_url
from fields.forms import own_fields
from fields.lists import CustomColumns
from fields.selectors import facts_of
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from teams.permissions import reach_of
from teams.selectors.people import colleagues_of

STORY_LENGTH = 20


class InteractionListView(CustomColumns, ListPageView):
    """Everything that was said with the customers one sees."""

    record_type = INTERACTION.key
    spec = INTERACTIONS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not allows_anywhere("interaction", Verb.READ, reach_of(request.user).actors()):
            raise NotAllowed("interaction", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """The newest contact first."""
        newest = self.get_rows().select_related("customer").order_by("-happened_at", "-pk").first()
        if newest is None:
            return {}
        answer = _("The last contact was with %(customer)s: %(subject)s.")
        return {"answer": answer % {"customer": newest.customer.name, "subject": newest.subject}}


class CustomerInteractionsView(CustomerPanel):
    """The story of one customer."""

    resource = "interaction"
    heading = INTERACTIONS_TITLE
    template_name = "customers/_interaction_story.html"

    def get_context(self) -> dict[str, Any]:
        """The newest ones, and the way to all."""
        events = selectors.story_of(self.customer, self.request.user, limit=STORY_LENGTH + 1)
        return {
            "events": events[:STORY_LENGTH],
            "has_more": len(events) > STORY_LENGTH,
            "can_create": self.may("interaction", Verb.CREATE),
            "binned": self.binned(Interaction, "subject"),
            "restore_name": "customers:interaction-restore",
        }


class InteractionDetailView(Page):
    """One interaction."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        seen = Interaction.objects.visible_to(request.user).select_related("customer__org_unit")
        interaction = selectors.with_participants(seen, request.user).get(pk=pk)
        user, customer = request.user, interaction.customer
        return render(
            request,
            "customers/interaction_detail.html",
            {
                "interaction": interaction,
                "own_fields": facts_of(INTERACTION.key, interaction.custom, INTERACTION.classes, user),
                "icon_name": selectors.ICONS.get(interaction.kind, "circle"),
                "tasks": interaction.tasks.visible_to(user).select_related("assignee"),
                "crumbs": [*customer_crumbs(customer), (INTERACTIONS_TITLE, _story_url(customer.pk))],
                "can_update": permissions.may(user, "interaction", Verb.UPDATE, customer),
                "can_delete": permissions.may(user, "interaction", Verb.DELETE, customer),
            },
        )


class InteractionCreateView(CustomerMixin, FormPage):
    """Log what just happened."""

    form_class = InteractionForm
    title = gettext_lazy("Log contact")
    submit_label = gettext_lazy("Log contact")
    done_message = gettext_lazy("Logged.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("interaction", Verb.CREATE):
            raise NotAllowed("interaction", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Now, and me."""
        kind = self.request.GET.get("kind", "")
        return {
            "happened_at": timezone.localtime().replace(second=0, microsecond=0),
            "people": [self.request.user.pk],
            "kind": kind if kind in Interaction.Kind.values else Interaction.Kind.CALL,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who could have taken part."""
        return super().get_form_kwargs() | participants(self)

    def perform(self, form: Any) -> Interaction:
        """Log it."""
        step_for = form.cleaned_data.get("next_step_for")
        return interactions.log_interaction(
            customer_id=self.kwargs["customer_id"],
            values=form.values(),
            by=self.request.user,
            now=timezone.now(),
            contact_ids=form.contact_ids(),
            people_ids=form.people_ids(),
            next_step_for=step_for.pk if step_for else None,
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the customer."""
        return customer_url(self.kwargs["customer_id"])

    def get_cancel_url(self) -> str:
        """Back to the customer."""
        return customer_url(self.kwargs["customer_id"])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)


class InteractionUpdateView(CustomerMixin, FormPage):
    """Correct what was written down."""

    form_class = InteractionChangeForm
    title = gettext_lazy("Correct the interaction")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def interaction(self) -> Interaction:
        """The interaction as it is stored."""
        seen = Interaction.objects.visible_to(self.request.user).select_related("customer__org_unit")
        found: Interaction = seen.get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def customer(self) -> Any:
        """Its customer."""
        return self.interaction.customer

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("interaction", Verb.UPDATE):
            raise NotAllowed("interaction", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        row = self.interaction
        return {name: getattr(row, name) for name in interactions.FIELDS} | {
            "contacts": list(InteractionContact.objects.filter(interaction=row).values_list("contact", flat=True)),
            "people": list(InteractionPerson.objects.filter(interaction=row).values_list("user", flat=True)),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who could have taken part."""
        return super().get_form_kwargs() | participants(self, self.interaction) | {"steps": True}

    def perform(self, form: Any) -> Interaction:
        """Save it."""
        return interactions.update_interaction(
            interaction_id=self.kwargs["pk"],
            version=self.posted_version(),
            values=form.values(),
            by=self.request.user,
            now=timezone.now(),
            contact_ids=form.contact_ids() if "contacts" in form.fields else None,
            people_ids=form.people_ids(),
        )

    def get_version(self) -> int:
        """The stored version."""
        return self.interaction.version

    def get_done_url(self, result: Any) -> str:
        """Back to the interaction."""
        return reverse("customers:interaction-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """Back to the interaction."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, the interaction."""
        return [*customer_crumbs(self.customer), (self.interaction.subject, self.get_done_url(None))]


class InteractionDeleteView(ActView):
    """Put it into the bin; the message offers the way back."""

    done_message = gettext_lazy("In the bin.")

    def perform(self) -> Interaction:
        """Delete."""
        return interactions.delete_interaction(
            interaction_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, now=timezone.now()
        )

    def get_done_url(self, result: Any) -> str:
        """To the customer's interactions, or back where it did not work."""
        if result is None:
            return reverse("customers:interaction-detail", args=[self.kwargs["pk"]])
        return _story_url(result.customer_id)


class InteractionRestoreView(ActView):
    """Take it out of the bin."""

    done_message = gettext_lazy("Restored.")

    def perform(self) -> Interaction:
        """Restore."""
        return interactions.restore_interaction(
            interaction_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the interaction."""
        return reverse("customers:interaction-detail", args=[self.kwargs["pk"]])


def participants(page: Any, interaction: Interaction | None = None) -> dict[str, Any]:
    """Who of both sides can be ticked: those who work for the customer or at it now, and those ticked before; and the
    fields of one's own."""
    customer, user, today = page.customer, page.request.user, timezone.localdate()
    works_here = colleagues_of(team_id=customer.account_team_id, unit=customer.org_unit, day=today)
    with_us = Q(pk__in=works_here.order_by().values("pk")) | Q(pk=user.pk)
    with_them = Q(pk__in=Contact.objects.at_customer(customer.pk, today).values("pk"))
    if interaction is not None:
        with_us |= Q(pk__in=InteractionPerson.objects.filter(interaction=interaction).values("user"))
        with_them |= Q(pk__in=InteractionContact.objects.filter(interaction=interaction).values("contact"))
    return {
        "contacts": Contact.objects.visible_to(user).filter(with_them).order_by("name_sort"),
        "people": User.objects.filter(with_us).order_by("full_name"),
        "own": own_fields(INTERACTION, user, stored=interaction),
        "steps": permissions.may(user, "task", Verb.CREATE, customer),
    }


def _story_url(customer_id: int) -> str:
    return reverse("customers:customer-interactions", args=[customer_id])
