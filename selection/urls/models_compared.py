"""Addresses of the other models and of their disagreements."""

from django.urls import path

from selection.views import models_compared as views

urlpatterns = [
    path("selection/dependence/", views.DependenceMatrix.as_view(), name="dependence"),
    path("selection/loyalty/", views.LoyaltyMatrixPage.as_view(), name="loyalty"),
    path("selection/tiers/", views.Tiers.as_view(), name="tiers"),
    path("selection/conflicts/", views.Conflicts.as_view(), name="conflicts"),
]
