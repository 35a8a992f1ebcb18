"""Addresses of ledger and products."""

from django.urls import path

from profitability.views import customers, ledger, months, products

app_name = "profitability"

urlpatterns = [
    path("ledger/", ledger.LedgerLineListView.as_view(), name="ledger-line-list"),
    path("ledger/totals/", ledger.LedgerLineTotalsView.as_view(), name="ledger-line-totals"),
    path("ledger/documents/<int:pk>/", ledger.LedgerDocumentView.as_view(), name="ledger-document-detail"),
    path("ledger/customers/", customers.CustomerSalesView.as_view(), name="customer-sales"),
    path("ledger/customers/<int:pk>/", customers.CustomerSalesView.as_view(), name="customer-sales"),
    path("ledger/months/", months.MonthListView.as_view(), name="month-list"),
    path("ledger/months/close/", months.MonthCloseView.as_view(), name="month-close"),
    path("ledger/months/reopen/", months.MonthReopenView.as_view(), name="month-reopen"),
    path("products/", products.ProductListView.as_view(), name="product-list"),
    path("products/<int:pk>/", products.ProductView.as_view(), name="product-detail"),
    path("products/<int:pk>/cells/<slug:field>/", products.ProductCellView.as_view(), name="product-cell"),
]
