"""Addresses of imports, a namespace of their own."""

from django.urls import path

from customers.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.ImportListView.as_view(), name="import-list"),
    path("new/", imports.ImportCreateView.as_view(), name="import-create"),
    path("templates/<slug:key>/", imports.ImportTemplateView.as_view(), name="import-template"),
    path("<int:pk>/", imports.ImportDetailView.as_view(), name="import-detail"),
    path("<int:pk>/reading/", imports.ImportReadingView.as_view(), name="import-reading"),
    path("<int:pk>/columns/", imports.ImportMappingView.as_view(), name="import-mapping"),
    path("<int:pk>/errors/", imports.ImportErrorsView.as_view(), name="import-errors"),
    path("<int:pk>/check/", imports.ImportActView.as_view(act="check"), name="import-check"),
    path("<int:pk>/run/", imports.ImportActView.as_view(act="run"), name="import-run"),
    path("<int:pk>/undo/", imports.ImportActView.as_view(act="undo"), name="import-undo"),
]
