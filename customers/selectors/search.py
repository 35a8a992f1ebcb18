"""The global search: what a person may read, grouped by kind, the likeliest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from customers.models import SearchEntry
from kcrm.lib import words

if TYPE_CHECKING:
    from accounts.models import User

PER_KIND: Final = 8
CANDIDATES: Final = 1_000
LONGEST: Final = 200
TYPING_ERRORS: Final = "0.45"  # word similarity: one wrong, missing or swapped letter in a word of five
BETWEEN: Final = " · "
RANKED: Final = """
    WITH found(id, kind, object_id, customer_id, title, detail, weight, closeness) AS MATERIALIZED ({found}),
    ranked AS (
        SELECT *, count(*) OVER (PARTITION BY kind) AS together,
            row_number() OVER (PARTITION BY kind ORDER BY closeness DESC, weight DESC, title, id) AS place
        FROM found
    )
    SELECT kind, object_id, customer_id, customers_customer.name, title, detail, together
    FROM ranked JOIN customers_customer ON customers_customer.id = customer_id
    WHERE place <= %s ORDER BY kind, place
"""
KIND_WORDS: Final = {
    "account_profile": _("Customers"),
    "contact": _("Contacts"),
    "task": _("Tasks"),
    "interaction": _("Interactions"),
    "agreement": _("Agreements"),
    "document": _("Documents"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One found thing, and the customer it belongs to."""

    kind: str
    object_id: int
    customer_id: int
    customer: str
    title: str
    detail: str

    @property
    def note(self) -> str:
        """Its customer and what else tells it from others of its name, each said once."""
        customer = [] if self.kind == "account_profile" else [self.customer]
        parts = [*customer, *self.detail.split(BETWEEN)]
        return BETWEEN.join(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class Group:
    """The best hits of a kind; `count` is how many there are, at most `CANDIDATES`."""

    kind: str
    label: Any
    hits: tuple[Hit, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found; `is_guess` when nothing had all its words and likely typing errors were allowed for."""

    query: str
    groups: tuple[Group, ...]
    is_guess: bool

    @property
    def count(self) -> int:
        """All hits together."""
        return sum(group.count for group in self.groups)


def search(user: User, text: str, *, per_kind: int = PER_KIND) -> Found:
    """Things with all words of the text; if there is none, things with words like them. At most three statements.

    An empty text finds nothing.
    """
    query = " ".join(text.replace("\0", " ").split())[:LONGEST]
    visible = SearchEntry.objects.visible_to(user)
    groups = _groups(visible.matching(query), query, per_kind)
    if groups or not words.asked_pieces(query)[1]:
        return Found(query, groups, is_guess=False)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [TYPING_ERRORS])
        groups = _groups(visible.resembling(query), query, per_kind)
    return Found(query, groups, is_guess=True)


def _groups(entries: QuerySet[SearchEntry], query: str, per_kind: int) -> tuple[Group, ...]:
    """The entries ranked within their kind.

    The candidates are found first, by the index of words and no more of them than can be ranked in a moment.
    """
    folded = words.fold(query)
    closeness = Case(
        When(folded__startswith=folded, then=Value(2)),
        When(folded__contains=f" {folded}", then=Value(1)),
        default=Value(0),
    )
    found = entries.order_by().annotate(closeness=closeness)
    columns = ("pk", "kind", "object_id", "customer_id", "title", "detail", "weight", "closeness")
    try:
        sql, parameters = found.values_list(*columns)[:CANDIDATES].query.sql_with_params()
    except EmptyResultSet:  # nothing was asked for, or nothing may be seen
        return ()
    hits: dict[str, list[Hit]] = defaultdict(list)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(RANKED.format(found=sql), [*parameters, per_kind])
        for kind, object_id, customer_id, customer, title, detail, together in cursor:
            hits[kind].append(Hit(kind, object_id, customer_id, customer, title, detail))
            counts[kind] = together
    return tuple(
        Group(kind, label, tuple(hits[kind]), counts[kind]) for kind, label in KIND_WORDS.items() if kind in hits
    )
