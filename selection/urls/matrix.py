"""Addresses of the KAISM matrix, its policies and potentials."""

from django.urls import path

from selection.views import balance, matrix, policies

urlpatterns = [
    path("selection/matrix/", matrix.KaismMatrix.as_view(), name="matrix"),
    path("selection/balance/", balance.PortfolioBalance.as_view(), name="balance"),
    path("selection/matrix/chosen/", matrix.MatrixChosen.as_view(), name="matrix-chosen"),
    path("selection/matrix/what-if/", matrix.WhatIfPage.as_view(), name="what-if"),
    path(
        "selection/customers/<int:customer_id>/position/", matrix.CustomerPosition.as_view(), name="customer-position"
    ),
    path("selection/customers/<int:customer_id>/potential/", policies.PotentialUpdate.as_view(), name="potential"),
    path("selection/policies/", policies.PolicyList.as_view(), name="policy-list"),
    path("selection/policies/capacity/", policies.CapacityUpdate.as_view(), name="capacity-update"),
    path("selection/policies/<slug:quadrant>/", policies.PolicyUpdate.as_view(), name="policy-update"),
]
