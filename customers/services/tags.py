"""Words of our own that group customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer, Tag
from kcrm.lib import words
from kcrm.lib.errors import DomainError

MOST = 30
LENGTH = 50


def wanted_tags(names: Iterable[str]) -> dict[str, str]:
    """{name in capitals: name} of what somebody wrote. Raises DomainError for names too long and for too many."""
    wanted: dict[str, str] = {}
    for name in names:
        line = words.clean_line(name)
        if len(line) > LENGTH:
            raise DomainError(_("A tag has up to 50 characters."), field="tags")
        if line:
            wanted.setdefault(line.upper(), line)
    if len(wanted) > MOST:
        raise DomainError(_("A customer has up to 30 tags."), field="tags")
    return wanted


def put_tags(customer: Customer, names: Iterable[str], *, by: User) -> list[list[str]] | None:
    """Give the customer exactly these tags; unknown ones come into being. Answers [before, after] or None if equal.

    Part of an act on the customer: the caller has asked the permission, holds the row and writes the trail.
    """
    wanted = wanted_tags(names)
    known = {tag.name.upper(): tag for tag in Tag.objects.named(wanted)}
    missing = [Tag(name=name) for key, name in wanted.items() if key not in known]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
    after = list(Tag.objects.named(wanted))
    before = list(customer.tags.all())
    if set(before) == set(after):
        return None
    customer.tags.set(after)
    return [sorted(tag.name for tag in before), sorted(tag.name for tag in after)]


def put_many(wanted: Mapping[int, Mapping[str, str]]) -> None:
    """Give many customers exactly these tags, {customer: {name in capitals: name}}, in a few statements.

    Part of acts on the customers, as `put_tags`.
    """
    if not wanted:
        return
    names = {upper: name for given in wanted.values() for upper, name in given.items()}
    known = {tag.name.upper() for tag in Tag.objects.named(names)}
    Tag.objects.bulk_create([Tag(name=n) for upper, n in names.items() if upper not in known], ignore_conflicts=True)
    ids = {tag.name.upper(): tag.pk for tag in Tag.objects.named(names)}
    through = Customer.tags.through.objects
    pairs = {(pk, ids[upper]) for pk, given in wanted.items() for upper in given}
    before = {(row.customer_id, row.tag_id): row.pk for row in through.filter(customer__in=wanted)}
    through.filter(pk__in=[key for pair, key in before.items() if pair not in pairs]).delete()
    through.bulk_create([through.model(customer_id=pk, tag_id=tag) for pk, tag in sorted(pairs - before.keys())])
