"""Acts on customers, their sites and buying units. The list and the customer's own page stand on the roof."""

from __future__ import annotations

from django.urls import path

from customers.views import customers, parts

urlpatterns = [
    path("customers/new/", customers.CustomerCreateView.as_view(), name="customer-create"),
    path("customers/<int:pk>/edit/", customers.CustomerUpdateView.as_view(), name="customer-update"),
    path("customers/<int:pk>/fields/", customers.OwnFieldsView.as_view(), name="customer-fields"),
    path("customers/<int:pk>/delete/", customers.CustomerDeleteView.as_view(), name="customer-delete"),
    path("customers/<int:pk>/merge/", customers.CustomerMergeView.as_view(), name="customer-merge"),
    path("customers/<int:pk>/restore/", customers.CustomerRestoreView.as_view(), name="customer-restore"),
    path("customers/<int:customer_id>/sites/new/", parts.SiteFormView.as_view(), name="site-create"),
    path("sites/<int:pk>/edit/", parts.SiteFormView.as_view(), name="site-update"),
    path("sites/<int:pk>/delete/", parts.SiteDeleteView.as_view(), name="site-delete"),
    path(
        "customers/<int:customer_id>/buying-units/new/", parts.BuyingUnitFormView.as_view(), name="buying-unit-create"
    ),
    path("buying-units/<int:pk>/edit/", parts.BuyingUnitFormView.as_view(), name="buying-unit-update"),
    path("buying-units/<int:pk>/delete/", parts.BuyingUnitDeleteView.as_view(), name="buying-unit-delete"),
]
