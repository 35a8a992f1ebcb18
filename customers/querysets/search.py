"""Findable things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from customers.querysets.customers import sight
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

        For a token, only the kinds that its scopes read.
        """
        reachable = Q(pk__in=())
        token = getattr(user, "api_token", None)
        for kind in SEARCHABLE:
            if token is not None and not token_allows(kind, Verb.READ, token.scopes):
                continue
            condition = sight(user, kind, prefix="customer__")
            reachable |= Q(kind=kind) if condition is None else Q(kind=kind) & condition
        return self.filter(reachable, customer__deleted_at__isnull=True)
