"""The namespace `customers`: pages that compose several apps, and the app's own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from customers import urls as customers_urls
from kcrm.views import archive, customer, customers

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", customers.CustomerListView.as_view(), name="customer-list"),
    path("customers/bin/", customers.CustomerBinView.as_view(), name="customer-bin"),
    *customers_urls.urlpatterns,
    path("customers/<int:pk>/", customer.CustomerView.as_view(), name="customer-detail"),
    path("customers/<int:pk>/cells/<slug:field>/", customers.CustomerCellView.as_view(), name="customer-cell"),
    path("customers/<int:customer_id>/archive/", archive.ArchiveView.as_view(), name="customer-archive"),
    path("customers/<int:pk>/tabs/<slug:slug>/", customer.CustomerView.as_view(), name="customer-tab"),
]
