"""The organisation as a tree, and who leads, belongs to or serves which part of it."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kcrm.lib.models import VersionedModel
from teams.querysets import OrgUnitQuerySet, UnitAssignmentQuerySet

KEEP_PATHS = """
    IF TG_OP = 'UPDATE' AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
        NEW.path := OLD.path;
        RETURN NEW;
    END IF;
    IF NEW.parent_id IS NULL THEN
        NEW.path := '/' || NEW.id || '/';
    ELSE
        SELECT path || NEW.id || '/' INTO NEW.path FROM teams_orgunit WHERE id = NEW.parent_id;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF strpos(NEW.path, '/' || NEW.id || '/') < length(NEW.path) - length('/' || NEW.id || '/') + 1 THEN
            RAISE EXCEPTION 'A unit cannot stand below itself.' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'teams_orgunit_no_cycle';
        END IF;
    END IF;
    RETURN NEW;
"""

MOVE_SUBTREE = """
    UPDATE teams_orgunit SET path = NEW.path || substr(path, length(OLD.path) + 1)
    WHERE path LIKE OLD.path || '%' AND id <> NEW.id;
    RETURN NULL;
"""


@pghistory.track()
class OrgUnit(VersionedModel):
    """A part of our company: region, country, sales office. `path` lists the ids from the top, kept by the database."""

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    path = models.CharField(max_length=500, editable=False, default="")

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation unit")
        verbose_name_plural = _("organisation units")
        ordering: ClassVar = ["path"]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="teams_orgunit_subtree", opclasses=["varchar_pattern_ops"])
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="keep_path",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=KEEP_PATHS,
            ),
            pgtrigger.Trigger(
                name="move_subtree",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(old__path__df=pgtrigger.F("new__path")),
                func=MOVE_SUBTREE,
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class UnitAssignment(VersionedModel):
    """A person's place in the organisation, for a time."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("leads")
        MEMBER = "member", _("belongs to")
        SERVICE = "service", _("serves the customers of")

    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("unit"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", related_query_name="unit_assignment",
        verbose_name=_("person"),
    )  # fmt: skip
    kind = models.CharField(_("place"), max_length=10, choices=Kind.choices)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = UnitAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in the organisation")
        verbose_name_plural = _("places in the organisation")
        indexes: ClassVar = [models.Index(fields=["user", "kind"], name="teams_unitassign_by_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="teams_unitassignment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["unit", "user", "kind", "valid_from"], name="teams_unitassignment_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display()} {self.unit}"
