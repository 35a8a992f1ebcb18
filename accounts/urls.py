"""Addresses of people, settings and the audit trail."""

from django.urls import path

from accounts.views import saved_views

app_name = "accounts"

urlpatterns = [
    path("saved-views/<slug:list_key>/", saved_views.save, name="saved-view-save"),
    path("saved-views/<int:pk>/delete/", saved_views.delete, name="saved-view-delete"),
]
