"""The global search: what a person may read, grouped by kind, the likeliest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Case, Count, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from customers.models import SearchEntry
from kcrm.lib import words

if TYPE_CHECKING:
    from accounts.models import User

PER_KIND: Final = 8
CANDIDATES: Final = 2_000
LONGEST: Final = 200
TYPING_ERRORS: Final = "0.45"  # word similarity: one wrong, missing or swapped letter in a word of five
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
    """Things with all words of the text; if there is none, things with words like them. One or three statements.

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

    The LIMIT inside makes PostgreSQL find the entries by the index of words first and rank them after.
    """
    candidates = entries.order_by().values("pk")[:CANDIDATES]
    folded = words.fold(query)
    closeness = Case(
        When(folded__startswith=folded, then=Value(2)),
        When(folded__contains=f" {folded}", then=Value(1)),
        default=Value(0),
    )
    order = [closeness.desc(), F("weight").desc(), F("title").asc(), F("pk").asc()]
    rows = (
        SearchEntry.objects.filter(pk__in=candidates)
        .annotate(
            place=Window(RowNumber(), partition_by="kind", order_by=order),
            together=Window(Count("pk"), partition_by="kind"),
        )
        .filter(place__lte=per_kind)
        .order_by("kind", "place")
        .values_list("kind", "object_id", "customer_id", "customer__name", "title", "detail", "together")
    )
    hits: dict[str, list[Hit]] = defaultdict(list)
    counts: dict[str, int] = {}
    for kind, object_id, customer_id, customer, title, detail, together in rows:
        hits[kind].append(Hit(kind, object_id, customer_id, customer, title, detail))
        counts[kind] = together
    return tuple(
        Group(kind, label, tuple(hits[kind]), counts[kind]) for kind, label in KIND_WORDS.items() if kind in hits
    )
