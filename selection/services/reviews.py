"""Tell who is concerned that a decision has to be looked at again: once for each decision and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.notices import notification_kind
from jobs.services.notifications import Notice, notify_many
from selection.review_words import REVIEW_REASONS
from selection.selectors.reviews import ReviewReason, reviews_everywhere
from teams.models import TeamMembership

DUE: Final = notification_kind("selection.review-due", _("A decision should be looked at again"), email="digest")


def tell_reviews(*, today: date) -> int:
    """Tell account managers what calls for another look at their accounts, and the programme office how many do.

    Keys name decision and reason: what was told once is not told again before the account is decided anew. Returns
    how many notices are new.
    """
    rows = list(
        reviews_everywhere(today=today).values(
            "pk", "name", "account_team_id", "classification__line_id", "reasons"
        )
    )  # fmt: skip
    if not rows:
        return 0
    told = notify_many(_to_managers(rows, today))
    if told:
        told += notify_many(_to_office(len(rows), today))
    return told


def _to_managers(rows: Sequence[Mapping[str, Any]], today: date) -> Iterator[Notice]:
    teams = [row["account_team_id"] for row in rows]
    owners: dict[int, list[User]] = {}
    for one in TeamMembership.objects.on_day(today).owners().filter(team__in=teams).select_related("user"):
        if one.user.is_active:
            owners.setdefault(one.team_id, []).append(one.user)
    for row in rows:
        for user in owners.get(row["account_team_id"], ()):
            for code in row["reasons"]:
                yield Notice(
                    user=user,
                    kind=DUE,
                    key=f"review:{row['classification__line_id']}:{code}",
                    subject=_("Look at the decision about %(customer)s again: %(reason)s."),
                    params={"customer": row["name"], "reason": REVIEW_REASONS[ReviewReason(code)]},
                    url=reverse("selection:customer-position", args=[row["pk"]]),
                    customer_id=row["pk"],
                )


def _to_office(count: int, today: date) -> Iterator[Notice]:
    for user in User.objects.active().filter(roles__contains=["programme_office"]):
        yield Notice(
            user=user,
            kind=DUE,
            key=f"reviews:{today.isoformat()}",
            subject=_("Decisions that should be looked at again: %(count)s."),
            params={"count": count},
            url=reverse("selection:reviews-due"),
        )
