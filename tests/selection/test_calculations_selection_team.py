"""Who selects, in what time, how far they are (M07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from selection.calculations.selection_team import (
    TeamCharter,
    TeamFunction,
    TeamMember,
    TeamReason,
    endorsement,
    rater_progress,
    scores_may_be_released,
    team_check,
)

SIX = [TeamMember(function.value, function) for function in TeamFunction]
CHARTER = TeamCharter(
    sponsor="director",
    has_purpose=True,
    starts_on=date(2026, 1, 5),
    ends_on=date(2026, 2, 23),
    meetings=4,
    recheck_after_months=6,
)


def codes(check) -> list[TeamReason]:
    return [found.code for found in check.reasons]


def test_six_functions_in_seven_weeks_need_no_remark():
    check = team_check(SIX, CHARTER)

    assert (check.size, check.missing, check.weeks, check.reasons) == (6, (), 7, ())


@pytest.mark.parametrize(
    ("size", "remark"), [(4, TeamReason.TOO_SMALL), (5, None), (8, None), (9, TeamReason.TOO_LARGE)]
)
def test_team_has_five_to_eight_members(size, remark):
    members = [TeamMember(str(number), TeamFunction.SALES) for number in range(size)]

    remarks = [code for code in codes(team_check(members, CHARTER)) if code is not TeamReason.FUNCTION_MISSING]

    assert remarks == [remark] * bool(remark)


def test_missing_function_is_named():
    check = team_check(SIX[:-1], CHARTER)

    assert check.missing == (TeamFunction.SERVICE,)
    assert [(found.code, found.subject) for found in check.reasons] == [(TeamReason.FUNCTION_MISSING, "service")]


def test_member_who_speaks_for_two_functions_counts_once():
    members = [TeamMember("li", TeamFunction.SALES), TeamMember("li", TeamFunction.MARKETING)]

    assert team_check(members, CHARTER).size == 1


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"sponsor": None}, TeamReason.NO_SPONSOR),
        ({"has_purpose": False}, TeamReason.NO_PURPOSE),
        ({"ends_on": None}, TeamReason.NO_TIMETABLE),
        ({"ends_on": date(2026, 2, 15)}, TeamReason.TIMETABLE_TOO_SHORT),
        ({"ends_on": date(2026, 3, 3)}, TeamReason.TIMETABLE_TOO_LONG),
        ({"meetings": 3}, TeamReason.TOO_FEW_MEETINGS),
        ({"recheck_after_months": None}, TeamReason.NO_RECHECK),
        ({"recheck_after_months": 5}, TeamReason.RECHECK_OUT_OF_RANGE),
        ({"recheck_after_months": 13}, TeamReason.RECHECK_OUT_OF_RANGE),
    ],
)
def test_what_the_charter_lacks_is_named(changes, remark):
    assert codes(team_check(SIX, replace(CHARTER, **changes))) == [remark]


def test_timetable_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="ends after"):
        team_check(SIX, replace(CHARTER, ends_on=date(2026, 1, 1)))


def test_progress_names_the_least_advanced_first():
    found = rater_progress({"li": 40, "anna": 40, "omar": 0}, {"li": 40, "anna": 10, "stranger": 5})

    assert [(one.rater, one.given, one.share, one.complete) for one in found] == [
        ("anna", 10, 0.25, False),
        ("li", 40, 1.0, True),
        ("omar", 0, None, True),
    ]


def test_blind_scores_are_released_when_everybody_has_given_all():
    assert scores_may_be_released(rater_progress({"li": 2, "anna": 2}, {"li": 2, "anna": 2}))
    assert not scores_may_be_released(rater_progress({"li": 2, "anna": 2}, {"li": 2}))
    assert not scores_may_be_released([])


def test_endorsement_counts_signatures_and_names_dissent():
    found = endorsement({"sales": True, "finance": False, "service": None, "technical": True})

    assert (found.signed, found.refused, found.silent) == (("sales", "technical"), ("finance",), ("service",))
    assert found.share == 0.5


def test_nobody_asked_to_endorse_is_undefined():
    assert endorsement({}).share is None
