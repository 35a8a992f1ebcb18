"""Addresses of duplicates and merges."""

from django.urls import path

from customers.views import duplicates

urlpatterns = [
    path("customers/duplicates/", duplicates.DuplicateListView.as_view(), name="duplicate-list"),
    path("customers/duplicates/scan/", duplicates.ScanView.as_view(), name="duplicate-scan"),
    path("customers/duplicates/<int:pk>/", duplicates.DuplicateDetailView.as_view(), name="duplicate-detail"),
    path("customers/duplicates/<int:pk>/dismiss/", duplicates.AnswerView.as_view(), name="duplicate-dismiss"),
    path("customers/duplicates/<int:pk>/later/", duplicates.AnswerView.as_view(act="later"), name="duplicate-later"),
    path("customers/merge/", duplicates.MergeView.as_view(), name="merge"),
    path("customers/merge/chosen/", duplicates.MergeChosenView.as_view(), name="merge-chosen-customers"),
    path(
        "contacts/merge/chosen/",
        duplicates.MergeChosenView.as_view(kind="contact", back="customers:contact-list"),
        name="merge-chosen-contacts",
    ),
    path("customers/merges/<int:pk>/", duplicates.MergeDetailView.as_view(), name="merge-detail"),
    path("customers/merges/<int:pk>/undo/", duplicates.MergeUndoView.as_view(), name="merge-undo"),
]
