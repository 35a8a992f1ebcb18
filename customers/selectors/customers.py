"""What the customer list answers first, and what may be carried away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import permissions
from customers.querysets.customers import NOBODY, ground_of, sight
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import User


def silence_answer(*, silent: int, total: int, capped: bool = False) -> str:
    """How many of these customers have not heard from us for longer than agreed, in a sentence."""
    if not total:
        return _("There is no customer here that you look after.")
    shown = formats.number(total) if not capped else _("more than %(count)s") % {"count": formats.number(total)}
    if not silent:
        return ngettext(
            "Your one customer has heard from us as often as agreed.",
            "All %(shown)s customers have heard from us as often as agreed.",
            total,
        ) % {"shown": shown}
    return ngettext(
        "%(silent)s of your %(shown)s customers has not heard from us for longer than agreed.",
        "%(silent)s of your %(shown)s customers have not heard from us for longer than agreed.",
        silent,
    ) % {"silent": formats.number(silent), "shown": shown}


def exportable_customers(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the customers that the user may carry away. Raises NotAllowed where he may carry away none."""
    condition = sight(user, "account_profile", verb=Verb.EXPORT)
    if condition == NOBODY or not permissions.token_covers(user, "account_profile", Verb.EXPORT):
        raise NotAllowed("account_profile", Verb.EXPORT)
    return rows if condition is None else rows.filter(condition)


def may_export_customers(user: User) -> bool:
    """Whether the user carries any customer away at all: to show the menu."""
    ground = ground_of(user, "account_profile", Verb.EXPORT)
    reaches = ground.everywhere or ground.teams or ground.units
    return bool(reaches) and permissions.token_covers(user, "account_profile", Verb.EXPORT)
