"""Customers, their people and everything that was said and promised."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """The record of each customer."""

    name = "customers"
    verbose_name = _("Customers")
