"""Market maps: what flows from suppliers to final users, and where it is decided (M08)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.models import VersionedModel
from selection.models.segments import Segment
from selection.querysets import MarketMapQuerySet

DRAFTS_ALONE = """
    IF EXISTS (
        SELECT 1 FROM selection_marketmap
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.map_id ELSE NEW.map_id END AND state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'A published market map stays as it is.' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'selection_marketmap_published_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def drafts_alone() -> pgtrigger.Trigger:
    """Refuses every change of a part of a map that is published."""
    return pgtrigger.Trigger(
        name="drafts_alone",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=DRAFTS_ALONE,
    )


@pghistory.track()
class MarketMap(VersionedModel):
    """One edition of a market map. Once it is published its nodes and flows stay; the next edition supersedes it.

    Its version guards the map as a whole: nodes and flows are saved together.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("superseded")

    access_resource = "market_map"

    name = models.CharField(_("name"), max_length=120)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="maps", verbose_name=_("segment")
    )
    period = models.CharField(_("period"), max_length=60, blank=True)
    unit = models.CharField(_("unit of volume"), max_length=30)
    currency = models.CharField(_("currency of values"), max_length=3, default="USD")
    note = models.TextField(_("sources, assumptions"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False,
        verbose_name=_("published by"),
    )  # fmt: skip
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors", editable=False
    )

    objects = MarketMapQuerySet.as_manager()

    class Meta:
        verbose_name = _("market map")
        verbose_name_plural = _("market maps")
        ordering: ClassVar = ["name", "-edition"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "edition"], name="selection_marketmap_edition_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(state="published"), name="selection_marketmap_one_published"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(state="draft"), name="selection_marketmap_one_draft"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="selection_marketmap_iso_currency"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False, published_by__isnull=False),
                name="selection_marketmap_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"


@pghistory.track()
class MapNode(VersionedModel):
    """A kind of firm on a map. `decision_share` is the part of the buying decisions made here, null where unknown;
    `loss` the volume that comes in and never goes on. An influencer decides and has no flow."""

    class Level(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        US = "us", _("We")
        COMPETITOR = "competitor", _("Competitor")
        CHANNEL = "channel", _("Channel")
        INFLUENCER = "influencer", _("Influencer, without flow")
        END_CUSTOMER = "end_customer", _("Final user")

    map = models.ForeignKey(MarketMap, on_delete=models.CASCADE, related_name="nodes", verbose_name=_("market map"))
    key = models.SlugField(_("key"), max_length=40, allow_unicode=True)
    name = models.CharField(_("name"), max_length=80)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    decision_share = models.DecimalField(_("decides"), max_digits=5, decimal_places=4, null=True, blank=True)
    loss = models.DecimalField(_("lost here"), max_digits=18, decimal_places=3, default=0)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("node of a market map")
        verbose_name_plural = _("nodes of market maps")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["map", "key"], name="selection_mapnode_once"),
            models.CheckConstraint(
                condition=Q(decision_share__isnull=True) | Q(decision_share__range=(0, 1)),
                name="selection_mapnode_decides_a_share",
            ),
            models.CheckConstraint(condition=Q(loss__gte=0), name="selection_mapnode_loss_not_negative"),
        ]
        triggers: ClassVar = [drafts_alone()]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class MapFlow(VersionedModel):
    """What goes from one node to the next: volume, value, our share of it and those of rivals (null: not known).

    `rival_shares` are {name of the rival: share}.
    """

    map = models.ForeignKey(MarketMap, on_delete=models.CASCADE, related_name="flows", verbose_name=_("market map"))
    source = models.ForeignKey(MapNode, on_delete=models.CASCADE, related_name="flows_out", verbose_name=_("from"))
    target = models.ForeignKey(MapNode, on_delete=models.CASCADE, related_name="flows_in", verbose_name=_("to"))
    volume = models.DecimalField(_("volume"), max_digits=18, decimal_places=3)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2, null=True, blank=True)
    our_share = models.DecimalField(_("our share"), max_digits=5, decimal_places=4, null=True, blank=True)
    rival_shares = models.JSONField(_("shares of rivals"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("flow of a market map")
        verbose_name_plural = _("flows of market maps")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["map", "source", "target"], name="selection_mapflow_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="selection_mapflow_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(volume__gte=0) & (Q(value__isnull=True) | Q(value__gte=0)),
                name="selection_mapflow_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(our_share__isnull=True) | Q(our_share__range=(0, 1)), name="selection_mapflow_our_share"
            ),
        ]
        triggers: ClassVar = [drafts_alone()]

    def __str__(self) -> str:
        return f"{self.source_id} > {self.target_id}"


@pghistory.track()
class NodeAccount(VersionedModel):
    """A customer that hangs on a node of a map: an account of this kind. It may be named after publication as well."""

    access_resource = "account_profile"

    node = models.ForeignKey(MapNode, on_delete=models.CASCADE, related_name="accounts", verbose_name=_("node"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="map_place", verbose_name=_("customer")
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("account on a market map")
        verbose_name_plural = _("accounts on market maps")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["node", "customer"], name="selection_nodeaccount_once")
        ]

    def __str__(self) -> str:
        return f"{self.node_id}: {self.customer_id}"
