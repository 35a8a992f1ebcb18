"""Which customers may be the same company as one that is about to be created."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customers.models import Customer
from kcrm.lib import words

if TYPE_CHECKING:
    from accounts.models import User

LIKE = 0.55
MOST = 10
# Addresses at these hosts belong to people, not to companies
_HOSTS = """
    gmail.com googlemail.com outlook.com hotmail.com yahoo.com icloud.com gmx.de web.de qq.com 163.com 126.com sina.com
    foxmail.com aliyun.com linkedin.com facebook.com
"""
SHARED_DOMAINS = frozenset(_HOSTS.split())


@dataclass(frozen=True, slots=True)
class Likeness:
    """A visible customer that may be the same company, and by what: name, domain, registration_no, phone."""

    id: int
    name: str
    city: str
    country: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found: the visible ones to show; of the others only the ids, for services and never for a reader."""

    shown: tuple[Likeness, ...]
    hidden_ids: tuple[int, ...]


def likely_duplicates(user: User, values: Mapping[str, Any], *, exclude_id: int | None = None) -> Duplicates:
    """Customers that share a name, domain, registration number or telephone number with these values.

    `values` has some of name, legal_name, website, domain, registration_no, phone. Two statements.
    """
    asked = asked_of(values)
    rows = list(Customer.objects.alive().like(asked, at_least=LIKE).exclude(pk=exclude_id)[:MOST])
    if not rows:
        return Duplicates((), ())
    visible = set(
        Customer.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return Duplicates(
        shown=tuple(_likeness(row, asked) for row in rows if row.pk in visible),
        hidden_ids=tuple(row.pk for row in rows if row.pk not in visible),
    )


def asked_of(values: Mapping[str, Any]) -> dict[str, str]:
    """What these values are compared by; empty texts for what they do not say."""
    asked = {
        "name_key": words.name_key(str(values.get("name") or "")),
        "domain": str(values.get("domain") or "") or words.domain_of(str(values.get("website") or "")),
        "registration_no": words.clean_line(str(values.get("registration_no") or "")),
        "phone_digits": words.digits_of(str(values.get("phone") or "")),
    }
    if asked["domain"] in SHARED_DOMAINS:
        asked["domain"] = ""
    return asked


def _likeness(row: Any, asked: Mapping[str, str]) -> Likeness:
    by = []
    if row.likeness >= LIKE:
        by.append("name")
    if asked["domain"] and row.domain == asked["domain"]:
        by.append("domain")
    if asked["registration_no"] and row.registration_no == asked["registration_no"]:
        by.append("registration_no")
    if len(asked["phone_digits"]) > 5 and words.digits_of(row.phone) == asked["phone_digits"]:
        by.append("phone")
    return Likeness(row.pk, row.name, row.city, row.country, tuple(by))
