"""Build the demo company from first person to last task."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from customers.models import Contact, Customer
from kcrm.demo import customers as customers_of
from kcrm.demo.backdating import let_notices_be_read, move_one_back, move_trail_back
from kcrm.demo.decided import decide_last_quarter, propose_this_quarter, say_policies, think_through
from kcrm.demo.doubles import enter_twice
from kcrm.demo.files import Calendar
from kcrm.demo.ledger import bring_invoices, bring_products, largest_buyers
from kcrm.demo.markets import part_market
from kcrm.demo.people import PROGRAMME, People, hire, settle, sign_ins
from kcrm.demo.potentials import estimate, set_days
from kcrm.demo.project import run_project
from kcrm.demo.relationships import tie, tie_closer
from kcrm.demo.rounds import hold_last_round, open_present_round
from kcrm.demo.scoring import design, judge, judge_again, score_everybody
from kcrm.demo.story import tell
from kcrm.demo.strengths import look, look_again
from kcrm.lib import context
from kcrm.lib.periods import month_of

LAST_QUARTER: Final = timedelta(days=91)
EARLIEST: Final = date(1900, 1, 1)


@transaction.atomic
def build_demo(*, today: date) -> list[dict[str, Any]]:
    """Everything or nothing; returns the sign-ins. The customers are scored when it ends, once for last quarter."""
    with context.origin(via="demo"):
        people = hire(today=today)
        settle(people, today=today)
        finance = people.others["hannah.sommer"]
        customers = customers_of.bring_customers(people, today=today)
        _forget_reach(people.everybody())
        contacts = customers_of.bring_contacts(people, customers)
        bring_products(by=finance)
        ranking = largest_buyers(Calendar(today))
        customers_of.agree_cadence(people, customers, ranking)
        customers_of.build_teams(people, customers, ranking, today=today)
        _forget_reach(people.everybody())
        enter_twice(people, customers, contacts)
        tell(people, customers, contacts, ranking, today=today)
        _select(people, customers, contacts, ranking, today=today)
        return sign_ins(people)


def _select(
    people: People,
    customers: dict[str, Customer],
    contacts: dict[str, list[Contact]],
    ranking: list[str],
    *,
    today: date,
) -> None:
    """Who is key: as the company saw and decided it last quarter on the figures of then, and as it stands now."""
    then = today - LAST_QUARTER
    calendar, closed = Calendar(today), month_of(then)
    codes = {number: user.pk for number, user in people.employees.items()}
    finance = people.others["hannah.sommer"]
    bring_invoices(calendar, since=EARLIEST, until=closed, salespeople=codes, by=finance)
    set_days(people.employees[PROGRAMME])
    say_policies(people)
    model = design(people)
    judge(people, customers, ranking, model, today=then)
    look(customers, contacts, ranking, today=then - LAST_QUARTER)
    tie(customers, contacts, ranking, today=then - LAST_QUARTER)
    hold_last_round(people, customers, ranking, model, today=today, on=then)
    move_one_back(score_everybody(people), "created_at", "started_at", "finished_at", days=LAST_QUARTER.days)
    move_trail_back(then)
    decide_last_quarter(people, today=today, on=then)
    let_notices_be_read(days=LAST_QUARTER.days)

    bring_invoices(calendar, since=closed, until=month_of(today), salespeople=codes, by=finance)
    judge_again(customers, ranking, model, today=today)
    look_again(customers, contacts, ranking, today=today)
    estimate(customers, contacts, ranking, today=today)
    tie_closer(customers, ranking, today=today)
    score_everybody(people)
    propose_this_quarter(people, today=today)
    think_through(people)
    held = open_present_round(people, customers, ranking, model, today=today)
    part_market(people, today=today)
    run_project(people, rounds=[held.pk], today=today)


def _forget_reach(users: list[User]) -> None:
    """The rights of these objects are read anew: their teams have changed since."""
    for user in users:
        if hasattr(user, "_reach"):
            del user._reach
