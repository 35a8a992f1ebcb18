"""What happened between the demo company and its customers: contacts made, promises, agreements, a dispute, a silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils import timezone

from accounts.models import User
from customers.models import Contact, Customer
from customers.services.agreements import create_agreement
from customers.services.interactions import log_interaction
from customers.services.tasks import create_task
from kcrm.demo.people import People


class Talk(NamedTuple):
    """One contact with a customer."""

    kind: str
    subject: str
    body: str
    outcome: str = "information"
    next_step: str = ""
    by_customer: bool = False


TALKS: Final = (
    Talk("call", "Autumn promotion: quantities per store", "Agreed to send the split by store on Friday.", "advance"),
    Talk("visit", "Store walk with the category buyer", "Beverages sit at knee height; a second bay is possible.", "advance", "Send planogram for the second bay"),
    Talk("email", "Price list from January", "Asks for one file for all sites and the net prices only.", "continuation"),
    Talk("meeting", "Half-year review", "Service level 97 %. Two late deliveries explained, carrier changed.", "advance", "Send minutes with owners"),
    Talk("call", "Late delivery of dairy pallets", "Pallets came a day late; credit note promised for the spoiled part.", "complaint", "Confirm the credit note", True),
    Talk("visit", "Tasting of the seafood range", "Chef liked three of five; asks for a trial in two kitchens.", "advance", "Agree how the trial is measured"),
    Talk("call", "Reorder of confections", "Placed by phone, will use the web shop from next month.", "order", "", True),
    Talk("email", "New contact in purchasing", "The assistant moves on; the successor starts next week.", "information", "Introduce ourselves to the successor"),
    Talk("meeting", "Plans for next year", "Four new stores in the north; wants a partner who can deliver from day one.", "advance", "Draft a joint plan"),
    Talk("call", "Check-in", "Nothing new, stock is fine, speak again next month.", "continuation"),
    Talk("note", "Seen at the trade fair", "Stood long at a competitor's stand, asked about own label.", "information"),  # last: no contact
)  # fmt: skip
CHINESE: Final = (
    Talk("call", "与王芳沟通亚洲食品货架", "对方希望十二月前增加两个单品，要求提供陈列方案。", "advance", "发送亚洲食品陈列方案"),
    Talk("meeting", "与张伟讨论明年采购计划", "对方计划新增调味品品类，竞争对手报价低3%，关注交货稳定性。", "advance", "准备交货稳定性数据"),
    Talk("email", "样品反馈", "饮料样品评价良好，糖果类包装需改为中文标签。", "continuation"),
)  # fmt: skip
SILENT: Final = "RATTC"
TASKS: Final = (
    ("Prepare the quarterly review", -3, 1),
    ("Ask for the spend by category", 2, 2),
    ("Check the service level of the last ten deliveries", 6, 2),
    ("Meet the finance director with our sponsor", 12, 1),
    ("Update the price file for all sites", 0, 2),
    ("Send samples of the new range", 20, 3),
)


def _at(today: date, days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time(8 + hour % 9, (hour * 7) % 60)))


def tell(
    people: People,
    customers: Mapping[str, Customer],
    contacts: Mapping[str, Sequence[Contact]],
    ranking: Sequence[str],
    *,
    today: date,
) -> None:
    """Fill the last months with contacts, the next weeks with tasks, and a few files with agreements."""
    now = timezone.now()
    others = [key for key in customers if key not in ranking]
    for place, key in enumerate([*ranking, *others]):
        customer, owner = customers[key], _owner(customers[key])
        count = 6 if place < 5 else 3 if place < 20 else 1
        latest = 63 if key == SILENT else 2 + place % 9 if place < 20 else 5 + place * 13 % 110
        for turn in range(count):
            talk = TALKS[(place * 3 + turn) % (len(TALKS) - 1 if turn == 0 else len(TALKS))]  # the note comes second
            _log(customer, contacts[key], talk, _at(today, latest + turn * 17, place + turn), owner, now)
        if place < 24:
            title, days, priority = TASKS[place % len(TASKS)]
            create_task(
                customer_id=customer.pk,
                values={"title": title, "due_on": today + timedelta(days=days), "priority": priority},
                by=owner,
                today=today - timedelta(days=30),
            )
    _special(people, customers, contacts, today=today, now=now)


def _owner(customer: Customer) -> User:
    return customer.account_team.memberships.get(level="owner").user


def _log(customer: Customer, contacts: Sequence[Contact], talk: Talk, at: datetime, by: User, now: datetime) -> None:
    recent = now - at < timedelta(days=30)
    log_interaction(
        customer_id=customer.pk,
        values={
            "kind": talk.kind,
            "subject": talk.subject,
            "body": talk.body,
            "happened_at": at,
            "outcome": talk.outcome,
            "by_customer": talk.by_customer,
            "minutes": 45 if talk.kind in {"visit", "meeting"} else 10,
            "next_step": talk.next_step if recent else "",
            "next_step_on": (at + timedelta(days=21)).date() if talk.next_step and recent else None,
        },
        contact_ids=[contact.pk for contact in contacts[:1]],
        by=by,
        now=now,
    )


def _special(
    people: People,
    customers: Mapping[str, Customer],
    contacts: Mapping[str, Sequence[Contact]],
    *,
    today: date,
    now: datetime,
) -> None:
    """A contract that ends soon, a dispute, notes in Chinese."""
    dispute = Talk(
        "call",
        "Disputed invoice: broken glass in the condiments",
        "Refuses to pay 1,240.00 for twelve broken cases. Carrier says the pallet was signed for without a remark.",
        "complaint",
        "Settle the disputed invoice with finance and the carrier",
        True,
    )
    ernst = customers["ERNSH"]
    _log(ernst, contacts["ERNSH"], dispute, _at(today, 4, 5), _owner(ernst), now)
    for key, talk, days in (("SAVEA", CHINESE[0], 3), ("QUICK", CHINESE[1], 6), ("GREAL", CHINESE[2], 9)):
        people_there = [contact for contact in contacts[key] if not contact.full_name.isascii()] or contacts[key]
        _log(customers[key], people_there, talk, _at(today, days, 2), people.others["chen.jing"], now)
    agreements = (
        ("SAVEA", "Supply contract, beverages and dairy", "supply", 700, 41, 30, Decimal(95000)),
        ("QUICK", "Framework contract, all sites", "framework", 400, 330, 90, Decimal(110000)),
        ("ERNSH", "Price agreement, condiments", "price", 300, 95, 60, Decimal(48000)),
        ("HUNGO", "Delivery standards", "service", 500, 150, 60, None),
    )
    for key, title, kind, since, until, notice, value in agreements:
        create_agreement(
            customer_id=customers[key].pk,
            values={
                "title": title,
                "kind": kind,
                "starts_on": today - timedelta(days=since),
                "ends_on": today + timedelta(days=until),
                "notice_days": notice,
                "annual_value": value,
                "currency": "USD",
            },
            by=_owner(customers[key]),
        )
