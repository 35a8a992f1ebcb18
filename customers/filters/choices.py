"""What filters offer to choose from."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer


def seen_customers(request: HttpRequest | None) -> QuerySet[Customer]:
    """The customers that the reader sees."""
    rows: QuerySet[Customer] = Customer.objects.visible_to(request.user) if request else Customer.objects.none()
    return rows


def colleagues(request: HttpRequest | None) -> QuerySet[User]:
    """Everybody who works here."""
    return User.objects.active().order_by("full_name")


class CustomerChoice(django_filters.ModelChoiceFilter):
    """One customer, by number: chosen by links, never from a list of all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Customer"), queryset=seen_customers, widget=forms.HiddenInput, **kwargs)
