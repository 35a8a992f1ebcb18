"""Customers with what the apps above know of them: the list and the bin."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import permissions
from customers.filters.customers import CustomerFilter
from customers.lists import customers as columns
from customers.models import Customer
from customers.selectors.customers import exportable_customers, may_export_customers, silence_answer
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import EmptyState, ListPage, ListPageView, ListSpec

CUSTOMERS: Final = ListSpec(
    key="customers",
    title=gettext_lazy("Customers"),
    columns=(columns.NAME, columns.OWNER, columns.LIFE_CYCLE, columns.LAST_CONTACT, *columns.COLUMNS),
    queryset=lambda user: Customer.objects.visible_to(user).with_seen_parent(user),
    default_sort="name",
    filterset_class=CustomerFilter,
    url_name="customers:customer-detail",
    noun=columns.NOUN,
    empty=columns.EMPTY,
    allowed_classes=permissions.list_classes_for,
    exportable=exportable_customers,
    may_export=may_export_customers,
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


class CustomerListView(ListPageView):
    """The customers of a reader."""

    spec = CUSTOMERS
    template_name = "customers/customer_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_open_customers(request.user):
            raise NotAllowed("account_profile", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How long the customers of the list were left alone, and who may bring in another."""
        rows = page.query_asked.filtered
        return {
            "answer": silence_answer(rows, timezone.localdate(), total=page.count, capped=page.is_capped),
            "new_url": reverse("customers:customer-create")
            if permissions.can_create_customer(self.request.user)
            else "",
            "new_label": _("New customer"),
        }


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
            "crumbs": [(CUSTOMERS.title, reverse("customers:customer-list"))],
        }
