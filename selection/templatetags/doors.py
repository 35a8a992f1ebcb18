"""Which pages of other rooms open for the reader, so that nobody is led to a refusal."""

from __future__ import annotations

from django import template

from accounts.models import User
from customers.permissions import can_open_customers
from profitability.permissions import can_open_ledger

register = template.Library()


@register.filter
def opens_customers(user: User) -> bool:
    """`{% if request.user|opens_customers %}`: the pages of customers open for this person."""
    return can_open_customers(user)


@register.filter
def opens_ledger(user: User) -> bool:
    """`{% if request.user|opens_ledger %}`: the ledger opens for this person."""
    return can_open_ledger(user)
