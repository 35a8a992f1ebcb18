"""Segments: groups of customers that buy for the same reasons, each with an offer of its own (M09)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from kcrm.lib.models import VersionedModel
from selection.querysets import SegmentPlaceQuerySet, SegmentQuerySet


class ModeChoice(models.TextChoices):
    """How a segment is sold to (M06)."""

    KEY_ACCOUNT = "key_account", _("Key account management")
    FARMER = "farmer", _("Regular round")
    HUNTER = "hunter", _("New business")


@pghistory.track()
class Segment(VersionedModel):
    """A group of customers that buy for the same reasons, with the offer made for it.

    `reasons` are the critical purchase influences with their points, in order: [[reason, points], ...], 100 in all.
    `rule` says which customers belong by what they are: {"industries": [...], "countries": [...], "relations": [...],
    "tags": [...], "sales_from": number, "sales_to": number}. The four tests are undecided while null; a segment is
    accepted once all of them are passed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being tested")
        ACCEPTED = "accepted", _("accepted")
        RETIRED = "retired", _("given up")

    access_resource = "segment"

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    who = models.TextField(_("who buys"), blank=True)
    how = models.TextField(_("what, where, when and how they buy"), blank=True)
    reasons = models.JSONField(_("why they buy"), default=list, blank=True)
    rule = models.JSONField(_("rule"), default=dict, blank=True)
    mode = models.CharField(_("way of selling"), max_length=12, choices=ModeChoice.choices, blank=True)
    approach = models.TextField(_("selling approach"), blank=True)
    product = models.TextField(_("product"), blank=True)
    price = models.TextField(_("price"), blank=True)
    place = models.TextField(_("distribution"), blank=True)
    promotion = models.TextField(_("promotion"), blank=True)
    service = models.TextField(_("service"), blank=True)
    big_enough = models.BooleanField(_("big enough"), null=True, blank=True)
    different = models.BooleanField(_("different from the others"), null=True, blank=True)
    reachable = models.BooleanField(_("reachable"), null=True, blank=True)
    workable = models.BooleanField(_("workable for us"), null=True, blank=True)
    test_notes = models.TextField(_("what the answers rest on"), blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Upper("name"), name="selection_segment_name_any_case"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(big_enough=True, different=True, reachable=True, workable=True),
                name="selection_segment_accepted_after_its_tests",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SegmentPlace(VersionedModel):
    """A customer's place in a segment from one day to the day before another: one segment a customer and day."""

    class Source(models.TextChoices):
        HAND = "hand", _("by hand")
        RULE = "rule", _("by the segment's rule")
        FILE = "import", _("by import")
        BULK = "bulk", _("by bulk edit")

    access_resource = "segment_place"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", related_query_name="segment_place",
        verbose_name=_("customer"),
    )  # fmt: skip
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="places", verbose_name=_("segment"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("how it came in"), max_length=10, choices=Source.choices, default=Source.HAND)
    reason = models.CharField(_("why"), max_length=300, blank=True)

    objects = SegmentPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place in a segment")
        verbose_name_plural = _("places in segments")
        ordering: ClassVar = ["customer", "-valid_from"]
        indexes: ClassVar = [
            models.Index(fields=["segment", "customer"], name="selection_place_by_segment"),
            models.Index(fields=["customer", "valid_from"], name="selection_place_by_customer"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="selection_segmentplace_ends_after_start",
            ),
            ExclusionConstraint(
                name="selection_segmentplace_one_a_day",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[)"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.segment_id}"
