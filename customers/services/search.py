"""Keep the index of the global search: called by the services of every findable thing, in their own transaction.

A `kind` is the resource of the access matrix whose right of reading the thing needs; soft notes, negotiation
positions and private data never come here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customers.custom_fields import CUSTOMER
from customers.models import Agreement, Contact, Customer, Interaction, SearchEntry, Task
from customers.querysets.search import SEARCHABLE
from fields.definitions import Book, book_for
from fields.services.values import found_by
from kcrm.lib import words
from kcrm.lib.copying import insert_rows

FIELDS = ["title", "detail", "folded", "words", "weight"]
COLUMNS = ("kind", "object_id", "customer_id", *FIELDS)
LENGTH = 250
FOLDED_LENGTH = 500
PIECES = 120
CUSTOMER_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is found and shown: `also` are further texts it is found by, shown nowhere."""

    kind: str
    object_id: int
    customer_ids: Sequence[int]
    title: str
    detail: str = ""
    also: Sequence[str] = ()
    weight: int = 0

    def rows(self) -> list[tuple[Any, ...]]:
        """The values of `COLUMNS`, once for each customer through which the thing is found."""
        texts = [self.title, self.detail, *self.also]
        pinyin = " ".join(filter(None, map(words.pinyin_of, texts)))
        folded = " ".join(filter(None, [*map(words.fold, texts), pinyin]))[:FOLDED_LENGTH]
        pieces = words.pieces(texts)[:PIECES]
        shown = (self.title[:LENGTH], self.detail[:LENGTH], folded, pieces, self.weight)
        return [(self.kind, self.object_id, customer_id, *shown) for customer_id in dict.fromkeys(self.customer_ids)]

    def entries(self) -> list[SearchEntry]:
        """The same as unsaved records."""
        return [SearchEntry(**dict(zip(COLUMNS, row, strict=True))) for row in self.rows()]


def index(
    kind: str,
    object_id: int,
    *,
    customer_ids: Sequence[int],
    title: str,
    detail: str = "",
    also: Sequence[str] = (),
    weight: int = 0,
) -> None:
    """Make one thing findable, as it is now, through these customers and no others.

    Raises KeyError for a kind that the search does not know: its sight would be undecided.
    """
    finding = Finding(kind, object_id, customer_ids, title, detail, also, weight)
    index_all([finding])
    SearchEntry.objects.filter(kind=kind, object_id=object_id).exclude(customer__in=customer_ids).delete()


def index_all(findings: Iterable[Finding], *, are_new: bool = False) -> int:
    """Make many things findable in few statements; returns the number of rows. Things that lost a customer keep it.

    `are_new` promises that none of them was findable before.
    """
    found = list(findings)
    if unknown := {finding.kind for finding in found}.difference(SEARCHABLE):
        raise KeyError(", ".join(sorted(unknown)))
    if are_new:
        return insert_rows(SearchEntry, COLUMNS, [row for finding in found for row in finding.rows()])
    rows = [entry for finding in found for entry in finding.entries()]
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        update_fields=FIELDS,
        unique_fields=["kind", "object_id", "customer"],
    )
    return len(rows)


def forget(kind: str, object_ids: Iterable[int]) -> None:
    """Make things unfindable: they went to the bin."""
    SearchEntry.objects.filter(kind=kind, object_id__in=list(object_ids)).delete()


def forget_binned(kind: str, object_ids: Iterable[int]) -> None:
    """Make those of these things unfindable that are in the bin by now."""
    models = {"contact": Contact, "interaction": Interaction, "task": Task, "agreement": Agreement}
    model: type[Any] = models[kind]
    binned = model.objects.in_bin().filter(pk__in=list(object_ids))
    forget(kind, binned.values_list("pk", flat=True))


def customer_finding(customer: Customer, *, also: Sequence[str] = (), book: Book | None = None) -> Finding:
    """How a customer is found: by names, place, domain, registration number and the custom fields that say so; `also`
    adds keys of other systems.
    """
    place = " · ".join(filter(None, [customer.city, customer.country]))
    own = found_by(CUSTOMER.key, customer.custom, book)
    texts = [customer.legal_name, customer.domain, customer.registration_no, *also, *own]
    return Finding(
        kind="account_profile",
        object_id=customer.pk,
        customer_ids=[customer.pk],
        title=customer.name,
        detail=place,
        also=[text for text in texts if text],
        weight=CUSTOMER_WEIGHT,
    )


def index_customer(customer: Customer) -> None:
    """Make a customer findable, as he is now: by his keys, and by the names of those that were merged into him."""
    keys = list(customer.external_ids.values_list("value", flat=True))
    index_all([customer_finding(customer, also=[*_old_names([customer])[customer.pk], *keys])])


def index_new_customer(customer: Customer, *, keys: Iterable[str] = ()) -> None:
    """Make a customer findable that was not there before, with these keys of other systems."""
    index_all([customer_finding(customer, also=list(keys))])


def index_new_customers(customers: Iterable[tuple[Customer, Sequence[str]]]) -> int:
    """Make customers findable that were not there before, each with its keys of other systems."""
    book = book_for()
    return index_all((customer_finding(customer, also=keys, book=book) for customer, keys in customers), are_new=True)


def index_customers(customers: Iterable[Customer]) -> int:
    """Make many customers findable; their external ids are expected to be prefetched."""
    here, book = list(customers), book_for()
    old = _old_names(here)
    findings = (
        customer_finding(
            customer, also=[*old[customer.pk], *(key.value for key in customer.external_ids.all())], book=book
        )
        for customer in here
    )
    return index_all(findings)


def _old_names(customers: Sequence[Customer]) -> Mapping[int, list[str]]:
    """The names of the companies that were merged into these."""
    found: dict[int, list[str]] = defaultdict(list)
    aliases = Customer.objects.filter(merged_into__in=[customer.pk for customer in customers]).order_by("pk")
    for winner, name in aliases.values_list("merged_into", "name"):
        found[winner].append(name)
    return found
