"""Addresses of bulk views."""

from django.urls import path

from bulk import views

app_name = "bulk"
urlpatterns = [
    path("bulk-edits/", views.EditListView.as_view(), name="edit-list"),
    path("bulk-edits/<int:pk>/", views.EditDetailView.as_view(), name="edit-detail"),
    path("bulk-edits/<int:pk>/change/", views.EditChangeView.as_view(), name="edit-change"),
    path("bulk-edits/<int:pk>/run/", views.EditActView.as_view(act="run"), name="edit-run"),
    path("bulk-edits/<int:pk>/revert/", views.EditActView.as_view(act="revert"), name="edit-revert"),
]
