"""Addresses of this app, one module a noun; the roof mounts them beside its own pages in the namespace `customers`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from customers.urls import account_teams, contacts, customers, duplicates, interactions, papers, privacy, tasks

urlpatterns: list[URLPattern | URLResolver] = [
    *account_teams.urlpatterns,
    *contacts.urlpatterns,
    *customers.urlpatterns,
    *duplicates.urlpatterns,
    *interactions.urlpatterns,
    *papers.urlpatterns,
    *privacy.urlpatterns,
    *tasks.urlpatterns,
]
