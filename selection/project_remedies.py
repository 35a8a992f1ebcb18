"""Where an open condition of a selection project is put right."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from selection.models import SelectionProject
from selection.permissions import can_run_projects
from selection.project_words import CONDITIONS

RECORDS: Final = "#records"
"""What is missing is written on the step's own page."""


def remedies_of(project: SelectionProject, user: User) -> dict[str, tuple[str, Any]]:
    """{code of a condition: (address, what is done there)}; who does not run projects is only led down the page."""
    below = (RECORDS, _("See below"))
    if not can_run_projects(user):
        return dict.fromkeys(CONDITIONS, below)

    def here(name: str, *more: Any) -> str:
        return reverse(f"selection:project-{name}", args=[project.pk, *more])

    terms = (here("update"), _("Terms and timetable"))
    member = (here("member-create"), _("Add a member"))
    scoring = (here("scoring"), _("Factor sets and rounds"))
    market = (here("market"), _("Choose map and segments"))
    segments = (reverse("selection:segment-list"), _("Segments"))
    maps = (reverse("selection:map-list"), _("Market maps"))
    if project.market_map_id:
        maps = (reverse("selection:map-detail", args=[project.market_map_id]), _("Open the map"))
    unknown = (reverse("selection:unknown-territory"), _("Unknown territory"))
    decision = (here("decision"), _("Choose the decision"))
    if project.decision_id:
        decision = (reverse("selection:decision-detail", args=[project.decision_id]), _("Open the decision"))
    special: dict[str, tuple[str, Any]] = {
        "objectives_named": (here("objective-create"), _("Add an objective")),
        "fit_tested": (here("fit"), _("Answer the fit test")),
        "capacity_known": (here("resource"), _("Days of a function")),
        "team_size": member,
        "functions_covered": member,
        "raters_named": member,
        "sponsor_named": terms,
        "purpose_written": terms,
        "timetable_fits": terms,
        "meetings_planned": terms,
        "map_chosen": market,
        "map_published": maps,
        "leverage_known": maps,
        "segments_chosen": market,
        "segments_accepted": segments,
        "segments_own_factors": scoring,
        "candidates_in_segments": segments,
        "factors_in_force": scoring,
        "rounds_agreed": scoring,
        "raters_enough": scoring,
        "differences_discussed": scoring,
        "candidates_named": scoring,
        "views_known": unknown,
        "decision_there": decision,
        "snapshot_fresh": (reverse("selection:snapshot-list"), _("Snapshots")),
        "two_persons": decision,
        "few_exceptions": decision,
        "decision_in_force": decision,
        "team_told": decision,
        "all_acknowledged": decision,
        "recheck_dated": terms,
        "recheck_in_time": terms,
    }
    return {code: special.get(code, below) for code in CONDITIONS}
