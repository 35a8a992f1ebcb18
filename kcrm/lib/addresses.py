"""Addresses that stay as long as the process: those of pages that name no record."""

from __future__ import annotations

from functools import cache

from django.urls import reverse


@cache
def address_of(url_name: str) -> str:
    """The address of a URL name without arguments, looked up once. Raises NoReverseMatch."""
    return reverse(url_name)
