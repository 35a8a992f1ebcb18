"""Consents and legal holds: what hangs on a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class ConsentQuerySet(models.QuerySet):
    """Rows about a person, seen with the right on privacy at one of his customers."""

    def visible_to(self, user: User) -> Self:
        """Rows about people at customers where this person keeps or watches consents."""
        roles = apps.get_model("customers", "ContactRole").objects.visible_to(user, "privacy")
        return self.filter(contact__in=roles.values("contact"))

    def newest(self) -> Self:
        """The row of each person and purpose that holds."""
        return self.order_by("contact", "purpose", "-at", "-pk").distinct("contact", "purpose")

    def in_force(self) -> Self:
        """Legal holds that nobody has lifted."""
        return self.filter(lifted_at__isnull=True)
