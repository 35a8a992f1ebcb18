"""The namespace `customers`: pages that compose several apps, and the app's own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from customers import urls as customers_urls

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    *customers_urls.urlpatterns,
]
