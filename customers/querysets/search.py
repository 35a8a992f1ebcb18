"""Findable things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, Case, OuterRef, Subquery, When
from django.db.models.lookups import IsNull

from customers.querysets.customers import Ground, ground_of
from kcrm.lib import words
from kcrm.lib.access import Verb, token_allows

if TYPE_CHECKING:
    from accounts.models import User

SEARCHABLE = ("account_profile", "contact", "interaction", "task", "document", "agreement")


SHORTEST_PART = 3


class SearchEntryQuerySet(models.QuerySet):
    """Rows of the search index. The `kind` of an entry is the resource whose right of reading it needs."""

    def matching(self, text: str) -> Self:
        """Entries that have all words of the text: Chinese by pairs of characters, Latin by parts of words.

        Latin words of one or two letters must stand there whole (or as pinyin initials), because no index finds
        shorter parts. A text without words matches nothing.
        """
        chinese, latin = words.asked_pieces(text)
        whole = chinese + [word for word in latin if len(word) < SHORTEST_PART]
        rows = self.filter(words__contains=whole) if whole else self
        parts = [word for word in latin if len(word) >= SHORTEST_PART]
        for part in parts:
            rows = rows.filter(folded__contains=part)
        return rows if whole or parts else self.none()

    def resembling(self, text: str) -> Self:
        """Entries with a word like each Latin word of the text, as typing errors leave it.

        How alike is PostgreSQL's setting `pg_trgm.word_similarity_threshold`.
        """
        chinese, latin = words.asked_pieces(text)
        parts = [word for word in latin if len(word) >= SHORTEST_PART]
        if not parts:
            return self.none()
        rows = self.filter(words__contains=chinese) if chinese else self
        for part in parts:
            rows = rows.filter(folded__trigram_word_similar=part)
        return rows

    def visible_to(self, user: User) -> Self:
        """Entries that this person may read: each kind with the sight that its resource gives.

        For a token, only the kinds that its scopes read. The customer is looked up entry by entry, so that a search
        that finds little never goes through all customers.
        """
        token = getattr(user, "api_token", None)
        kinds: dict[Ground, list[str]] = {}
        for kind in SEARCHABLE:
            if token is None or token_allows(kind, Verb.READ, token.scopes):
                kinds.setdefault(ground_of(user, kind), []).append(kind)
        customers = apps.get_model("customers.Customer").objects.order_by().filter(pk=OuterRef("customer"))
        seen = [
            When(kind__in=same, then=Subquery(customers.visible_to(user, same[0]).values("pk")))
            for same in kinds.values()
        ]
        # a choice by kind, and no condition on it: the index of kinds would find nearly everything
        return self.filter(IsNull(Case(*seen, output_field=BigIntegerField()), False)) if seen else self.none()
