"""Lists: one declaration gives the page, its htmx fragment, saved views, chosen columns and the exports.

CUSTOMERS = ListSpec(
    key="customers",
    title=_("Customers"),
    columns=(
        Column("name", _("Customer"), needs=("country",), render=lambda row: Cell(row.name, sub=row.country)),
        Column("net_sales", _("Net sales"), value="rollup__net_sales", kind=Kind.NUMBER, field_class="F1"),
    ),
    queryset=lambda user: Customer.objects.visible_to(user).alive(),
    default_sort="name",
    filterset_class=CustomerFilter,
    url_name="customers:customer-detail",
)

class CustomerListView(ListPageView):
    spec = CUSTOMERS
    template_name = "customers/customer_list.html"
"""

from kcrm.lib.export import Kind
from kcrm.lib.tables.columns import Cell, Column
from kcrm.lib.tables.page import ListPage, Query, open_page
from kcrm.lib.tables.spec import BulkAction, EmptyState, ListSpec
from kcrm.lib.tables.views import ListPageView

__all__ = [
    "BulkAction",
    "Cell",
    "Column",
    "EmptyState",
    "Kind",
    "ListPage",
    "ListPageView",
    "ListSpec",
    "Query",
    "open_page",
]
