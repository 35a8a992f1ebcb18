"""Findable things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from customers.querysets.customers import sight
from kcrm.lib.access import Verb, token_allows

if TYPE_CHECKING:
    from accounts.models import User

SEARCHABLE = ("account_profile", "contact", "interaction", "task", "document", "agreement")


class SearchEntryQuerySet(models.QuerySet):
    """Rows of the search index. The `kind` of an entry is the resource whose right of reading it needs."""

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
