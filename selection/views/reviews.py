"""The page of decisions that have to be looked at again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from selection import permissions
from selection.calculations.drift import MOST_OVERRIDDEN
from selection.lists.reviews import REVIEWS
from selection.selectors.reviews import ReviewCount, review_count


class ReviewsDue(ListPageView):
    """Which decisions have to be looked at again, and what moved since?"""

    spec = REVIEWS
    template_name = "selection/reviews_due.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_read_some_scores(request.user):
            raise NotAllowed("score", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many are due of how many, and how many stand against the figures."""
        user: Any = self.request.user
        main, rest = answer_of(review_count(user, today=timezone.localdate()))
        return {"answer": main, "overrides": rest, "opens_decisions": permissions.can_open_decisions(user)}


def answer_of(found: ReviewCount) -> tuple[str, str]:
    """The sentence the page opens with, and the share of exceptions."""
    if not found.decided:
        return _("Nothing has been put into force yet."), ""
    main = ngettext(
        "%(due)s of %(decided)s decision should be looked at again.",
        "%(due)s of %(decided)s decisions should be looked at again.",
        found.decided,
    ) % {"due": formats.number(found.due), "decided": formats.number(found.decided)}
    text = _("%(share)s stand against the figures; at most %(most)s should.")
    if found.overrides.too_many:
        text = _("%(share)s stand against the figures, more than the %(most)s that should: ask whether the model fits.")
    shares = {"share": formats.percent(found.overrides.share, 0), "most": formats.percent(MOST_OVERRIDDEN, 0)}
    return main, text % shares
