"""How often sign-in failed lately, for an address of mail or of the network."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInFailures(models.Model):
    """Failed sign-ins that share a key: a digest of the e-mail address tried, or of the network address.

    Kept in PostgreSQL and not in a cache, because the counter must be exact under parallel guesses and must not be
    forgotten with the broker.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
