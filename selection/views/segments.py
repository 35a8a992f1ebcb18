"""Pages of segments: the register, a segment opened, its tests and its rule, a customer's place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.segments import (
    PlaceForm,
    RuleForm,
    SegmentForm,
    TestsForm,
    rule_initial,
    segment_initial,
    tests_initial,
)
from selection.models import ClassChoice, MarketMap, Segment, SegmentPlace
from selection.selectors.segments import RuleEffect, SegmentProfile, rule_effect, segment_profile, segment_rows
from selection.services import segments as services
from selection.services.segment_places import Placed, place_customer
from selection.services.segment_rules import apply_rule


class SegmentList(Page):
    """Which groups buy for the same reasons, and what do we earn with each?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The register with its figures."""
        if not permissions.can_read_segments(request.user):
            raise NotAllowed("segment", Verb.READ)
        rows = segment_rows(request.user, day=timezone.localdate())
        context = {
            "rows": rows,
            "without": without_segment(request.user),
            "may_edit": permissions.can_edit_segments(request.user),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/segment_list.html", context)


class SegmentDetail(Page):
    """Is this a segment, how large is it, and who is key in it?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The profile."""
        segment = Segment.objects.visible_to(request.user).get(pk=pk)
        profile = segment_profile(segment, by=request.user, day=timezone.localdate())
        context = {
            "segment": segment,
            "profile": profile,
            "figures": figures_of(profile),
            "evidence": evidence_of(profile),
            "classes": dict(ClassChoice.choices),
            "maps": MarketMap.objects.visible_to(request.user).filter(segment=segment),
            "offer": [
                (segment._meta.get_field(name).verbose_name, getattr(segment, name))  # type: ignore[union-attr]  # fields of our own, never relations
                for name in ("product", "price", "place", "promotion", "service")
            ],
            "may_edit": permissions.can_edit_segments(request.user),
            "may_read_models": permissions.can_read_models(request.user),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/segment_detail.html", context)


class EditsSegments(FormPage):
    """A form of who keeps the register."""

    form_class = SegmentForm
    done_message = gettext_lazy("Saved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, for who keeps segments."""
        if not permissions.can_edit_segments(request.user):
            raise NotAllowed("segment", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """The segment."""
        return reverse("selection:segment-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """The register."""
        return reverse("selection:segment-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The register."""
        return [(_("Segments"), reverse("selection:segment-list"))]


class SegmentCreate(EditsSegments):
    """Begin a segment."""

    title = gettext_lazy("Begin a segment")
    intro = gettext_lazy("Customers who buy for the same reasons, and the offer that answers them.")

    def perform(self, form: Any) -> Segment:
        """Call the service."""
        return services.create_segment(by=self.request.user, **form.cleaned_data)


class OneSegment(EditsSegments):
    """A form about one segment."""

    @cached_property
    def segment(self) -> Segment:
        """The segment. Raises DoesNotExist."""
        found: Segment = Segment.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; out of sight comes before not allowed."""
        self.segment  # noqa: B018 - asked for its answer: 404
        return super().get(request, *args, **kwargs)

    def get_version(self) -> int:
        """As it stands."""
        return self.segment.version

    def get_cancel_url(self) -> str:
        """The segment."""
        return reverse("selection:segment-detail", args=[self.kwargs["pk"]])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The register, the segment."""
        return [*super().get_crumbs(), (self.segment.name, self.get_cancel_url())]

    def get_values(self, form: Any) -> dict[str, Any]:
        """What the form changes."""
        return dict(form.cleaned_data)

    def perform(self, form: Any) -> Segment:
        """Call the service."""
        return services.update_segment(
            segment_id=self.kwargs["pk"],
            version=self.posted_version(),
            values=self.get_values(form),
            by=self.request.user,
        )


class SegmentUpdate(OneSegment):
    """Say what a segment is and is offered."""

    title = gettext_lazy("Change the segment")

    def get_initial(self) -> dict[str, Any]:
        """As it stands."""
        return segment_initial(self.segment)


class SegmentTests(OneSegment):
    """Answer the tests of a segment."""

    form_class = TestsForm
    title = gettext_lazy("Is it a segment?")
    intro = gettext_lazy("It is one when all four answers are yes; until then it is an idea.")

    def get_initial(self) -> dict[str, Any]:
        """As it stands."""
        return tests_initial(self.segment)

    def get_values(self, form: Any) -> dict[str, Any]:
        """The answers."""
        values: dict[str, Any] = form.values()
        return values


class SegmentRule(OneSegment):
    """Say which customers belong, and see whom that means before they move."""

    form_class = RuleForm
    template_name = "selection/segment_rule.html"
    title = gettext_lazy("Who belongs by rule")
    intro = gettext_lazy("Saving the rule moves nobody. What it would do stands below.")

    def get_initial(self) -> dict[str, Any]:
        """As it stands."""
        return rule_initial(self.segment)

    def get_values(self, form: Any) -> dict[str, Any]:
        """The rule."""
        return {"rule": form.rule()}

    def get_done_url(self, result: Any) -> str:
        """The same page, with the effect."""
        return reverse("selection:segment-rule", args=[self.kwargs["pk"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The effect of the stored rule beside the form."""
        effect: RuleEffect = rule_effect(self.segment, by=self.request.user, day=timezone.localdate())
        return super().get_context_data(effect=effect, segment=self.segment, **kwargs)


class SegmentAct(ActView):
    """An act on one segment that ends on its page."""

    def get_done_url(self, result: Any) -> str:
        """The segment."""
        return reverse("selection:segment-detail", args=[self.kwargs["pk"]])

    def asked(self) -> dict[str, Any]:
        """What every such service takes."""
        return {"segment_id": self.kwargs["pk"], "version": self.posted_version(), "by": self.request.user}


class SegmentAccept(SegmentAct):
    """Accept it."""

    done_message = gettext_lazy("The segment is accepted. It can have a scoring model of its own now.")

    def perform(self) -> Segment:
        """Call the service."""
        return services.accept_segment(**self.asked())


class SegmentRetire(SegmentAct):
    """Give it up."""

    done_message = gettext_lazy("The segment is given up.")

    def perform(self) -> Segment:
        """Call the service."""
        return services.retire_segment(**self.asked())


class SegmentReopen(SegmentAct):
    """Test it anew."""

    done_message = gettext_lazy("The segment is being tested again.")

    def perform(self) -> Segment:
        """Call the service."""
        return services.reopen_segment(**self.asked())


class SegmentApply(SegmentAct):
    """Move everybody who fits the rule."""

    def perform(self) -> Placed:
        """Call the service, and tell how many moved."""
        placed = apply_rule(**self.asked(), day=timezone.localdate())
        count = len(placed.moved)
        text = ngettext("%(count)s customer came in.", "%(count)s customers came in.", count)
        messages.success(self.request, text % {"count": formats.number(count)})
        return placed


class CustomerPlace(FormPage):
    """Put a customer into a segment."""

    form_class = PlaceForm
    title = gettext_lazy("Which segment?")
    done_message = gettext_lazy("Saved. The score follows in a minute.")

    @cached_property
    def customer(self) -> Customer:
        """The customer, if the reader may see its segment. Raises NotAllowed for who may not move it."""
        seen = visible_customers(self.request.user, "segment_place").select_related("org_unit")
        found: Customer = seen.get(pk=self.kwargs["pk"])
        if not permissions.can_place(self.request.user, found):
            raise NotAllowed("segment_place", Verb.UPDATE)
        return found

    def get_title(self) -> Any:
        """The customer."""
        return _("Segment of %(customer)s") % {"customer": self.customer}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The segments to choose from."""
        return super().get_form_kwargs() | {"segments": Segment.objects.visible_to(self.request.user).in_use()}

    def get_initial(self) -> dict[str, Any]:
        """Where it is today."""
        today = timezone.localdate()
        place = SegmentPlace.objects.on_day(today).filter(customer=self.customer).first()
        return {"segment": place.segment_id if place else None, "day": today}

    def perform(self, form: Any) -> Placed:
        """Call the service."""
        segment = form.cleaned_data["segment"]
        return place_customer(
            customer_id=self.customer.pk,
            segment_id=segment.pk if segment else None,
            day=form.cleaned_data["day"],
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The places so far under the form."""
        history = SegmentPlace.objects.filter(customer=self.customer).select_related("segment")
        return super().get_context_data(history=history, **kwargs)

    template_name = "selection/customer_segment.html"

    def get_done_url(self, result: Any) -> str:
        """The customer."""
        return reverse("customers:customer-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)


def place_context(user: Any, customer: Customer) -> dict[str, Any]:
    """Which segment a customer is in today, and whether the reader may change that."""
    places = SegmentPlace.objects.visible_to(user).on_day(timezone.localdate())
    return {
        "place": places.filter(customer=customer).select_related("segment").first(),
        "may_place": permissions.can_place(user, customer),
    }


def without_segment(user: Any) -> int:
    """How many customers that the reader sees are in no segment today."""
    placed = SegmentPlace.objects.on_day(timezone.localdate()).values("customer")
    return visible_customers(user).exclude(pk__in=placed).count()


def figures_of(profile: SegmentProfile) -> list[dict[str, Any]]:
    """The strip of figures on top of a segment."""
    row, spread = profile.row, profile.spread
    growth = formats.percent(row.growth, 0, signed=True) if row.growth is not None else ""
    return [
        {"label": _("Customers"), "value": formats.number(row.customers)},
        {
            "label": _("Net sales, 12 months"),
            "value": formats.money(row.sales, settings.KCRM_REPORTING_CURRENCY, 0),
            "note": _("%(growth)s on the year before") % {"growth": growth}
            if growth
            else _("no year before to compare"),
            "css": "up" if (row.growth or 0) > 0 else "down",
        },
        {"label": _("Of all net sales"), "value": formats.percent(row.share, 0), "undefined": row.share is None},
        {"label": _("Key accounts"), "value": formats.number(row.key_accounts)},
        {
            "label": _("Largest customer"),
            "value": formats.percent(spread.top_1, 0),
            "note": _("HHI %(index)s") % {"index": formats.number(spread.hhi)} if spread.hhi is not None else "",
            "undefined": spread.top_1 is None,
        },
    ]


def evidence_of(profile: SegmentProfile) -> list[tuple[str, str, str]]:
    """What speaks for or against the segment: question, figure, what it means."""
    found, row = profile.evidence, profile.row
    none = _("not defined")

    def share(value: float | None) -> str:
        return none if value is None else formats.percent(value, 0)

    apart = none if found.apart is None else _("%(points)s points") % {"points": formats.number(found.apart, 0)}
    return [
        (_("Measurable"), share(found.measured), _("of its customers have sales figures")),
        (
            _("Substantial"),
            share(row.share),
            ngettext(
                "of all net sales, with %(count)s customer", "of all net sales, with %(count)s customers", row.customers
            )
            % {"count": formats.number(row.customers)},
        ),
        (_("Reachable"), share(found.reached), _("of its customers were spoken to within a year")),
        (
            _("Distinct"),
            apart,
            _("of 100 apart from %(segment)s, the nearest") % {"segment": found.nearest}
            if found.nearest
            else _("no other segment says why it buys"),
        ),
        (_("Stable"), share(found.moved), _("of its customers came or left within a year")),
    ]
