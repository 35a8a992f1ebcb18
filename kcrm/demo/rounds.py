"""Two scoring rounds of the demo company: last quarter's, agreed to the last cell, and the present one, still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from accounts.models import User
from customers.models import Customer
from kcrm.demo.backdating import move_back, move_one_back
from kcrm.demo.people import LONDON_DIRECTOR, MANAGER, PROGRAMME, People
from selection.models import ModelFactor, Rating, ScoringModel, ScoringRound, SheetScore
from selection.services.agreement import agree, close_round
from selection.services.rounds import open_round, release_round
from selection.services.sheets import Cell, save_cells

WHY: Final = {
    "strategic_fit": (
        "Asked us for a joint category plan.",
        "Opens stores where we deliver already.",
        "Range shrinks, no plans that need us.",
        "明年计划与我们共同开发新品。",
        "Fits two of our eight groups only.",
    ),
    "values_our_offer": (
        "Pays list price for delivery windows.",
        "Asks for three offers each quarter.",
        "Took our service level as its standard.",
        "愿意为稳定供货支付溢价。",
        "Complains late, pays on time.",
    ),
}
SOURCES: Final = ("Half-year review", "Call notes", "Trade panel", "拜访记录", "Complaint file")
AGREED: Final = (
    "The service desk knew of the cancelled trial, which the rest of us did not.",
    "Finance is right about the terms; sales is right about the plans. We go with the plans.",
    "两家新店已确认，按较高分计。",
    "One store, not the chain: the middle score stands.",
)


def hold_last_round(
    people: People,
    customers: Mapping[str, Customer],
    ranking: Sequence[str],
    model: ScoringModel,
    *,
    today: date,
    on: date,
) -> ScoringRound:
    """Five people score twelve customers blind, see where they differ, agree cell by cell, and let it count."""
    days = (today - on).days
    held = _open(people, customers, ranking[:12], model, name=quarter_of(on), today=on, due_on=on)
    for place, rater in enumerate(_raters(people)):
        _fill(held, rater, place, list(_keys(model)), customers=[customers[key] for key in ranking[:12]], by=rater)
    held.refresh_from_db()
    held = release_round(round_id=held.pk, version=held.version, by=people.employees[PROGRAMME])
    _agree(held, by=people.employees[PROGRAMME])
    held.refresh_from_db()
    held = close_round(round_id=held.pk, version=held.version, by=people.employees[PROGRAMME])
    move_one_back(held, "created_at", "updated_at", "released_at", "closed_at", days=days)
    for rows in (held.scores.all(), held.agreed.all(), held.raters.all()):
        move_back(rows, ["created_at", "updated_at"], days=days)
    ratings = Rating.objects.filter(factor__model=model, customer__in=held.customers.all(), rater__in=_raters(people))
    move_back(ratings, ["rated_on"], days=days)
    return held


def open_present_round(
    people: People, customers: Mapping[str, Customer], ranking: Sequence[str], model: ScoringModel, *, today: date
) -> ScoringRound:
    """The same five are asked again: three have finished, one is half through, one has not begun."""
    chosen = ranking[:10]
    opened = _open(
        people, customers, chosen, model, name=quarter_of(today), today=today, due_on=today + timedelta(days=10)
    )
    firms = [customers[key] for key in chosen]
    keys = list(_keys(model))
    _account_manager, office, finance, service, director = _raters(people)
    for place, rater in enumerate((office, finance, director), start=6):
        _fill(opened, rater, place, keys, customers=firms, by=rater)
    _fill(opened, service, 9, keys, customers=firms[:5], by=service)
    return opened


def quarter_of(day: date) -> str:
    """The quarter of a day as both languages write it."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def _raters(people: People) -> list[User]:
    numbers = people.employees
    return [
        numbers[MANAGER], numbers[PROGRAMME], people.others["hannah.sommer"], people.others["li.wei"],
        numbers[LONDON_DIRECTOR],
    ]  # fmt: skip


def _open(
    people: People,
    customers: Mapping[str, Customer],
    keys: Sequence[str],
    model: ScoringModel,
    *,
    name: str,
    today: date,
    due_on: date,
) -> ScoringRound:
    return open_round(
        name=name,
        model_id=model.pk,
        customer_ids=[customers[key].pk for key in keys],
        rater_ids=[rater.pk for rater in _raters(people)],
        chair_id=people.employees[PROGRAMME].pk,
        due_on=due_on,
        today=today,
        purpose="Sales, inside sales, finance, service and the London office, each for himself first.",
        by=people.employees[PROGRAMME],
    )


def _keys(model: ScoringModel) -> list[str]:
    judged = ModelFactor.objects.filter(model=model, kind=ModelFactor.Kind.JUDGED)
    return list(judged.order_by("position").values_list("key", flat=True))


def _fill(
    held: ScoringRound, rater: User, place: int, keys: Sequence[str], *, customers: Sequence[Customer], by: User
) -> None:
    """One rater's cells: near what most think, here and there far off, and now and then not known."""
    cells = []
    for at, customer in enumerate(customers):
        for turn, key in enumerate(keys):
            score = (
                8 - at * 5 // 12 + (place * 7 + at * 3 + turn) % 4 - 1 - (5 if (place, at) in {(3, 1), (2, 4)} else 0)
            )
            unknown = (place * 5 + at * 3 + turn) % 17 == 0
            cells.append(
                Cell(
                    customer_id=customer.pk,
                    factor_key=key,
                    text="?" if unknown else str(max(1, min(10, score))),
                    version=0,
                    evidence=("told", "observed", "guess")[(place + at) % 3],
                    source="" if unknown else SOURCES[(place + at) % len(SOURCES)],
                    note="" if unknown else WHY[key][(place + at * 2 + turn) % len(WHY[key])],
                )
            )
    save_cells(round_id=held.pk, cells=cells, by=by)


def _agree(held: ScoringRound, *, by: User) -> None:
    """Where the raters lie four points apart or more, the chair writes down what they agreed on, and why."""
    scores: dict[tuple[int, str], list[Decimal]] = {}
    for cell in SheetScore.objects.filter(round=held, score__isnull=False).order_by("pk"):
        scores.setdefault((cell.customer_id, cell.factor_key), []).append(cell.score)
    apart = [(place, given) for place, given in scores.items() if max(given) - min(given) >= 4]
    for turn, ((customer_id, key), given) in enumerate(apart):
        agree(
            round_id=held.pk,
            customer_id=customer_id,
            factor_key=key,
            score=sorted(given)[len(given) // 2],
            note=AGREED[turn % len(AGREED)],
            version=0,
            by=by,
        )
