"""Low, medium, high."""

from __future__ import annotations

import pytest

from selection.calculations.bands import Band, BandEdges, index_band
from selection.calculations.scoring import index_of_100


@pytest.mark.parametrize(
    ("index", "band"),
    [
        (0, Band.LOW),
        (39.99, Band.LOW),
        (40, Band.MEDIUM),
        (69.99, Band.MEDIUM),
        (70, Band.HIGH),
        (100, Band.HIGH),
        (None, None),
    ],
)
def test_band_of_an_index(index, band):
    assert index_band(index) is band


def test_score_of_exactly_the_edge_is_not_lost_to_rounding():
    assert index_band(index_of_100(7.3)) is Band.HIGH
    assert index_band(index_of_100(4.6)) is Band.MEDIUM


def test_edges_out_of_order_are_refused():
    with pytest.raises(ValueError, match="below"):
        BandEdges(medium=70, high=40)
