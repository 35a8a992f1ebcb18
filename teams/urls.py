"""Addresses of the organisation."""

from django.urls import path

from teams import views

app_name = "teams"

urlpatterns = [
    path("teams/", views.UnitListView.as_view(), name="unit-list"),
    path("teams/new/", views.UnitCreateView.as_view(), name="unit-create"),
    path("teams/<int:pk>/", views.UnitDetailView.as_view(), name="unit-detail"),
    path("teams/<int:pk>/edit/", views.UnitUpdateView.as_view(), name="unit-update"),
    path("teams/<int:pk>/places/new/", views.PlaceCreateView.as_view(), name="place-create"),
    path("places/<int:pk>/end/", views.PlaceEndView.as_view(), name="place-end"),
]
