"""Addresses of custom fields."""

from django.urls import path

from fields import views

app_name = "fields"
urlpatterns = [
    path("custom-fields/", views.FieldListView.as_view(), name="field-list"),
    path("custom-fields/<slug:record>/", views.FieldListView.as_view(), name="type-fields"),
    path("custom-fields/<slug:record>/new/", views.FieldCreateView.as_view(), name="field-create"),
    path("custom-fields/<int:pk>/edit/", views.FieldUpdateView.as_view(), name="field-update"),
    path("custom-fields/<int:pk>/up/", views.FieldMoveView.as_view(places=-1), name="field-up"),
    path("custom-fields/<int:pk>/down/", views.FieldMoveView.as_view(places=1), name="field-down"),
    path("custom-fields/<int:pk>/retire/", views.FieldRetireView.as_view(), name="field-retire"),
    path("custom-fields/<int:pk>/restore/", views.FieldRestoreView.as_view(), name="field-restore"),
    path("custom-fields/<int:pk>/delete/", views.FieldDeleteView.as_view(), name="field-delete"),
]
