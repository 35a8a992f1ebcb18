"""Explanations are kept small and come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.scoring import Factor, weighted_score
from selection.models.parts import packed, unpacked

SCORE = st.one_of(st.none(), st.floats(1, 10).map(lambda value: round(value, 6)))
MEASURED = {"key": "sales", "weight": 60.0, "score": 4.0, "contribution": 2.4, "figure": 12.5}
JUDGED = {
    "key": "fit", "weight": 40.0, "score": 4.0, "contribution": 1.6, "raters": 2, "range": 4.0, "discuss": True,
}  # fmt: skip
UNKNOWN = {"key": "new", "weight": 10.0, "score": None, "contribution": None}


def test_keys_of_the_parts_are_not_written_again_and_again():
    parts = [MEASURED, JUDGED, UNKNOWN, UNKNOWN | {"figure": None}]

    assert packed(parts) == [
        ["sales", 60.0, 4.0, 12.5],
        ["fit", 40.0, 4.0, {"raters": 2, "range": 4.0, "discuss": True}],
        ["new", 10.0, None],
        ["new", 10.0, None, None],
    ]
    assert unpacked(packed(parts)) == parts


def test_what_is_written_otherwise_stays_as_it_is():
    for parts in ([{"key": "old", "score": 3.0}], [MEASURED | {"contribution": 9.9}], [MEASURED | {"source": "x"}], []):
        assert packed(parts) == parts
        assert unpacked(parts) == parts


@given(scores=st.lists(SCORE, min_size=1, max_size=12), weights=st.data())
def test_contributions_are_those_of_the_engine(scores, weights):
    factors = [Factor(str(at), weights.draw(st.integers(1, 40))) for at, _score in enumerate(scores)]

    parts = unpacked([[one.key, one.weight, score] for one, score in zip(factors, scores, strict=True)])

    result = weighted_score(factors, {str(at): score for at, score in enumerate(scores)})
    for part, wanted in zip(parts, result.factors, strict=True):
        assert part["contribution"] == (None if wanted.contribution is None else round(wanted.contribution, 6))
