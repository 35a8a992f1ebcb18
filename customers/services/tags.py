"""Words of our own that group customers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer, Tag
from kcrm.lib import words
from kcrm.lib.errors import DomainError

MOST = 30
LENGTH = 50


def put_tags(customer: Customer, names: Iterable[str], *, by: User) -> list[list[str]] | None:
    """Give the customer exactly these tags; unknown ones come into being. Answers [before, after] or None if equal.

    Part of an act on the customer: the caller has asked the permission, holds the row and writes the trail.
    """
    wanted: dict[str, str] = {}
    for name in names:
        line = words.clean_line(name)
        if len(line) > LENGTH:
            raise DomainError(_("A tag has up to 50 characters."), field="tags")
        if line:
            wanted.setdefault(line.upper(), line)
    if len(wanted) > MOST:
        raise DomainError(_("A customer has up to 30 tags."), field="tags")
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
