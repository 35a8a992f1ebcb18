"""Addresses of how customers see us."""

from django.urls import path

from selection.views import strengths as views

CUSTOMER = "selection/customers/<int:customer_id>/strength/"

urlpatterns = [
    path("selection/unknown-territory/", views.UnknownTerritory.as_view(), name="unknown-territory"),
    path("selection/unknown-territory/ask/", views.FactFindingForMany.as_view(), name="fact-finding-many"),
    path(CUSTOMER, views.CustomerStrength.as_view(), name="customer-strength"),
    path(f"{CUSTOMER}confirm/", views.ViewDescribe.as_view(), name="view-describe"),
    path(f"{CUSTOMER}ask/", views.FactFinding.as_view(), name="fact-finding"),
    path(f"{CUSTOMER}factors/<int:pk>/close/", views.GapClose.as_view(), name="gap-close"),
    path(f"{CUSTOMER}weights/", views.WeightsBalance.as_view(), name="view-weights"),
    path(f"{CUSTOMER}alternatives/new/", views.AlternativeCreate.as_view(), name="alternative-create"),
    path(f"{CUSTOMER}alternatives/<int:pk>/delete/", views.AlternativeDelete.as_view(), name="alternative-delete"),
    path(f"{CUSTOMER}factors/new/", views.FactorCreate.as_view(), name="view-factor-create"),
    path(f"{CUSTOMER}factors/<int:pk>/", views.FactorUpdate.as_view(), name="view-factor-update"),
    path(f"{CUSTOMER}factors/<int:pk>/delete/", views.FactorDelete.as_view(), name="view-factor-delete"),
]
