"""Addresses of scoring models and of customers' scores."""

from django.urls import path

from selection.views import scoring as views

urlpatterns = [
    path("selection/models/", views.ModelList.as_view(), name="model-list"),
    path("selection/models/<int:pk>/", views.ModelDetail.as_view(), name="model-detail"),
    path("selection/run/", views.RunScoring.as_view(), name="run"),
    path("selection/customers/<int:pk>/", views.CustomerScore.as_view(), name="customer-score"),
    path("selection/customers/<int:pk>/rate/<int:factor_pk>/", views.RateCustomer.as_view(), name="rate"),
]
