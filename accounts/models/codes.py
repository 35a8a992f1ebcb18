"""What other systems call our people."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from kcrm.lib.models import VersionedModel


@pghistory.track()
class PersonCode(VersionedModel):
    """What a system calls one of our people, such as an employee number: its files name people so."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="codes", verbose_name=_("person"))
    source = models.CharField(_("system"), max_length=40)
    code = models.CharField(_("code"), max_length=60)

    class Meta:
        verbose_name = _("code of a person")
        verbose_name_plural = _("codes of people")
        constraints: ClassVar = [
            models.UniqueConstraint("source", Lower("code"), name="accounts_personcode_means_one_person"),
            models.CheckConstraint(
                condition=~models.Q(source="") & ~models.Q(code=""), name="accounts_personcode_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.code}"
