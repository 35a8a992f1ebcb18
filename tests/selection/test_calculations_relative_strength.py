"""Our strength in the customer's eyes (M03)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.relative_strength import (
    Alternative,
    SupplierRating,
    matrix_position,
    relative_strength,
)
from selection.calculations.scoring import Factor
from selection.calculations.supplier_evidence import EvidenceGrade
from selection.calculations.supplier_remarks import AlternativeKind, StrengthReason

TODAY = date(2026, 7, 1)
FACTORS = [Factor(key, weight) for key, weight in zip("abcde", (30, 25, 20, 15, 10), strict=True)]
SCORES = {"us": (8, 6, 7, 9, 5), "rival1": (7, 8, 7, 6, 6), "rival2": (6, 5, 9, 7, 8)}
RIVALS = [Alternative("rival1"), Alternative("rival2")]

row = st.lists(st.integers(1, 10), min_size=5, max_size=5)


def ratings_of(scores: dict[str, tuple], grade=EvidenceGrade.TOLD, observed_on=TODAY) -> list[SupplierRating]:
    return [
        SupplierRating(supplier, factor.key, score, grade, observed_on)
        for supplier, given_scores in scores.items()
        for factor, score in zip(FACTORS, given_scores, strict=False)
        if score is not None
    ]


def strength(ratings, alternatives=RIVALS, **options):
    return relative_strength(FACTORS, ratings, us="us", alternatives=alternatives, today=TODAY, **options)


def codes(result) -> list[StrengthReason]:
    return [found.code for found in result.reasons]


def test_worked_figures():
    result = strength(ratings_of(SCORES))

    assert result.us.score == pytest.approx(7.15)
    assert [other.theirs for other in result.alternatives] == pytest.approx([7.00, 6.70])
    assert result.best.alternative == "rival1"
    assert result.ratio == pytest.approx(1.0214, abs=5e-5)
    assert result.gap == pytest.approx(0.15)
    assert result.position == pytest.approx(52.5)
    assert result.strong
    assert not result.in_unknown_territory
    assert result.reasons == ()


def test_worked_list_of_what_to_close():
    result = strength(ratings_of(SCORES))

    assert [(gap.factor, gap.weighted, gap.best_alternative) for gap in result.to_close] == [
        ("b", 50, "rival1"),
        ("c", 40, "rival2"),
        ("e", 30, "rival2"),
    ]
    assert [(gap.factor, gap.weighted) for gap in result.gaps[3:]] == [("a", -30), ("d", -30)]


@pytest.mark.parametrize(("gap", "position"), [(None, None), (0, 50), (-3, 0), (3, 100), (-4, 0), (9, 100), (0.6, 60)])
def test_position_on_the_picture(gap, position):
    assert matrix_position(gap) == (None if position is None else pytest.approx(position))


def test_a_tie_is_strong():
    result = strength(ratings_of({"us": (5, 5, 5, 5, 5), "rival1": (5, 5, 5, 5, 5)}))

    assert (result.ratio, result.position, result.strong) == (1, 50, True)


def test_no_alternative_named_is_unknown_territory():
    result = strength(ratings_of({"us": SCORES["us"]}), alternatives=[])

    assert (result.ratio, result.gap, result.position, result.strong) == (None, None, None, None)
    assert result.in_unknown_territory
    assert codes(result) == [StrengthReason.NO_ALTERNATIVE]


def test_alternative_named_but_not_scored_is_unknown_territory():
    result = strength(ratings_of({"us": SCORES["us"]}))

    assert result.in_unknown_territory
    assert codes(result) == [StrengthReason.ALTERNATIVES_UNSCORED]
    assert result.unknown_factors == ("a", "b", "c", "d", "e")


def test_we_are_not_scored():
    result = strength(ratings_of({"rival1": SCORES["rival1"]}))

    assert result.in_unknown_territory
    assert codes(result)[0] is StrengthReason.US_UNSCORED


def test_sole_source_is_compared_with_a_substitute():
    ratings = ratings_of({"us": SCORES["us"], "own plant": SCORES["rival1"]})

    without = strength(ratings_of({"us": SCORES["us"]}), alternatives=[], sole_source=True)
    against = strength(ratings, alternatives=[Alternative("own plant", AlternativeKind.IN_HOUSE)], sole_source=True)

    assert codes(without) == [StrengthReason.SOLE_SOURCE]
    assert against.ratio == pytest.approx(1.0214, abs=5e-5)
    assert against.reasons == ()


def test_comparison_without_any_rival_is_remarked():
    ratings = ratings_of({"us": SCORES["us"], "nothing": SCORES["rival1"]})

    result = strength(ratings, alternatives=[Alternative("nothing", AlternativeKind.DO_NOTHING)])

    assert codes(result) == [StrengthReason.NO_RIVAL]


def test_prospect_is_an_expectation():
    assert codes(strength(ratings_of(SCORES), prospect=True)) == [StrengthReason.EXPECTATION]


def test_partly_scored_rival_is_compared_on_common_factors_only():
    scores = SCORES | {"rival1": (7, 8, 7, None, None)}

    best = strength(ratings_of(scores), alternatives=RIVALS[:1] + RIVALS[1:])

    first = best.alternatives[0]
    assert (first.ours, first.theirs) == (pytest.approx(530 / 75), pytest.approx(550 / 75))
    assert first.coverage == pytest.approx(0.75)
    assert best.best.alternative == "rival1"
    assert best.strong is False


def test_thinly_scored_rival_does_not_decide_beside_a_well_scored_one():
    scores = SCORES | {"rival1": (10, None, None, None, None)}

    result = strength(ratings_of(scores))

    assert result.best.alternative == "rival2"
    assert not result.provisional


def test_only_thinly_scored_rivals_give_a_provisional_figure():
    result = strength(ratings_of({"us": SCORES["us"], "rival1": (10, None, None, None, None)}))

    assert result.ratio == pytest.approx(0.8)
    assert result.provisional
    assert result.in_unknown_territory
    assert StrengthReason.LOW_COVERAGE in codes(result)


def test_confidence_is_the_weight_that_is_not_guessed_on_either_side():
    ratings = ratings_of({"us": SCORES["us"]}) + [
        SupplierRating("rival1", key, score, grade, TODAY)
        for key, score, grade in zip(
            "abcde",
            SCORES["rival1"],
            [EvidenceGrade.TOLD, EvidenceGrade.OBSERVED, EvidenceGrade.GUESS, EvidenceGrade.GUESS, EvidenceGrade.GUESS],
            strict=True,
        )
    ]

    result = strength(ratings, alternatives=RIVALS[:1])

    assert result.evidence.confidence == pytest.approx(0.55)
    assert not result.evidence.hollow


def test_bubble_is_hollow_below_half():
    result = strength(ratings_of(SCORES, grade=EvidenceGrade.GUESS))

    assert (result.evidence.confidence, result.evidence.hollow) == (0, True)
    assert codes(result) == [StrengthReason.HOLLOW]


@pytest.mark.parametrize(
    ("observed_on", "share"), [(TODAY, 0), (date(2025, 7, 2), 0), (date(2025, 6, 1), 1), (None, 1)]
)
def test_ratings_older_than_twelve_months_or_undated_are_stale(observed_on, share):
    result = strength(ratings_of(SCORES, observed_on=observed_on))

    assert result.evidence.stale_share == share
    assert (StrengthReason.STALE in codes(result)) is bool(share)


@pytest.mark.parametrize(
    ("ratings", "alternatives", "message"),
    [
        ([SupplierRating("stranger", "a", 5, EvidenceGrade.TOLD)], RIVALS, "not part"),
        ([SupplierRating("us", "z", 5, EvidenceGrade.TOLD)], RIVALS, "not part"),
        ([SupplierRating("us", "a", 11, EvidenceGrade.TOLD)], RIVALS, "between 1 and 10"),
        ([SupplierRating("us", "a", 5, EvidenceGrade.TOLD)] * 2, RIVALS, "rated twice"),
        ([], [Alternative("us")], "once"),
    ],
)
def test_what_is_no_comparison_is_refused(ratings, alternatives, message):
    with pytest.raises(ValueError, match=message):
        strength(ratings, alternatives=alternatives)


@given(row, row, row)
def test_with_complete_scores_the_best_alternative_has_the_highest_total(us, first, second):
    result = strength(ratings_of({"us": us, "rival1": first, "rival2": second}))

    assert result.best.theirs == pytest.approx(max(other.theirs for other in result.alternatives))
    assert result.strong == (result.us.score >= result.best.theirs - 1e-9)


@given(row, row, st.integers(0, 4))
def test_a_better_score_of_ours_never_weakens_us(us, rival, place):
    better = [*us]
    better[place] = 10

    before = strength(ratings_of({"us": us, "rival1": rival}))
    after = strength(ratings_of({"us": better, "rival1": rival}))

    assert after.ratio >= before.ratio - 1e-9
    assert after.position >= before.position - 1e-9


@given(row, row, st.permutations(range(10)))
def test_the_order_of_the_ratings_changes_nothing(us, rival, order):
    ratings = ratings_of({"us": us, "rival1": rival})

    assert strength([ratings[place] for place in order]) == strength(ratings)


@given(row, row, st.sampled_from([0.001, 0.5, 3, 1000]))
def test_only_the_proportions_of_the_customers_weights_count(us, rival, scale):
    scaled = [Factor(factor.key, factor.weight * scale) for factor in FACTORS]
    ratings = ratings_of({"us": us, "rival1": rival})

    plain = strength(ratings)
    found = relative_strength(scaled, ratings, us="us", alternatives=RIVALS, today=TODAY)

    assert found.ratio == pytest.approx(plain.ratio)
    assert found.gap == pytest.approx(plain.gap)
    assert (found.strong, found.evidence.confidence) == (plain.strong, pytest.approx(plain.evidence.confidence))


@given(row, row, st.integers(0, 4))
def test_a_better_score_of_a_rival_never_strengthens_us(us, rival, place):
    better = [*rival]
    better[place] = 10

    before = strength(ratings_of({"us": us, "rival1": rival}))
    after = strength(ratings_of({"us": us, "rival1": better}))

    assert after.ratio <= before.ratio + 1e-9
    assert after.position <= before.position + 1e-9
