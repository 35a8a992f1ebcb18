"""Fields that a company adds to its records itself, and the column that holds their values."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fields.querysets import CustomFieldQuerySet
from kcrm.lib.models import VersionedModel

STAMP = "fields"
CHANGED = """
    INSERT INTO accounts_stamp (name, value) VALUES ('fields', gen_random_uuid())
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN NULL;
"""


class Customisable(models.Model):
    """A record with fields of one's own: {key: value} as `fields.kinds` stores it.

    The values lie in the record's own row, so that versions, history, imports, merges and their undoing cover them.
    """

    custom = models.JSONField(_("custom fields"), default=dict, db_default={}, blank=True, editable=False)

    class Meta:
        abstract = True


@pghistory.track()
class CustomField(VersionedModel):
    """A field that a company adds to one kind of record: its words, its kind, who reads it.

    A field that is not wanted any more is retired: nobody is shown it, and its values stay.
    """

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("kind of field", "Text")
        NUMBER = "number", pgettext_lazy("kind of field", "Number")
        MONEY = "money", pgettext_lazy("kind of field", "Money")
        DATE = "date", pgettext_lazy("kind of field", "Date")
        CHOICE = "choice", pgettext_lazy("kind of field", "Choice")
        CHOICES = "choices", pgettext_lazy("kind of field", "Several choices")
        USER = "user", pgettext_lazy("kind of field", "Person of ours")
        LINK = "link", pgettext_lazy("kind of field", "Link")

    record_type = models.CharField(_("record"), max_length=40)
    key = models.CharField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    label_en = models.CharField(_("label in English"), max_length=80)
    label_zh = models.CharField(_("label in Chinese"), max_length=80, blank=True)
    help_en = models.CharField(_("help in English"), max_length=200, blank=True)
    help_zh = models.CharField(_("help in Chinese"), max_length=200, blank=True)
    field_class = models.CharField(_("who reads it"), max_length=3, default="F0")
    choices = models.JSONField(_("choices"), default=list, blank=True)
    places = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    is_found_by = models.BooleanField(_("found by the search"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record_type", "key"], name="fields_customfield_key_once"),
            models.CheckConstraint(
                condition=Q(key__regex="^[a-z][a-z0-9_]{0,39}$"), name="fields_customfield_key_plain"
            ),
            models.CheckConstraint(
                condition=Q(kind="money", currency__regex="^[A-Z]{3}$") | (~Q(kind="money") & Q(currency="")),
                name="fields_customfield_money_has_currency",
            ),
            models.CheckConstraint(condition=Q(places__lte=6), name="fields_customfield_places_few"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="changed",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=CHANGED,
            )
        ]

    def __str__(self) -> str:
        return self.label_en
