"""Addresses of this app, one module a noun; the roof mounts them beside its own pages in the namespace `customers`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
