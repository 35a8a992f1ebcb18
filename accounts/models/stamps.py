"""When settings that every request needs were changed last."""

from __future__ import annotations

from django.db import models
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _


class Stamp(models.Model):
    """The last change of some settings, so that processes know whether what they remember of them still holds.

    The database writes it, in the transaction of the change.
    """

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    value = models.UUIDField(_("stamp"))

    class Meta:
        verbose_name = _("stamp")
        verbose_name_plural = _("stamps")

    def __str__(self) -> str:
        return self.name


def fields_stamp() -> Subquery:
    """The stamp of the custom fields, to be read in the statement that reads a person."""
    return Subquery(Stamp.objects.filter(name="fields").values("value")[:1])
