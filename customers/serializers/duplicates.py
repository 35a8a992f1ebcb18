"""Pairs and merges as the REST door reads and answers them."""

from __future__ import annotations

from rest_framework import serializers

from customers.models import DuplicatePair, Merge
from kcrm.lib.api.resources import StrictSerializer


class DuplicatePairSerializer(serializers.ModelSerializer):
    """Two records that may be one, and why."""

    left = serializers.IntegerField(source="left_id")
    left_name = serializers.CharField()
    right = serializers.IntegerField(source="right_id")
    right_name = serializers.CharField()

    class Meta:
        model = DuplicatePair
        fields = (
            "id", "kind", "left", "left_name", "right", "right_name", "score", "reasons", "state", "later_until",
            "found_at", "decided_at",
        )  # fmt: skip


class MergeSerializer(serializers.ModelSerializer):
    """A merge: what stayed, what became its alias, how many rows moved of each kind."""

    winner = serializers.IntegerField(source="winner_id")
    losers = serializers.ListField(source="loser_ids", child=serializers.IntegerField())

    class Meta:
        model = Merge
        fields = ("id", "kind", "winner", "losers", "label", "counts", "merged_at", "undone_at")


class PartySerializer(StrictSerializer):
    """One of the others, with the version that the caller saw."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(required=False)


class MergeRequestSerializer(StrictSerializer):
    """Which records are merged into the one of the address, and whose value of a field is taken."""

    others = serializers.ListField(child=PartySerializer(), min_length=1, max_length=9)
    choices = serializers.DictField(child=serializers.IntegerField(), required=False)
