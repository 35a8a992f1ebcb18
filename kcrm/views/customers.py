"""Customers with what the apps above know of them: the list and the bin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulk.pages import BulkListView, CellView
from bulk.registry import edit_action
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.lists import customers as columns
from customers.lists.duplicates import merge_action
from customers.models import Customer
from customers.selectors.customers import exportable_customers, may_export_customers, silence_answer
from fields.lists import CustomColumns
from kcrm.customers import CustomerListFilter
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.addresses import address_of
from kcrm.lib.errors import NotAllowed
from kcrm.lib.money import UNITS_PER_ONE
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListPage, ListPageView, ListSpec, Query
from kcrm.templatetags.interface import sparkline
from selection.bulk_edits import segment_now
from selection.models.scores import TierChoice
from selection.templatetags.tiers import tier_tag
from teams.permissions import reader_of

TIER_WORDS: Final = dict(TierChoice.choices)


def in_currency(path: str) -> ExpressionWrapper:
    """Ledger units as an amount in the reporting currency."""
    return ExpressionWrapper(F(path) / Value(Decimal(UNITS_PER_ONE)), DecimalField(max_digits=24, decimal_places=4))


def _tier(row: Any) -> Any:
    return tier_tag(row.tier) or None


def _trend(row: Any) -> Any:
    return sparkline(row.sales_summary__trend)


def _growth(row: Any) -> Cell | None:
    if row.growth is None:
        return None
    return Cell(formats.percent(row.growth, 0, signed=True), css="up" if row.growth >= 0 else "down")


FIGURES: Final = (
    Column(
        "tier", gettext_lazy("Tier"), value="current_score__tier", sort=None, choices=TIER_WORDS, render=_tier,
        by_value=True, field_class="F1",
    ),
    Column(
        "score", gettext_lazy("Attractiveness"), value="current_score__score", kind=Kind.NUMBER, places=1,
        default=False, field_class="F1",
    ),
    Column(
        "net_sales", gettext_lazy("Net sales, 12 months"), value=in_currency("sales_summary__net_12m_units"),
        sort="sales_summary__net_12m_units", kind=Kind.NUMBER, field_class="F1",
    ),
    Column(
        "growth", gettext_lazy("Growth"), value="sales_summary__growth", kind=Kind.PERCENT, render=_growth, places=1,
        by_value=True, field_class="F1", help=gettext_lazy("Against the twelve months before"),
    ),
    Column(
        "trend", gettext_lazy("12 months"), value=None, sort=None, needs=("sales_summary__trend",), render=_trend,
        field_class="F1",
    ),
    Column(
        "margin", gettext_lazy("CM1, 12 months"), value=in_currency("sales_summary__cm1_12m_units"),
        sort="sales_summary__cm1_12m_units", kind=Kind.NUMBER, default=False, field_class="F2",
        help=gettext_lazy("Of the lines whose cost is known"),
    ),
)  # fmt: skip


SEGMENT: Final = Column(
    "segment", gettext_lazy("Segment"), value=segment_now("segment__name"), sort=None, default=False
)


CUSTOMERS: Final = ListSpec(
    key="customers",
    title=gettext_lazy("Customers"),
    columns=(
        columns.NAME,
        columns.OWNER,
        *FIGURES,
        columns.LIFE_CYCLE,
        columns.LAST_CONTACT,
        SEGMENT,
        *columns.COLUMNS,
    ),
    queryset=lambda user: Customer.objects.visible_to(user),
    default_sort="name",
    filterset_class=CustomerListFilter,
    url_name="customers:customer-detail",
    noun=columns.NOUN,
    empty=columns.EMPTY,
    allowed_classes=permissions.list_classes_for,
    reader=reader_of,
    exportable=exportable_customers,
    may_export=may_export_customers,
    bulk_actions=(edit_action("customers"), merge_action("customers")),
)
BIN: Final = ListSpec(
    key="customer-bin",
    title=gettext_lazy("Customers in the bin"),
    columns=columns.BIN_COLUMNS,
    queryset=lambda user: Customer.objects.binned_for(user),
    default_sort="-deleted_at",
    url_name="customers:customer-restore",
    noun=columns.NOUN,
    empty=EmptyState(
        heading=gettext_lazy("The bin is empty"),
        text=gettext_lazy("Customers that are deleted wait here to be restored."),
    ),
)


class CustomerListView(CustomColumns, BulkListView):
    """The customers of a reader."""

    record_type = CUSTOMER.key
    spec = CUSTOMERS
    template_name = "customers/customer_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_open_customers(request.user):
            raise NotAllowed("account_profile", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_counted(self, query: Query) -> dict[str, QuerySet[Any]]:
        """The customers that were left alone for longer than agreed."""
        return {"silent": query.filtered.overdue_for_contact(timezone.localdate())}

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How long the customers of the list were left alone, and who may bring in another."""
        return {
            "answer": silence_answer(silent=page.counts["silent"], total=page.count, capped=page.is_capped),
            "new_url": address_of("customers:customer-create")
            if permissions.can_create_customer(self.request.user)
            else "",
            "new_label": _("New customer"),
            "bin_url": address_of("customers:customer-bin"),
        }


class CustomerCellView(CustomColumns, CellView):
    """A cell of the list, in its place."""

    record_type = CUSTOMER.key
    spec = CUSTOMERS


class CustomerBinView(ListPageView):
    """Customers that were deleted."""

    spec = BIN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_open_customers(request.user):
            raise NotAllowed("account_profile", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What the bin is for."""
        return {
            "answer": _("Nobody sees these customers anywhere else. Open one to restore it."),
            "crumbs": [(CUSTOMERS.title, address_of("customers:customer-list"))],
        }
