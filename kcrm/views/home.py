"""My day: what must I do today, for whom, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Agreement, Customer, Interaction, Task
from kcrm.context import may_somewhere
from kcrm.lib import formats
from kcrm.lib.web import Page
from planning.querysets import silent
from selection.selectors.waiting import Waiting, waiting_for
from teams.permissions import reach_of

SOON: Final = timedelta(days=7)
ENDING: Final = timedelta(days=90)
SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Day:
    """Everything the page shows, of what its reader may see."""

    today: date
    overdue: list[Task]
    coming: list[Task]
    silent: list[dict[str, Any]]
    ending: list[Agreement]
    talks: list[Interaction]
    customers: int
    waiting: list[Waiting]


def day_for(user: User, today: date) -> Day:
    """A person's day, in a handful of statements."""
    reach = reach_of(user)
    mine = Customer.objects.alive().filter(account_team__in=[*reach.teams]) if reach.teams else Customer.objects.none()
    watched = mine if reach.teams else Customer.objects.visible_to(user)
    tasks: QuerySet[Task] = (
        Task.objects.visible_to(user)
        .open()
        .filter(assignee=user)
        .select_related("customer")
        .order_by("due_on", "priority")
    )
    return Day(
        today=today,
        overdue=list(tasks.filter(due_on__lt=today)[:SHOWN]),
        coming=list(tasks.filter(due_on__gte=today, due_on__lte=today + SOON)[:SHOWN]),
        silent=list(
            silent(watched, today)
            .order_by("silent_from", "pk")
            .values("pk", "name", "last_interaction_on", "since", "allowed_days")[:SHOWN]
        ),
        ending=list(
            Agreement.objects.visible_to(user, "agreement")
            .filter(customer__in=watched, ends_on__range=(today, today + ENDING))
            .select_related("customer")
            .order_by("ends_on")[:SHOWN]
        ),
        talks=list(
            Interaction.objects.visible_to(user, "interaction")
            .filter(customer__in=watched)
            .select_related("customer", "recorded_by")
            .order_by("-happened_at")[:SHOWN]
        ),
        customers=watched.count(),
        waiting=waiting_for(user),
    )


def answer_of(day: Day) -> tuple[str, str]:
    """The sentence the page opens with."""
    due_today = [task for task in day.coming if task.due_on == day.today]
    parts = []
    if day.overdue:
        parts.append(
            ngettext("%(count)s task is late", "%(count)s tasks are late", len(day.overdue))
            % {"count": len(day.overdue)}
        )
    if due_today:
        count = len(due_today)
        words = (
            ngettext("%(count)s is due today", "%(count)s are due today", count)
            if day.overdue
            else ngettext("%(count)s task is due today", "%(count)s tasks are due today", count)
        )
        parts.append(words % {"count": count})
    if day.waiting:
        waiting = len(day.waiting)
        parts.append(
            ngettext("%(count)s matter waits for your word", "%(count)s matters wait for your word", waiting)
            % {"count": waiting}
        )
    main = formats.listing(parts) + "." if parts else _("Nothing is late and nothing is due today.")
    if not day.silent:
        return main, ""
    first = day.silent[0]
    because = _("Nobody has spoken to %(customer)s for %(days)s days.") % {
        "customer": first["name"],
        "days": (day.today - first["since"]).days,
    }
    return main, because


def waiting_items(day: Day) -> list[dict[str, Any]]:
    """What goes on only after this person's word, with the day by which it should."""
    return [
        {
            "tag": formats.short_day(one.day) if one.day else "",
            "css": "bad" if one.day and one.day < day.today else "warn" if one.day == day.today else "",
            "title": one.title,
            "note": one.note,
            "url": one.url,
            "when": _("late") if one.day and one.day < day.today else "",
        }
        for one in day.waiting
    ]


def silent_items(day: Day) -> list[dict[str, Any]]:
    """Customers that have waited for a word from us longer than the coverage plan allows, the latest first."""
    return [
        {
            "tag": _("%(days)s d") % {"days": (day.today - row["since"]).days},
            "css": "bad" if (day.today - row["since"]).days > 2 * row["allowed_days"] else "warn",
            "title": row["name"],
            "note": _silence_of(row),
            "url": reverse("customers:customer-detail", args=[row["pk"]]),
        }
        for row in day.silent
    ]


def _silence_of(row: dict[str, Any]) -> str:
    """When we last spoke with this customer, beside how often we mean to."""
    if row["last_interaction_on"] is None:
        return _("never spoken with; every %(days)s days planned") % {"days": row["allowed_days"]}
    return _("last contact %(day)s; every %(days)s days planned") % {
        "day": formats.day(row["last_interaction_on"]),
        "days": row["allowed_days"],
    }


def ending_items(day: Day) -> list[dict[str, Any]]:
    """Agreements that end soon, by the last day on which notice can be given."""
    items = []
    for agreement in day.ending:
        if agreement.ends_on is None:
            continue
        notice = agreement.ends_on - timedelta(days=agreement.notice_days or 0)
        items.append(
            {
                "tag": formats.short_day(agreement.ends_on),
                "css": "bad" if notice <= day.today + timedelta(days=14) else "warn",
                "title": agreement.title,
                "note": _("%(customer)s · notice by %(day)s")
                % {"customer": agreement.customer.name, "day": formats.day(notice)},
                "url": reverse("customers:customer-detail", args=[agreement.customer_id]),
            }
        )
    return items


class MyDay(Page):
    """The page people start their day with."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The answer, the tasks, the silent customers, the agreements that end."""
        day = day_for(request.user, timezone.localdate())
        answer, because = answer_of(day)
        context = {
            "day": day,
            "answer": answer,
            "because": because,
            "waiting_items": waiting_items(day),
            "silent_items": silent_items(day),
            "ending_items": ending_items(day),
            "may_read_talks": may_somewhere("interaction")(request.user),
        }
        return render(request, "kcrm/my_day.html", context)
