"""Addresses of contacts and their roles."""

from django.urls import path

from customers.views import contacts

urlpatterns = [
    path("contacts/", contacts.ContactListView.as_view(), name="contact-list"),
    path("contacts/<int:pk>/cells/<slug:field>/", contacts.ContactCellView.as_view(), name="contact-cell"),
    path("contacts/<int:pk>/", contacts.ContactDetailView.as_view(), name="contact-detail"),
    path("contacts/<int:pk>/edit/", contacts.ContactUpdateView.as_view(), name="contact-update"),
    path("contacts/<int:pk>/left/", contacts.ContactLeftView.as_view(), name="contact-left"),
    path("contacts/<int:pk>/delete/", contacts.ContactDeleteView.as_view(), name="contact-delete"),
    path("contacts/<int:pk>/restore/", contacts.ContactRestoreView.as_view(), name="contact-restore"),
    path("contacts/<int:pk>/roles/new/", contacts.RoleCreateView.as_view(), name="contact-role-create"),
    path("contact-roles/<int:pk>/edit/", contacts.RoleUpdateView.as_view(), name="contact-role-update"),
    path("contact-roles/<int:pk>/delete/", contacts.RoleDeleteView.as_view(), name="contact-role-delete"),
    path("customers/<int:customer_id>/contacts/", contacts.CustomerContactsView.as_view(), name="customer-contacts"),
    path("customers/<int:customer_id>/contacts/new/", contacts.ContactCreateView.as_view(), name="contact-create"),
]
