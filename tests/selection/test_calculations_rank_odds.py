"""Would other raters have chosen other customers."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.rank_odds import rank_odds
from selection.calculations.raters import Rating
from selection.calculations.scoring import Factor, weighted_score

FACTORS = [Factor("size", 60), Factor("growth", 40)]


def panel(**scores: tuple[float, ...]) -> list[Rating]:
    return [
        Rating(f"rater {place}", factor, score)
        for factor, given_scores in scores.items()
        for place, score in enumerate(given_scores)
    ]


RATINGS = {
    "north": panel(size=(9, 8, 9), growth=(4, 5, 4)),
    "east": panel(size=(6, 9, 4), growth=(8, 9, 6)),
    "south": panel(size=(3, 3, 3), growth=(3, 3, 3)),
}


def odds_of(ratings=RATINGS, seed: int = 12, **options):
    return {one.key: one for one in rank_odds(FACTORS, ratings, rng=random.Random(seed), top=1, **options)}  # noqa: S311


def test_same_seed_gives_the_same_odds():
    assert odds_of() == odds_of()
    assert odds_of() != odds_of(seed=13)


def test_two_close_accounts_share_the_first_place():
    odds = odds_of()

    assert [one.rank for one in odds.values()] == [1, 2, 3]
    assert 0.5 < odds["north"].top_share < 0.9
    assert odds["north"].top_share + odds["east"].top_share == pytest.approx(1, abs=0.06)
    assert (odds["south"].rank_best, odds["south"].rank_worst, odds["south"].top_share) == (3, 3, 0)


def test_raters_who_agree_leave_nothing_to_chance():
    agreed = odds_of({"one": panel(size=(7, 7), growth=(5, 5)), "two": panel(size=(4,), growth=(6,))})

    expected = weighted_score(FACTORS, {"size": 7, "growth": 5}).score
    assert (agreed["one"].score_low, agreed["one"].score_high) == pytest.approx((expected, expected))
    assert (agreed["one"].top_share, agreed["one"].high_share, agreed["two"].high_share) == (1, 1, 0)


def test_consensus_does_not_vary():
    odds = odds_of({"one": panel(size=(1, 10), growth=(5, 5))}, consensus={"one": {"size": 6}})

    assert (odds["one"].score_low, odds["one"].score_high) == pytest.approx((5.6, 5.6))


def test_account_that_may_not_be_ranked_takes_no_part():
    assert set(odds_of(RATINGS | {"thin": panel(growth=(9, 9))})) == set(RATINGS)
    assert odds_of({}) == {}


def test_simulation_without_a_run_is_refused():
    with pytest.raises(ValueError, match="at least one run"):
        odds_of(runs=0)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_ratings_changes_nothing(rng: random.Random):
    shuffled = {key: rng.sample(given_ratings, len(given_ratings)) for key, given_ratings in RATINGS.items()}

    assert odds_of(shuffled, runs=20) == odds_of(runs=20)
