"""What the demo company decided about its customers last quarter, and what waits for a second person now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from kcrm.demo.backdating import move_back, move_one_back, move_snapshot_back
from kcrm.demo.people import DIRECTOR, LONDON_DIRECTOR, MANAGER, PROGRAMME, People
from kcrm.demo.rounds import quarter_of
from selection.models import Classification, Decision, DecisionLine, ScoringRun, Snapshot
from selection.services import decisions, policies, scenarios
from selection.services.scenarios import PlannedMove
from selection.services.snapshots import take_snapshot

RULES: Final[Mapping[str, Mapping[str, Any]]] = {
    "key": {
        "contacts_a_year": 26,
        "steering_meetings_a_year": 6,
        "text": "Named manager, sponsor from the board, our delivery window guaranteed. 专人负责，高层挂钩，交货时段有保证。",
    },
    "key_development": {"contacts_a_year": 18, "text": "A project with three milestones; after four quarters we decide anew."},
    "maintenance": {"contacts_a_year": 8, "text": "Inside sales, one page of plan a year, price held."},
    "opportunistic": {"text": "List price, minimum order of 500, served when there is time."},
}  # fmt: skip
DUTIES: Final = (
    (MANAGER, "Tell your customers who looks after them from now on."),
    (LONDON_DIRECTOR, "Move two days a month from the maintenance accounts."),
    ("hannah.sommer", "Limits and terms follow the class from the next month on."),
    ("li.wei", "核心客户的来电优先处理。"),
    ("chen.jing", "Offer the category plan to the three new development accounts."),
)


def say_policies(people: People) -> None:
    """What the company says about each quadrant in its own words."""
    for quadrant, values in RULES.items():
        policies.set_rule(quadrant=quadrant, version=None, values=values, by=people.employees[PROGRAMME])


def decide_last_quarter(people: People, *, today: date, on: date) -> Decision:
    """A snapshot, a decision on it with one exception, approved by the director, in force, partly acknowledged."""
    days = (today - on).days
    office, director = people.employees[PROGRAMME], people.employees[DIRECTOR]
    run = ScoringRun.objects.latest("started_at")
    snapshot = take_snapshot(name=quarter_of(on), note="After the scoring round of the five.", by=office)
    drafted = decisions.draft_decision(
        snapshot_id=snapshot.pk,
        title=f"Key accounts {quarter_of(on)}",
        purpose="Put our people's days where customers grow and want us; four customers a manager and no more.",
        effective_on=on + timedelta(days=7),
        today=on,
        by=office,
    )
    _except(
        drafted, "maintenance", "key",
        "Opens forty stores next spring; the ledger cannot know it yet. Look again when they trade.",
        until=timezone.localdate() + timedelta(days=120), by=office,
    )  # fmt: skip
    for who, duty in DUTIES:
        person = people.employees.get(who) or people.others[who]
        decisions.tell(decision_id=drafted.pk, people=[person], duty=duty, by=office)
    decisions.propose(decision_id=drafted.pk, version=None, by=office)
    decided = decisions.decide(
        decision_id=drafted.pk,
        version=None,
        approve=True,
        remark="Agreed. Anne would have kept one more of hers as key; noted as dissent, looked at again in a quarter.",
        by=director,
    )
    for person in (people.employees[LONDON_DIRECTOR], people.others["hannah.sommer"], people.others["chen.jing"]):
        decisions.acknowledge(decision_id=decided.pk, by=person)
    move_snapshot_back(snapshot, days=days)
    move_one_back(run, "started_at", "finished_at", days=days)
    move_one_back(decided, "created_at", "updated_at", "proposed_at", "decided_at", "applied_at", days=days - 2)
    move_back(decided.notices.all(), ["told_at", "acknowledged_at"], days=days - 4)
    for rows in (decided.lines.all(), Classification.objects.all()):
        move_back(rows, ["created_at", "updated_at"], days=days)
    return decided


def propose_this_quarter(people: People, *, today: date) -> Decision:
    """Where everybody stands now, and a decision on it that waits for the director."""
    office = people.employees[PROGRAMME]
    snapshot = take_snapshot(name=quarter_of(today), note="Before this quarter's round is over.", by=office)
    drafted = decisions.draft_decision(
        snapshot_id=snapshot.pk,
        title=f"Key accounts {quarter_of(today)}",
        purpose="Follow what moved since last quarter; the open round may still change three places.",
        effective_on=today + timedelta(days=14),
        today=today,
        by=office,
    )
    for who, duty in DUTIES[:3]:
        person = people.employees.get(who) or people.others[who]
        decisions.tell(decision_id=drafted.pk, people=[person], duty=duty, by=office)
    return decisions.propose(decision_id=drafted.pk, version=None, by=office)


def _except(drafted: Decision, calculated: str, chosen: str, reason: str, *, until: date, by: User) -> None:
    """Choose otherwise than the figures for the first customer that they place there."""
    line = DecisionLine.objects.filter(decision=drafted, calculated=calculated).order_by("pk").first()
    if line is not None:
        decisions.choose_class(
            line_id=line.pk, version=line.version, chosen=chosen, reason=reason, override_until=until, by=by
        )


def think_through(people: People) -> None:
    """Two portfolios that the office has kept: one that fits the days there are, one that grows."""
    office = people.employees[PROGRAMME]
    rows = Snapshot.objects.latest("made_at").rows.filter(quadrant="key_development")
    in_development = list(rows.order_by("rank").values_list("customer", flat=True))
    scenarios.save_scenario(
        name="Finish before we begin",
        note="Let the two weakest development accounts rest until the others are decided.",
        moves=[PlannedMove(pk, "opportunistic") for pk in in_development[-2:]],
        by=office,
    )
    grows = scenarios.save_scenario(
        name="两位新客户经理",
        note="Two more managers, and the best two development accounts become key.",
        moves=[PlannedMove(pk, "key") for pk in in_development[:2]],
        by=office,
    )
    scenarios.change_scenario(
        scenario_id=grows.pk, version=None, values={"capacity": {"key_account_manager": 1000}}, by=office
    )
