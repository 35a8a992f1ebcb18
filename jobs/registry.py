"""What upper apps tell this one about themselves: which customers a person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User

CustomerSight: TypeAlias = Callable[["User"], "QuerySet[Any]"]

_customer_sight: list[CustomerSight] = []


def declares_customer_sight(function: CustomerSight) -> CustomerSight:
    """Decorate the function that gives the ids of the customers a person may see, as a query of one column.

    Notifications about other customers are neither shown nor mailed. The app that owns customers declares it once.
    """
    _customer_sight[:] = [function]
    return function


def customer_sight(user: User) -> QuerySet[Any] | None:
    """The ids of the customers this person may see, as a query; None where no app knows customers."""
    return _customer_sight[0](user) if _customer_sight else None
