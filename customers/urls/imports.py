"""Addresses of imports, a namespace of their own."""

from django.urls import path

from customers.views import import_steps, imports

app_name = "imports"
urlpatterns = [
    path("", imports.ImportListView.as_view(), name="import-list"),
    path("new/", imports.ImportCreateView.as_view(), name="import-create"),
    path("templates/<slug:key>/", imports.ImportTemplateView.as_view(), name="import-template"),
    path("<int:pk>/", imports.ImportDetailView.as_view(), name="import-detail"),
    path("<int:pk>/reading/", import_steps.ImportReadingView.as_view(), name="import-reading"),
    path("<int:pk>/columns/", import_steps.ImportAnswersView.as_view(step="columns"), name="import-columns"),
    path("<int:pk>/rules/", import_steps.ImportAnswersView.as_view(step="rules"), name="import-rules"),
    path("<int:pk>/values/", import_steps.ImportAnswersView.as_view(step="check"), name="import-values"),
    path("<int:pk>/keep/", import_steps.ImportKeepView.as_view(), name="import-keep"),
    path("<int:pk>/use/", import_steps.ImportUseView.as_view(), name="import-use"),
    path("<int:pk>/errors/", imports.ImportErrorsView.as_view(), name="import-errors"),
    path("<int:pk>/check/", imports.ImportActView.as_view(act="check"), name="import-check"),
    path("<int:pk>/run/", imports.ImportActView.as_view(act="run"), name="import-run"),
    path("<int:pk>/undo/", imports.ImportActView.as_view(act="undo"), name="import-undo"),
]
