"""The ten steps of a selection project, their gates and conditions in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kcrm.lib import formats
from selection.calculations.project_steps import GateState, Step
from selection.calculations.selling_modes import ModeReason, SellingMeasure


@dataclass(frozen=True, slots=True)
class StepText:
    """A step explained: why it is there, what it needs, who does it, and the page of its method."""

    purpose: Any
    needs: Any
    who: Any
    method: str


STEP_TEXTS: Final[Mapping[Step, StepText]] = {
    Step.OBJECTIVES: StepText(
        _("Say what key accounts are to bring the company, so that the factors can be measured against it. "
          "Without objectives every department chooses its own favourites."),
        _("Three to five objectives, each with a measure, a target, a day and a weight."),
        _("The sponsor with the programme office."),
        "M07",
    ),
    Step.RESOURCES: StepText(
        _("Days given to one customer are taken from others: count them before anybody is promised anything. "
          "Choose how many customers each way of selling serves, and see what it costs."),
        _("Heads, net days and day rates by function, and how many customers are hunted, farmed and managed as key "
          "accounts."),
        _("The programme office with finance and sales."),
        "M06",
    ),
    Step.TEAM: StepText(
        _("Customers chosen by one function alone are not served by the others. "
          "Five to eight people from six functions score, each for himself, and then agree."),
        _("Members with function and role, a sponsor, a written purpose, a timetable of six to eight weeks with four "
          "meetings."),
        _("The programme office proposes, the sponsor appoints."),
        "M07",
    ),
    Step.MARKET_MAP: StepText(
        _("Draw how the market's volume flows from suppliers to users and who decides on the way. "
          "It shows where key accounts can be at all."),
        _("A map whose flows balance, and the points where decisions are made."),
        _("Marketing with sales."),
        "M08",
    ),
    Step.SEGMENTS: StepText(
        _("Divide the market by why customers buy. "
          "What is attractive in one segment may be a burden in another, so each has its own factors."),
        _("Segments that are big enough, different, reachable and workable for us."),
        _("Marketing with the selection team."),
        "M09",
    ),
    Step.ATTRACTIVENESS: StepText(
        _("Score the candidates of each segment on what makes customers worth our effort in three years. "
          "Everybody scores alone, then differences are discussed and agreed."),
        _("One factor set in force for each segment, and a scoring round that ended in agreement."),
        _("The selection team; its chair leads the rounds."),
        "M02",
    ),
    Step.STRENGTH: StepText(
        _("Find out how each candidate sees us against the rivals it could choose, in its own factors and weights. "
          "Our own opinion of ourselves does not count."),
        _("For each candidate its factors, its weights, a named rival, and who said so."),
        _("Account managers, confirmed by the customers."),
        "M03",
    ),
    Step.DECISION: StepText(
        _("Put the two together in the matrix, keep the picture, and decide who is what. "
          "One person proposes, another approves, and every exception has a reason and an end."),
        _("A snapshot younger than the last agreement, and a decision on it."),
        _("The programme office proposes, a director approves."),
        "M04",
    ),
    Step.COMMUNICATION: StepText(
        _("A decision that nobody knows of changes nothing: tell each function what it means for its work. "
          "Each function stands behind the result or says where it differs."),
        _("The told-to list with acknowledgements, and an answer of every function."),
        _("The programme office; each member answers for the function."),
        "M07",
    ),
    Step.RECHECK: StepText(
        _("Customers change, and so do we: a selection that is not checked again is folklore. "
          "On its day the next project begins by itself with this one's objectives, team and factor sets."),
        _("A day for the next look, six to twelve months after the decision comes into force."),
        _("The programme office."),
        "review-triggers",
    ),
}  # fmt: skip

GATE_WORDS: Final[Mapping[GateState, Any]] = {
    GateState.SIGNED: _("signed off"),
    GateState.WAIVED: _("passed with open conditions"),
    GateState.ASKED: _("waits for the sign-off"),
    GateState.READY: _("ready to be signed off"),
    GateState.OPEN: pgettext_lazy("gate", "in work"),
    GateState.WAITING: _("waits for earlier steps"),
}
GATE_ICONS: Final[Mapping[GateState, tuple[str, str]]] = {
    GateState.SIGNED: ("circle-check", "good"),
    GateState.WAIVED: ("triangle-alert", "warn"),
    GateState.ASKED: ("hourglass", "accent"),
    GateState.READY: ("circle-dot", "accent"),
    GateState.OPEN: ("circle-dashed", ""),
    GateState.WAITING: ("lock", ""),
}
"""Icon and colour of each state; the word always stands beside them."""

CONDITIONS: Final[Mapping[str, tuple[Any, Any]]] = {
    "objectives_named": (_("Objectives are written down."), ""),
    "objectives_measurable": (
        _("Every objective has a measure, a target and a day."),
        _("Objectives that lack one of them: %(count)s."),
    ),
    "weights_total": (_("The weights of the objectives total 100."), _("They total %(total)s.")),
    "fit_tested": (_("Key-account management fits us: 50 or more of 100."), _("The answers give %(score)s.")),
    "capacity_known": (_("The days of the functions are known."), ""),
    "modes_described": (
        _("For each of the three ways of selling it is known what a customer takes, and whom they serve."),
        "",
    ),
    "modes_priced": (_("Every day that is asked for has a cost."), ""),
    "days_suffice": (_("No function is promised more days than it has."), _("Functions over their days: %(count)s.")),
    "pay_fits_mode": (
        _("Pay and measures pull the same way as the way of selling."),
        _("Places where they do not: %(count)s."),
    ),
    "team_size": (_("The team has five to eight members beside the sponsor."), _("It has %(size)s.")),
    "functions_covered": (_("All six functions are represented."), _("Functions missing: %(count)s.")),
    "raters_named": (_("A chair and at least four who score are named."), _("Named so far: %(count)s.")),
    "sponsor_named": (_("A sponsor is named."), ""),
    "purpose_written": (_("The purpose and who decides what are written down."), ""),
    "timetable_fits": (_("The timetable has six to eight weeks."), _("It has %(weeks)s.")),
    "meetings_planned": (_("At least four meetings are planned."), ""),
    "map_chosen": (_("A market map is chosen."), ""),
    "map_published": (_("It is published, so its flows balance and it stays."), ""),
    "leverage_known": (_("It names a place where 30 % or more of the decisions are made."), ""),
    "segments_chosen": (_("Segments are chosen."), ""),
    "segments_accepted": (
        _("Each of them has passed its four tests and is accepted."),
        _("Not accepted: %(count)s."),
    ),
    "segments_own_factors": (_("Each of them has a factor set of its own."), _("Without one: %(count)s.")),
    "candidates_in_segments": (
        _("Every candidate belongs to one of the segments."),
        _("In none of them: %(count)s."),
    ),
    "factors_in_force": (
        _("Factor sets are chosen, and every one of them is in force."),
        "",
    ),
    "rounds_agreed": (_("Scoring rounds were held, and every one ended in agreement."), ""),
    "raters_enough": (_("At least four people scored."), _("There are %(count)s.")),
    "differences_discussed": (
        _("Where raters were far apart, an agreement is written down."),
        _("Cells without one: %(count)s."),
    ),
    "candidates_named": (_("Candidates are named in a scoring round."), ""),
    "views_known": (
        _("Of every candidate we know how it sees us against a rival."),
        _("Not known of %(count)s of %(all)s."),
    ),
    "views_solid": (
        _("At least half of these views rest on what was told or observed."),
        _("Solid: %(count)s of %(all)s."),
    ),
    "views_fresh": (_("No view rests mostly on evidence older than a year."), _("Too old: %(count)s.")),
    "decision_there": (_("A decision is drafted."), ""),
    "snapshot_fresh": (_("Its snapshot is younger than the last agreed round."), ""),
    "two_persons": (_("A second person has approved it."), ""),
    "few_exceptions": (
        _("No more than a fifth is chosen against the figures."),
        _("It is %(share)s."),
    ),
    "decision_in_force": (_("The decision is in force."), ""),
    "team_told": (_("Every member of the team is on the told-to list."), _("Not on it: %(count)s.")),
    "all_acknowledged": (
        _("Everybody who was told has acknowledged it."),
        _("Still silent: %(count)s of %(all)s."),
    ),
    "functions_answered": (_("Every function has endorsed the result or dissented."), _("Silent: %(count)s.")),
    "recheck_dated": (_("A day for the re-check is set."), ""),
    "recheck_in_time": (
        _("It lies six to twelve months after the decision comes into force."),
        _("It lies %(months)s months after it."),
    ),
}
"""What must be true, and what is said of it while it is not."""

FIT_LABELS: Final[Mapping[str, tuple[Any, Any]]] = {
    "concentration": (_("Few customers bring most of the sales"), _("0: evenly spread, 100: a handful brings most.")),
    "purchase_complexity": (_("Buying is complex"), _("0: a single buyer by price, 100: many people over months.")),
    "number_of_contacts": (_("Many people meet"), _("0: one on each side, 100: many functions on both.")),
    "potential": (_("There is more to win"), _("0: we have it all, 100: most goes to others.")),
    "customers_willing": (_("Customers want it"), _("0: they want a price list, 100: they ask for partners.")),
    "able_to_tailor": (_("We can tailor"), _("0: one offer for all, 100: we adapt to a customer.")),
}
MEASURE_NAMES: Final[Mapping[str, Any]] = {
    SellingMeasure.LEADS: _("Leads"),
    SellingMeasure.CONVERSION: _("Conversion"),
    SellingMeasure.COST_PER_WIN: _("Cost per win"),
    SellingMeasure.CALL_PLAN_ADHERENCE: _("Call plan kept"),
    SellingMeasure.RETENTION: _("Customers kept"),
    SellingMeasure.MIX: _("Mix sold"),
    SellingMeasure.PLAN_MILESTONES: _("Milestones of the plan"),
    SellingMeasure.CUSTOMER_VIEW: _("How the customer sees us"),
    SellingMeasure.SHARE_OF_WALLET: _("Share of wallet"),
    SellingMeasure.CONTRIBUTION: _("Contribution"),
}
MODE_REMARKS: Final[Mapping[str, Any]] = {
    ModeReason.WRONG_PAY: _("the pay plan rewards another way of selling"),
    ModeReason.NO_MEASURES: _("nobody is measured on it"),
    ModeReason.FOREIGN_MEASURE: _("%(measure)s belongs to another way of selling"),
}


def figure_words(figures: Mapping[str, float]) -> dict[str, str]:
    """The figures of a condition as its sentence shows them."""
    return {
        name: formats.percent(value, 0)
        if name == "share"
        else formats.number(value, 0 if float(value).is_integer() else 1)
        for name, value in figures.items()
    }


def condition_words(code: str, figures: Mapping[str, float], *, met: bool) -> tuple[str, str]:
    """What must be true, and what is known of it while it is not; the second may be empty."""
    sentence, detail = CONDITIONS[code]
    if met or not detail or not figures:
        return str(sentence), ""
    return str(sentence), str(detail) % figure_words(figures)
