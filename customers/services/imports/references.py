"""What the rows of a chunk name, found with few statements: customers and units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer, ExternalId
from kcrm.lib import words
from kcrm.lib.imports import RowError, Run
from kcrm.lib.imports.outcomes import UNMATCHED
from teams.models import OrgUnit
from teams.permissions import reach_of


@dataclass(frozen=True)
class Customers:
    """The visible customers that references may mean: by key in the import's system, registration number or name."""

    by_key: Mapping[str, Customer]
    by_name: Mapping[str, list[Customer]]

    def get(self, reference: str, *, field: str, worth_retrying: bool = False) -> Customer:
        """The customer of a reference. Raises RowError when there is none, or several of that name."""
        found = self.by_key.get(reference)
        if found is not None:
            return found
        named = self.by_name.get(words.name_key(reference), [])
        if len(named) > 1:
            raise RowError(
                _("Several customers are called “%(name)s”; name the one by its key.") % {"name": reference[:60]},
                field=field,
                code="ambiguous",
            )
        if not named:
            raise RowError(
                _("You see no customer “%(name)s”. Bring it in first, or map the name to one that is there.")
                % {"name": reference[:60]},
                field=field,
                code=UNMATCHED,
                worth_retrying=worth_retrying,
            )
        return named[0]


def customers_named(references: Iterable[str | None], run: Run, *, lock: bool = False) -> Customers:
    """The visible customers that these references may mean, in three statements."""
    asked = {reference for reference in references if reference}
    if not asked:
        return Customers({}, {})
    keyed = dict(
        ExternalId.objects.filter(source=run.source, value__in=asked, released_at__isnull=True).values_list(
            "value", "customer_id"
        )
    )
    names = {words.name_key(reference) for reference in asked} - {""}
    rows = Customer.objects.visible_to(run.by).filter(
        Q(pk__in=set(keyed.values())) | Q(registration_no__in=asked) | Q(name_key__in=names)
    )
    if lock:
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    found = {customer.pk: customer for customer in rows.select_related("org_unit")}
    by_key = {c.registration_no: c for c in found.values() if c.registration_no in asked}
    by_key |= {value: found[pk] for value, pk in keyed.items() if pk in found}
    by_name: dict[str, list[Customer]] = defaultdict(list)
    for customer in found.values():
        by_name[customer.name_key].append(customer)
    return Customers(by_key, by_name)


@dataclass(frozen=True)
class Units:
    """The organisation by codes and names, and the unit that stands for an empty cell."""

    by_code: Mapping[str, OrgUnit]
    by_name: Mapping[str, list[OrgUnit]]
    own: OrgUnit | None

    def get(self, reference: str, *, field: str) -> OrgUnit:
        """The unit with this code or, if it is the only one, name. Raises RowError."""
        found = self.by_code.get(reference.casefold())
        named = self.by_name.get(words.fold(reference), [])
        if found is None and len(named) == 1:
            found = named[0]
        if found is None:
            raise RowError(
                _("There is no unit “%(name)s”; write a unit's code.") % {"name": reference[:60]},
                field=field,
                code=UNMATCHED,
            )
        return found


def units_for(user: User) -> Units:
    """All units; an empty cell means the one unit that the person leads or belongs to, if it is one."""
    units = list(OrgUnit.objects.visible_to(user))
    by_name: dict[str, list[OrgUnit]] = defaultdict(list)
    for unit in units:
        by_name[words.fold(unit.name)].append(unit)
    reach = reach_of(user)
    places = set(reach.led or reach.belongs)
    own = [unit for unit in units if unit.path in places]
    return Units({unit.code.casefold(): unit for unit in units}, by_name, own[0] if len(own) == 1 else None)
