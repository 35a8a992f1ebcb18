"""How the demo company's larger customers see it against named rivals: told, observed or guessed, some of it old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accounts.models import User
from customers.models import Contact, Customer
from selection.models import Alternative, ViewFactor
from selection.services import customer_views

RIVALS: Final = ("Brightwater Foods", "Pacific Larder", "东方食品", "Alpenkost", "Harbour Provisions")


class Look(NamedTuple):
    """Something customers look at: its weight with most of them, and what one of them said about it, in its language."""

    name: str
    weight: int
    note: str
    ours: str


class Sight(NamedTuple):
    """How one customer sees us: the rivals it names, ours and theirs on each factor, how we know, how old it is."""

    rivals: tuple[int, ...]
    ours: tuple[float, ...]
    theirs: tuple[tuple[float, ...], ...]
    evidence: tuple[str, ...] = ("told", "told", "observed", "told", "guess")
    age: int = 40
    chinese: bool = False
    confirmed: bool = False
    gained: float = 0.5  # points since last quarter on every second thing it looks at


LOOKS: Final = (
    Look("Delivery on time and in full", 30, "“An empty bay costs us more than any discount.”", "Two late pallets in spring, none since the carrier changed."),
    Look("Price per serving", 25, "Compares every quarter with two offers.", "Our list price is 3 % above, the net price level."),
    Look("Breadth of the range", 20, "Wants beverages, dairy and confections from one hand.", "Buys from six of our eight groups."),
    Look("Help with shelf and promotion", 15, "Asks for a planogram with each new article.", "The second bay came from our proposal."),
    Look("Answers when something goes wrong", 10, "“I want one number to call.”", "Credit notes take us nine days."),
)  # fmt: skip
CHINESE: Final = (
    Look("准时足量交货", 30, "“缺货一天，比折扣贵得多。”", "换承运商以后没有再迟到。"),
    Look("单份价格", 25, "每季度和两家报价比较。", "我方标价高3%，净价持平。"),
    Look("品类齐全", 20, "希望饮料、乳制品、糖果由一家供应。", "八个品类中采购了六个。"),
    Look("陈列与促销支持", 15, "每个新品都要求陈列方案。", "第二个货架来自我方提案。"),
    Look("出问题时的响应", 10, "“我只想打一个电话。”", "我方出具贷项通知需要九天。"),
)  # fmt: skip
# In the order of net sales. The last ones stay unknown territory: one names no rival, one is hardly scored.
SIGHTS: Final = (
    Sight((0, 1), (8, 6, 9, 8, 6), ((7, 8, 6, 6, 7), (6, 7, 7, 5, 6)), confirmed=True),
    Sight((0, 2), (9, 7, 8, 8, 7), ((7, 7, 7, 6, 6), (6, 9, 5, 4, 5)), chinese=True, confirmed=True),
    Sight((3,), (6, 5, 7, 5, 4), ((8, 7, 7, 6, 7),), ("told", "told", "told", "observed", "told"), gained=-1),
    Sight((1, 4), (8, 7, 8, 7, 8), ((7, 7, 6, 6, 6), (6, 6, 7, 7, 5)), ("told", "observed", "observed", "guess", "guess"), 70),
    Sight((0,), (7, 6, 6, 6, 5), ((7, 7, 7, 7, 7),), ("told", "told", "guess", "observed", "told"), 100),
    Sight((2, 1), (5, 6, 6, 4, 5), ((7, 8, 7, 6, 6), (6, 7, 6, 6, 6)), ("told", "told", "told", "told", "observed"), 55, chinese=True, gained=1),
    Sight((4,), (8, 8, 7, 7, 7), ((7, 6, 7, 6, 7),), ("guess", "guess", "observed", "guess", "guess"), 120),
    Sight((3, 0), (7, 7, 6, 5, 6), ((6, 7, 6, 6, 6), (6, 6, 6, 5, 5)), ("told", "observed", "told", "guess", "guess"), 430),
    Sight((1,), (6, 7, 7, 6, 6), ((8, 7, 6, 7, 7),), ("guess", "told", "guess", "guess", "guess"), 90, gained=-1),
    Sight((0, 4), (9, 7, 7, 8, 8), ((6, 6, 7, 6, 6), (7, 7, 6, 5, 6)), ("told", "told", "told", "told", "told"), 25, gained=1),
    Sight((4,), (5, 7, 5, 5, 5), ((6, 6, 7, 6, 6),), ("observed", "told", "observed", "guess", "told"), 65),
    Sight((3,), (7, 8, 6, 6, 7), ((6, 7, 7, 5, 6),), ("told", "told", "guess", "observed", "observed"), 30, gained=1),
    Sight((), (7, 6, 7, 6, 6), ()),
    Sight((0,), (7,), ((8,),), ("told",), 20),
)  # fmt: skip


# Smaller customers, by their place in the order of net sales.
FURTHER: Final = {
    24: Sight((1,), (8, 7, 7, 7, 8), ((6, 7, 6, 6, 6),), ("told", "observed", "told", "observed", "guess"), 45),
    31: Sight((4,), (7, 8, 6, 6, 7), ((7, 6, 6, 6, 6),), ("observed", "told", "observed", "guess", "guess"), 80),
    38: Sight((3,), (5, 5, 6, 5, 5), ((8, 7, 6, 7, 6),), ("told", "told", "guess", "observed", "guess"), 60),
    45: Sight((0,), (6, 5, 5, 5, 4), ((7, 8, 6, 6, 7),), ("observed", "guess", "guess", "guess", "guess"), 150),
    52: Sight(
        (1, 3), (8, 8, 7, 8, 8), ((6, 7, 6, 5, 6), (5, 6, 6, 6, 6)), ("told", "told", "told", "told", "told"), 35
    ),
    60: Sight((2,), (6, 5, 6, 6, 5), ((7, 7, 6, 6, 6),), ("told", "observed", "told", "guess", "told"), 70, gained=1),
    63: Sight((1,), (8, 7, 7, 7, 7), ((6, 6, 7, 6, 6),), ("told", "told", "observed", "told", "guess"), 28),
    59: Sight((4,), (6, 6, 5, 6, 5), ((7, 6, 7, 6, 7),), ("told", "observed", "observed", "told", "guess"), 50),
}


def look(
    customers: Mapping[str, Customer], contacts: Mapping[str, Sequence[Contact]], ranking: Sequence[str], *, today: date
) -> None:
    """Let the owners of the largest customers write down what these said a good while ago."""
    for customer, sight, said_by in _seen(customers, contacts, ranking):
        _write_down(customer, sight, said_by, by=_owner(customer), today=today)


def look_again(
    customers: Mapping[str, Customer], contacts: Mapping[str, Sequence[Contact]], ranking: Sequence[str], *, today: date
) -> None:
    """Let them write down what has changed since, and which customers confirmed it."""
    for customer, sight, said_by in _seen(customers, contacts, ranking):
        _bring_up_to_date(customer, sight, said_by, by=_owner(customer), today=today)


def _seen(
    customers: Mapping[str, Customer], contacts: Mapping[str, Sequence[Contact]], ranking: Sequence[str]
) -> Iterator[tuple[Customer, Sight, int | None]]:
    """Each customer with how it sees us and who says so for it."""
    for place, sight in {**dict(enumerate(SIGHTS)), **FURTHER}.items():
        if place < len(ranking):
            key = ranking[place]
            known = list(contacts.get(key, ()))
            people = [contact for contact in known if contact.full_name.isascii() is not sight.chinese] or known
            yield customers[key], sight, people[0].pk if people else None


def _write_down(customer: Customer, sight: Sight, said_by: int | None, *, by: User, today: date) -> None:
    named = [
        customer_views.name_alternative(customer_id=customer.pk, kind="rival", name=RIVALS[rival], by=by, today=today)
        for rival in sight.rivals
    ]
    for at, one in enumerate(_looks(sight)):
        customer_views.save_factor(
            customer_id=customer.pk,
            values={
                "name": one.name,
                "weight": Decimal(one.weight),
                "evidence": sight.evidence[min(at, len(sight.evidence) - 1)],
                "said_by_id": said_by,
                "said_on": today,
                "note": one.note,
            },
            scores=_scores(sight, named, at, one, said_by, on=today, earlier=True),
            by=by,
            today=today,
        )


def _bring_up_to_date(customer: Customer, sight: Sight, said_by: int | None, *, by: User, today: date) -> None:
    on = today - timedelta(days=sight.age)
    named = list(Alternative.objects.filter(customer=customer).order_by("pk"))
    factors = {factor.name: factor for factor in ViewFactor.objects.filter(customer=customer)}
    for at, one in enumerate(_looks(sight)):
        for score in _scores(sight, named, at, one, said_by, on=on, earlier=False):
            customer_views.rate_supplier(
                customer_id=customer.pk,
                factor_id=factors[one.name].pk,
                alternative_id=score.pop("alternative_id"),
                values=score,
                by=by,
                today=today,
            )
    customer_views.balance_weights(customer_id=customer.pk, by=by, today=today)
    if sight.confirmed:
        customer_views.describe_view(
            customer_id=customer.pk,
            version=None,
            sole_source=False,
            verified_on=on,
            verified_with_id=said_by,
            by=by,
            today=today,
        )


def _looks(sight: Sight) -> Sequence[Look]:
    return (CHINESE if sight.chinese else LOOKS)[: max(len(sight.ours), 3)]


def _scores(
    sight: Sight, named: Sequence[Any], at: int, one: Look, said_by: int | None, *, on: date, earlier: bool
) -> list[dict[str, Any]]:
    """What we and the rivals score on a factor; a quarter ago we scored what we have gained since less on every second one."""
    if at >= len(sight.ours):
        return []
    evidence = sight.evidence[at]
    ours = Decimal(str(sight.ours[at])) - (Decimal(str(sight.gained)) if earlier and at % 2 == 0 else 0)
    suppliers = [
        (None, ours, one.ours),
        *((row.pk, Decimal(str(sight.theirs[turn][at])), "") for turn, row in enumerate(named)),
    ]
    return [
        {
            "alternative_id": supplier,
            "score": score,
            "evidence": evidence,
            "observed_on": on,
            "said_by_id": said_by if evidence == "told" else None,
            "note": note,
        }
        for supplier, score, note in suppliers
    ]


def _owner(customer: Customer) -> User:
    owner: User = customer.account_team.memberships.get(level="owner").user
    return owner
