"""Build the demo company from first person to last task."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from customers.models import Customer
from kcrm.demo import customers as customers_of
from kcrm.demo.doubles import enter_twice
from kcrm.demo.files import Calendar
from kcrm.demo.ledger import bring_invoices, bring_products
from kcrm.demo.people import PROGRAMME, hire, settle, sign_ins
from kcrm.demo.potentials import estimate, set_days
from kcrm.demo.relationships import tie
from kcrm.demo.scoring import judge
from kcrm.demo.story import tell
from kcrm.demo.strengths import look
from kcrm.lib import context
from profitability.models import SalesSummary


@transaction.atomic
def build_demo(*, today: date) -> list[dict[str, Any]]:
    """Everything or nothing; returns the sign-ins. The scoring itself runs in a worker once this is committed."""
    with context.origin(via="demo"):
        people = hire(today=today)
        settle(people, today=today)
        finance = people.others["hannah.sommer"]
        customers = customers_of.bring_customers(people, today=today)
        _forget_reach(people.everybody())
        contacts = customers_of.bring_contacts(people, customers)
        bring_products(by=finance)
        codes = {number: user.pk for number, user in people.employees.items()}
        bring_invoices(Calendar(today), salespeople=codes, by=finance)
        ranking = _ranking(customers)
        customers_of.agree_cadence(people, customers, ranking)
        customers_of.build_teams(people, customers, ranking, today=today)
        _forget_reach(people.everybody())
        enter_twice(people, customers, contacts)
        tell(people, customers, contacts, ranking, today=today)
        judge(people, customers, ranking, today=today)
        look(customers, contacts, ranking, today=today)
        estimate(customers, contacts, ranking, today=today)
        tie(customers, contacts, ranking, today=today)
        set_days(people.employees[PROGRAMME])
        return sign_ins(people)


def _ranking(customers: dict[str, Customer]) -> list[str]:
    """Keys of the customers that bought in the last twelve months, by net sales."""
    keys = {customer.pk: key for key, customer in customers.items()}
    bought = SalesSummary.objects.filter(net_12m_units__gt=0).order_by("-net_12m_units", "pk")
    return [keys[pk] for pk in bought.values_list("customer_id", flat=True)]


def _forget_reach(users: list[User]) -> None:
    """The rights of these objects are read anew: their teams have changed since."""
    for user in users:
        if hasattr(user, "_reach"):
            del user._reach
