"""What upper apps tell this one about themselves: which customers a person may see, what else wants care."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from accounts.models import User

Keys: TypeAlias = "QuerySet[Any] | RawSQL"
CustomerSight: TypeAlias = Callable[["User"], Keys]

_customer_sight: list[CustomerSight] = []


def declares_customer_sight(function: CustomerSight) -> CustomerSight:
    """Decorate the function that gives the ids of the customers a person may see, as a query of one column.

    Notifications about other customers are neither shown nor mailed. The app that owns customers declares it once.
    """
    _customer_sight[:] = [function]
    return function


def customer_sight(user: User) -> Keys | None:
    """The ids of the customers this person may see, as a query; None where no app knows customers."""
    return _customer_sight[0](user) if _customer_sight else None


@dataclass(frozen=True, slots=True)
class Sign:
    """A part of the system as another app sees it: a label, a value, a word beside it, and whether it wants care."""

    label: str
    value: str
    note: str = ""
    is_trouble: bool = False


SignReader: TypeAlias = Callable[[datetime], Sign]
_sign_readers: list[SignReader] = []


def shows_sign(function: SignReader) -> SignReader:
    """Decorate a function that gives one more sign of life for the page about the system, at a moment."""
    _sign_readers.append(function)
    return function


def signs(now: datetime) -> list[Sign]:
    """What other apps have to say about the system."""
    return [read(now) for read in _sign_readers]
