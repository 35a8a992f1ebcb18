"""Which way of selling fits (M06)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.quadrants import Quadrant
from selection.calculations.selling_modes import (
    ModeReason,
    SellingMeasure,
    SellingMode,
    fitting_modes,
    mode_check,
    programme_fit,
)


@pytest.mark.parametrize(
    ("quadrant", "prospect", "modes"),
    [
        (Quadrant.KEY, False, [SellingMode.KEY_ACCOUNT]),
        (Quadrant.KEY_DEVELOPMENT, False, [SellingMode.KEY_ACCOUNT]),
        (Quadrant.KEY_DEVELOPMENT, True, [SellingMode.KEY_ACCOUNT, SellingMode.HUNTER]),
        (Quadrant.MAINTENANCE, False, [SellingMode.FARMER]),
        (Quadrant.OPPORTUNISTIC, False, [SellingMode.HUNTER]),
        (None, True, [SellingMode.HUNTER]),
        (None, False, []),
    ],
)
def test_fitting_modes(quadrant, prospect, modes):
    assert list(fitting_modes(quadrant, prospect=prospect)) == modes


def test_key_account_sold_to_paid_and_measured_as_one_has_no_mismatch():
    check = mode_check(
        Quadrant.KEY,
        mode=SellingMode.KEY_ACCOUNT,
        paid_as=SellingMode.KEY_ACCOUNT,
        measures=[SellingMeasure.SHARE_OF_WALLET],
    )

    assert not check.mismatched


def test_every_mismatch_is_named():
    check = mode_check(
        Quadrant.KEY, mode=SellingMode.FARMER, paid_as=SellingMode.HUNTER, measures=[SellingMeasure.LEADS]
    )

    assert [(found.code, found.subject) for found in check.reasons] == [
        (ModeReason.WRONG_MODE, "farmer"),
        (ModeReason.WRONG_PAY, "hunter"),
        (ModeReason.NO_MEASURES, "farmer"),
        (ModeReason.FOREIGN_MEASURE, "leads"),
    ]


def test_nothing_known_is_no_mismatch():
    assert not mode_check(Quadrant.KEY, mode=None).mismatched
    assert not mode_check(None, mode=SellingMode.FARMER).mismatched


def answers(**changes):
    plain = dict.fromkeys(
        [
            "concentration",
            "purchase_complexity",
            "number_of_contacts",
            "potential",
            "customers_willing",
            "able_to_tailor",
        ],
        50.0,
    )
    return programme_fit(**(plain | changes))


@pytest.mark.parametrize(("potential", "score", "fits"), [(50, 50, True), (20, 45, False), (80, 55, True)])
def test_programme_fits_from_fifty(potential, score, fits):
    result = answers(potential=potential)

    assert (result.score, result.fits) == (pytest.approx(score), fits)


def test_half_a_test_proves_nothing():
    result = answers(potential=None)

    assert (result.score, result.fits) == (None, None)


def test_answer_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="between 0 and 100"):
        answers(potential=101)


@given(st.lists(st.floats(0, 100), min_size=6, max_size=6), st.integers(0, 5))
def test_a_better_answer_never_lowers_the_fit(given_answers, place):
    names = (
        "concentration",
        "purchase_complexity",
        "number_of_contacts",
        "potential",
        "customers_willing",
        "able_to_tailor",
    )
    answers = dict(zip(names, given_answers, strict=True))

    before, after = programme_fit(**answers), programme_fit(**(answers | {names[place]: 100.0}))

    assert after.score >= before.score - 1e-9
    assert after.fits >= before.fits
