"""Addresses of consents, privacy requests and legal holds."""

from django.urls import path

from customers.views import privacy

urlpatterns = [
    path("contacts/<int:pk>/privacy/", privacy.ContactPrivacyView.as_view(), name="contact-privacy"),
    path("contacts/<int:pk>/consents/new/", privacy.ConsentCreateView.as_view(), name="consent-create"),
    path("contacts/<int:pk>/privacy/new/", privacy.PrivacyRequestCreateView.as_view(), name="privacy-request-create"),
    path("contacts/<int:pk>/holds/new/", privacy.HoldCreateView.as_view(), name="hold-create"),
    path("holds/<int:pk>/lift/", privacy.HoldLiftView.as_view(), name="hold-lift"),
    path("privacy/", privacy.PrivacyRequestListView.as_view(), name="privacy-request-list"),
    path("privacy/<int:pk>/", privacy.PrivacyRequestDetailView.as_view(), name="privacy-request-detail"),
    path("privacy/<int:pk>/approve/", privacy.PrivacyApproveView.as_view(), name="privacy-request-approve"),
    path("privacy/<int:pk>/refuse/", privacy.PrivacyRefuseView.as_view(), name="privacy-request-refuse"),
    path("privacy/<int:pk>/carry-out/", privacy.PrivacyCarryOutView.as_view(), name="privacy-request-carry-out"),
]
