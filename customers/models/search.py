"""What the global search looks in: one row a findable thing, filled by services, readable by any app."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from customers.models.customers import Customer
from customers.querysets import SearchEntryQuerySet


class SearchEntry(models.Model):
    """A findable thing of a customer. `words` holds Latin words, Chinese one- and two-character pieces and pinyin.

    Only fields of the classes F0, F1 and business cards go in; soft notes and negotiation positions never do.
    """

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=250)
    detail = models.CharField(max_length=250, blank=True)
    folded = models.CharField(max_length=500)
    words = ArrayField(models.CharField(max_length=100))
    weight = models.SmallIntegerField(default=0)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "customer"], name="customers_searchentry_once_per_customer"
            )
        ]
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="customers_search_words"),
            GinIndex(OpClass("folded", name="gin_trgm_ops"), name="customers_search_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title
