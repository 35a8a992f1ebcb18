"""Addresses of this app, one module a noun."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from selection.urls import scoring

app_name = "selection"

urlpatterns: list[URLPattern | URLResolver] = [
    *scoring.urlpatterns,
]
