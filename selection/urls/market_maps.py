"""Addresses of market maps."""

from django.urls import path

from selection.views import market_maps as views

MAP = "selection/maps/<int:pk>/"

urlpatterns = [
    path("selection/maps/", views.MapList.as_view(), name="map-list"),
    path("selection/maps/new/", views.MapCreate.as_view(), name="map-create"),
    path(MAP, views.MapDetail.as_view(), name="map-detail"),
    path(f"{MAP}edit/", views.MapEdit.as_view(), name="map-edit"),
    path(f"{MAP}file/", views.MapFile.as_view(), name="map-file"),
    path(f"{MAP}publish/", views.MapPublish.as_view(), name="map-publish"),
    path(f"{MAP}next/", views.MapNext.as_view(), name="map-next"),
    path(f"{MAP}delete/", views.MapDelete.as_view(), name="map-delete"),
    path(f"{MAP}nodes/<str:key>/accounts/", views.MapAccounts.as_view(), name="map-accounts"),
]
