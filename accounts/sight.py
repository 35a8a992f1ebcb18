"""Whom a director sees. The organisation is known one storey up: it names itself in `KCRM_PEOPLE_LED_BY`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from accounts.models import User


def people_led_by(user: User) -> QuerySet[Any] | None:
    """The keys of the people in the units that a director leads today, as a query; None for who leads nobody."""
    if not user.has_role("director"):
        return None
    return cast("QuerySet[Any] | None", import_string(settings.KCRM_PEOPLE_LED_BY)(user))
