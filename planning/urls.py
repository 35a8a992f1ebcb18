"""Addresses of plans."""

from django.urls import path

from planning import views

app_name = "planning"

urlpatterns = [
    path("coverage/", views.CoverageView.as_view(), name="coverage"),
    path("coverage/rules/<int:pk>/edit/", views.CoverageRuleUpdateView.as_view(), name="coverage-rule-update"),
]
