"""Pages of the coverage plan."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from customers.models import Customer
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import Column, EmptyState, Kind, ListPage, ListPageView, ListSpec
from kcrm.lib.web import FormPage
from planning import permissions
from planning.filters import SilentFilter
from planning.forms import CoverageRuleForm
from planning.models import CoverageRule
from planning.querysets import silent
from planning.services import coverage

COVERAGE_TITLE = gettext_lazy("Coverage")


def _silent_for(user: Any) -> QuerySet[Any]:
    """The silent customers that the reader sees today; a page is a door, so it may read the clock."""
    return silent(Customer.objects.visible_to(user), timezone.localdate())


SILENT = ListSpec(
    key="silent-customers",
    title=COVERAGE_TITLE,
    columns=(
        Column("name", gettext_lazy("Customer"), sort="name_sort"),
        Column("silent_from", gettext_lazy("Too long since"), kind=Kind.DATE),
        Column("last_interaction_on", gettext_lazy("Last contact"), kind=Kind.DATE, none=gettext_lazy("never")),
        Column("allowed_days", gettext_lazy("Days allowed"), kind=Kind.NUMBER),
        Column("country", gettext_lazy("Country"), default=False),
    ),
    queryset=_silent_for,
    default_sort="silent_from",
    filterset_class=SilentFilter,
    url_name="customers:customer-detail",
    noun=ngettext_lazy("%(shown)s silent customer", "%(shown)s silent customers", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nobody waits too long"),
        text=gettext_lazy("Customers with whom nobody spoke for longer than the plan allows appear here."),
    ),
)


class CoverageView(ListPageView):
    """With whom must somebody speak, and how often do we mean to?"""

    spec = SILENT
    template_name = "planning/coverage.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many wait, and the rules."""
        count = self.get_rows().count()
        text = ngettext(
            "%(count)s customer has waited for a word from us longer than planned.",
            "%(count)s customers have waited for a word from us longer than planned.",
            count,
        )
        return {
            "answer": text % {"count": count}
            if count
            else _("We have spoken with every customer as often as planned."),
            "rules": CoverageRule.objects.visible_to(self.request.user).order_by("days", "pk"),
            "can_change": permissions.can_change_coverage(self.request.user),
        }


class CoverageRuleUpdateView(FormPage):
    """Change how often customers of a tier are spoken with."""

    form_class = CoverageRuleForm
    done_message = gettext_lazy("Saved.")

    @cached_property
    def rule(self) -> CoverageRule:
        """The rule as it is stored."""
        found: CoverageRule = CoverageRule.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_change_coverage(request.user):
            raise NotAllowed("coverage_rule", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        """Of which tier."""
        return _("Coverage: %(tier)s") % {"tier": self.rule.get_tier_display() or _("without a score")}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"days": self.rule.days}

    def get_version(self) -> int:
        """The stored version."""
        return self.rule.version

    def perform(self, form: Any) -> CoverageRule:
        """Save."""
        return coverage.change_rule(
            rule_id=self.kwargs["pk"],
            version=self.posted_version(),
            days=form.cleaned_data["days"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the plan."""
        return reverse("planning:coverage")

    def get_cancel_url(self) -> str:
        """To the plan."""
        return reverse("planning:coverage")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The plan."""
        return [(COVERAGE_TITLE, reverse("planning:coverage"))]
