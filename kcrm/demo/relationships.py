"""What ties the demo company and its larger customers: bonds, the cost of leaving, stage, quality, dependence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from accounts.models import User
from customers.models import Contact, Customer
from selection.calculations.dependence import CustomerDependence, OurDependence
from selection.calculations.relationship_quality import Dimension
from selection.calculations.stages import StageItem
from selection.models import Bond
from selection.services import relationships


class Tie(NamedTuple):
    """How close one customer is: eleven bonds, six answers of both sides, five dimensions of quality, eight answers."""

    bonds: str
    ours: str
    theirs: str
    quality: str
    dependence: str
    mirror: str
    cost: tuple[int, ...] = ()
    locked_in: str = ""
    chinese: bool = False


NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "personal": ("Our manager has known the buyer for six years.", "客户经理与采购经理合作六年。"),
    "commercial_terms": ("Yearly rebate from the second quarter on.", "从第二季度起有年度返利。"),
    "contract": ("Framework contract, ninety days of notice.", "框架协议，提前九十天通知。"),
    "technical": ("Labels and pack sizes made for its shelves.", "包装规格按其货架定制。"),
    "data": ("Orders come by electronic exchange from two sites.", "两个门店通过电子数据交换下单。"),
    "logistics": ("Fixed delivery windows, returnable crates.", "固定送货时段，周转箱回收。"),
    "planning": ("Joint promotion calendar twice a year.", "每年两次共同制定促销日历。"),
    "brand": ("Shares our stand at the regional fair.", "在地区展会上共用展位。"),
}
# Bonds in the order of `Bond.Kind`: personal, terms, contract, technical, data, logistics, knowledge, planning, ...
TIES: Final = (
    Tie("43323323231", "333343", "332333", "66555", "44343344", "43", (4000, 2500, 3000, 6000, 5500, 2000), "both"),
    Tie("33222312121", "333233", "323223", "65554", "33333333", "34", (2500, 0, 1500, 3000, 4000, 1500), "both"),
    Tie("22111211111", "222222", "212121", "44434", "22124344", "42", (1500, 0, 800, 1200, 2500), "us", chinese=True),
    Tie("32222222121", "332232", "323232", "55545", "33233223", "33", (1800, 900, 1200, 1500, 2600, 900), "them"),
    Tie("42100100000", "222212", "222222", "55443", "22232322", "32", (600, 0, 500), ""),
    Tie("21111110010", "211111", "111111", "33323", "12113222", "21", (), "us", chinese=True),
    Tie("33222222222", "333233", "333333", "66665", "43343222", "34", (2200, 1200, 900, 1800, 2100, 700), "them"),
    Tie("31111111010", "222121", "222222", "54444", "32222222", "22", (900,), ""),
    Tie("22111111011", "212212", "212111", "44443", "22122222", "31", (), ""),
    Tie("44333343332", "344444", "344334", "77666", "55444233", "44", (5200, 3000, 3500, 4200, 5000, 3000), "both"),
    Tie("21111100000", "212111", "211111", "43433", "21112222", "22", (), ""),
    Tie("32222222122", "332333", "332232", "55555", "33333322", "33", (1200, 800, 700, 900, 1500), "them"),
)  # fmt: skip
FURTHER: Final[Mapping[int, Tie]] = {
    24: Tie("33222222212", "333323", "333333", "66555", "43332111", "24", (900, 300, 400), "them"),
    31: Tie("32212221111", "323222", "222222", "55454", "33322111", "23", (700,), "them"),
    38: Tie("11111000000", "111111", "111111", "33333", "11111111", "11", (), ""),
    45: Tie("21100000000", "111212", "111111", "43343", "11121111", "21", (), ""),
    52: Tie("43333333222", "343434", "333333", "66666", "44443111", "23", (1500, 600, 500, 800, 900, 300), "them"),
}


def tie(
    customers: Mapping[str, Customer], contacts: Mapping[str, Sequence[Contact]], ranking: Sequence[str], *, today: date
) -> None:
    """Let the owners write down what ties the largest customers to us, and what both sides say of it."""
    for place, one in _tied(ranking).items():
        customer = customers[ranking[place]]
        people = list(contacts.get(ranking[place], ()))[:1]
        _write_down(customer, one, people[0].pk if people else None, by=_owner(customer), today=today)


def tie_closer(customers: Mapping[str, Customer], ranking: Sequence[str], *, today: date) -> None:
    """Let them write down how much closer it has become, who depends on whom, and what leaving would cost."""
    for place, one in _tied(ranking).items():
        customer = customers[ranking[place]]
        _bring_up_to_date(customer, one, by=_owner(customer), today=today)


def _tied(ranking: Sequence[str]) -> dict[int, Tie]:
    return {place: one for place, one in {**dict(enumerate(TIES)), **FURTHER}.items() if place < len(ranking)}


def _write_down(customer: Customer, one: Tie, said_by: int | None, *, by: User, today: date) -> None:
    weaker = {kind: max(0, int(score) - (place % 3 == 0)) for place, (kind, score) in enumerate(_kinds(one))}
    relationships.set_bonds(
        customer_id=customer.pk,
        bonds={kind: (score, _note(kind, score, one)) for kind, score in weaker.items()},
        by=by,
        today=today,
    )
    for side, answers in (("us", one.ours), ("customer", one.theirs)):
        relationships.assess_stage(
            customer_id=customer.pk,
            side=side,
            answers=dict(zip(map(str, StageItem), map(int, answers), strict=True)),
            said_by_id=said_by,
            note="",
            by=by,
            today=today,
        )
        relationships.answer_quality(
            customer_id=customer.pk,
            side=side,
            answers=_quality(one, 1 if side == "us" else 0),
            said_by_id=said_by,
            by=by,
            today=today,
        )


def _bring_up_to_date(customer: Customer, one: Tie, *, by: User, today: date) -> None:
    relationships.assess_dependence(
        customer_id=customer.pk,
        answers=dict(zip(map(str, (*CustomerDependence, *OurDependence)), map(int, one.dependence), strict=True)),
        profit_impact=int(one.mirror[0]),
        supply_risk=int(one.mirror[1]),
        note="",
        by=by,
        today=today,
    )
    if one.cost or one.locked_in:
        items = ("requalification", "tooling", "training", "data_migration", "dual_running", "penalties")
        relationships.set_switching_cost(
            customer_id=customer.pk,
            costs={name: Decimal(amount) for name, amount in zip(items, one.cost, strict=False)},
            locked_in=one.locked_in,
            note="采购部门的估算。" if one.chinese else "Worked out with its purchasing after the half-year review.",
            by=by,
            today=today,
        )
    relationships.set_bonds(
        customer_id=customer.pk,
        bonds={kind: (int(score), _note(kind, int(score), one)) for kind, score in _kinds(one)},
        by=by,
        today=today,
    )


def _kinds(one: Tie) -> list[tuple[str, str]]:
    return list(zip(Bond.Kind.values, one.bonds, strict=True))


def _note(kind: str, score: int, one: Tie) -> str:
    return NOTES[kind][one.chinese] if kind in NOTES and score > 1 else ""


def _quality(one: Tie, shift: int) -> dict[str, list[int]]:
    """Two answers a dimension; we see ourselves a little rosier. The fifth digit is the absence of conflict."""
    answers = {}
    for dimension, digit in zip(Dimension, map(int, one.quality), strict=True):
        value = 8 - digit if dimension is Dimension.CONFLICT else min(7, digit + shift)
        answers[str(dimension)] = [value, max(1, value - 1) if dimension is not Dimension.CONFLICT else value]
    return answers


def _owner(customer: Customer) -> User:
    owner: User = customer.account_team.memberships.get(level="owner").user
    return owner
