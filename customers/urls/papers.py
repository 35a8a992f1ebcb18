"""Addresses of files and agreements."""

from django.urls import path

from customers.views import agreements, documents

urlpatterns = [
    path("documents/", documents.DocumentListView.as_view(), name="document-list"),
    path("documents/<int:pk>/", documents.DocumentDetailView.as_view(), name="document-detail"),
    path("documents/<int:pk>/file/", documents.DocumentFileView.as_view(), name="document-file"),
    path("documents/<int:pk>/edit/", documents.DocumentUpdateView.as_view(), name="document-update"),
    path("documents/<int:pk>/delete/", documents.DocumentDeleteView.as_view(), name="document-delete"),
    path("documents/<int:pk>/restore/", documents.DocumentRestoreView.as_view(), name="document-restore"),
    path(
        "customers/<int:customer_id>/documents/",
        documents.CustomerDocumentsView.as_view(),
        name="customer-documents",
    ),
    path("customers/<int:customer_id>/documents/new/", documents.DocumentCreateView.as_view(), name="document-create"),
    path("agreements/", agreements.AgreementListView.as_view(), name="agreement-list"),
    path("agreements/<int:pk>/", agreements.AgreementDetailView.as_view(), name="agreement-detail"),
    path("agreements/<int:pk>/edit/", agreements.AgreementUpdateView.as_view(), name="agreement-update"),
    path(
        "customers/<int:customer_id>/agreements/",
        agreements.CustomerAgreementsView.as_view(),
        name="customer-agreements",
    ),
    path(
        "customers/<int:customer_id>/agreements/new/",
        agreements.AgreementCreateView.as_view(),
        name="agreement-create",
    ),
]
