"""Products, the sales ledger, what it adds up to for each customer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfitabilityConfig(AppConfig):
    """The sales ledger and what follows from it."""

    name = "profitability"
    verbose_name = _("Sales ledger and profitability")
