"""Where the market flows and where it is decided (M08)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.map_order import find_circle, levels
from selection.calculations.market_map import MapFlow, MapNode, MapReason, market_map_check

NODES = [
    MapNode("us", 0.0),
    MapNode("rivals", 0.0),
    MapNode("distributor", 0.30),
    MapNode("contractor", 0.45, loss=5),
    MapNode("user", 0.10),
    MapNode("architect", 0.15, influencer=True),
]
FLOWS = [
    MapFlow("us", "distributor", 60, our_share=1.0),
    MapFlow("us", "contractor", 20, our_share=1.0),
    MapFlow("rivals", "distributor", 120, our_share=0.0),
    MapFlow("distributor", "contractor", 130, our_share=0.3, rival_shares=(("first", 0.4), ("second", 0.3))),
    MapFlow("distributor", "user", 50, our_share=0.42),
    MapFlow("contractor", "user", 145),
]


def codes(check) -> list[tuple[MapReason, str]]:
    return [(found.code, found.subject) for found in check.reasons]


def test_worked_map_balances_and_every_cut_totals_100():
    check = market_map_check(NODES, FLOWS)

    assert check.sound
    assert check.market_size == 200
    assert [(cut.after_level, cut.crossing, cut.lost, cut.total) for cut in check.cuts] == [
        (0, 100, 0, 100),
        (1, 100, 0, 100),
        (2, 97.5, 2.5, 100),
    ]
    assert check.our_share == 0.4
    assert check.leverage == ("contractor", "distributor")


def test_circle_is_named_and_leaves_no_cuts():
    check = market_map_check(NODES, [*FLOWS, MapFlow("contractor", "distributor", 1)])

    assert check.circle == ("distributor", "contractor", "distributor")
    assert check.cuts == ()
    assert (MapReason.CIRCLE, "distributor > contractor > distributor") in codes(check)


def test_node_that_does_not_conserve_is_named():
    check = market_map_check(NODES, [*FLOWS[:-1], MapFlow("contractor", "user", 140)])

    assert codes(check) == [(MapReason.NOT_CONSERVED, "contractor")]
    assert check.reasons[0].figures == (("inflow", 150), ("outflow", 140), ("loss", 5))
    assert check.cuts[-1].total == 97.5


def test_miss_within_half_a_percent_of_the_market_is_rounding():
    assert market_map_check(NODES, [*FLOWS[:-1], MapFlow("contractor", "user", 144)]).sound
    assert not market_map_check(NODES, [*FLOWS[:-1], MapFlow("contractor", "user", 143.9)]).sound


@pytest.mark.parametrize(
    ("nodes", "flows", "found"),
    [
        (NODES, [*FLOWS, MapFlow("us", "ghost", 1)], (MapReason.UNKNOWN_NODE, "ghost")),
        (NODES, [*FLOWS, MapFlow("architect", "user", 0)], (MapReason.INFLUENCER_WITH_FLOW, "architect")),
        (NODES, [*FLOWS[:-1], MapFlow("contractor", "user", 145, 0.7, (("x", 0.4),))],
         (MapReason.SHARES_OVER_FULL, "contractor > user")),
        ([*NODES[:-1], MapNode("architect", 0.25, influencer=True)], FLOWS, (MapReason.DECISIONS_NOT_FULL, "")),
        ([*NODES, MapNode("mill", loss=3)], FLOWS, (MapReason.LOSS_WITHOUT_INFLOW, "mill")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(nodes, flows, found):
    assert codes(market_map_check(nodes, flows)) == [found]


def test_empty_map_is_undefined_not_zero():
    check = market_map_check([], [])

    assert (check.market_size, check.our_share, check.cuts) == (None, None, ())
    assert codes(check) == [(MapReason.NO_FLOW, "")]


def test_flow_without_a_known_share_does_not_count_as_nothing():
    flows = [MapFlow("us", "user", 50, our_share=1.0), MapFlow("rivals", "user", 150)]

    assert market_map_check(NODES, flows).our_share == 1.0


@pytest.mark.parametrize(
    ("nodes", "flows", "message"),
    [
        ([MapNode("a"), MapNode("a")], [], "once"),
        ([MapNode("a", loss=-1)], [], "never negative"),
        ([MapNode("a"), MapNode("b")], [MapFlow("a", "b", -1)], "never negative"),
        ([MapNode("a", 1.1)], [], "between 0 and 1"),
    ],
)
def test_numbers_that_are_none_are_refused(nodes, flows, message):
    with pytest.raises(ValueError, match=message):
        market_map_check(nodes, flows)


def test_node_that_supplies_itself_is_a_circle():
    assert find_circle({"a": ["a"]}) == ("a", "a")


def test_final_users_all_stand_on_the_last_level():
    found = levels({"mill": ["trade", "user"], "trade": ["shop"], "shop": ["home"], "user": [], "home": []})

    assert found == {"mill": 0, "trade": 1, "shop": 2, "user": 3, "home": 3}


@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 50)), max_size=20, unique_by=lambda e: e[:2]
    )
)
def test_every_cut_of_a_random_map_that_conserves_totals_100(edges):
    nodes = [str(number) for number in range(8)]
    forward = [(min(one, two), max(one, two), volume) for one, two, volume in edges if one != two]
    flows = [MapFlow(str(one), str(two), volume) for one, two, volume in forward]
    balance = {node: sum(f.volume for f in flows if f.target == node) for node in nodes}
    # What a node takes in and does not pass on goes to the user; what it lacks comes from the mill.
    for node in nodes:
        missing = balance[node] - sum(f.volume for f in flows if f.source == node)
        if missing > 0:
            flows.append(MapFlow(node, "user", missing))
        elif missing < 0:
            flows.append(MapFlow("mill", node, -missing))

    check = market_map_check([MapNode(node) for node in [*nodes, "mill", "user"]], flows)

    assert check.circle == ()
    assert all(cut.total == pytest.approx(100) for cut in check.cuts)
    assert check.sound or not flows


@given(st.permutations(range(len(NODES))), st.permutations(range(len(FLOWS))), st.sampled_from([0.5, 1000]))
def test_neither_the_order_nor_the_unit_of_volume_changes_what_a_map_says(nodes, flows, scale):
    drawn = [replace(NODES[place], loss=NODES[place].loss * scale) for place in nodes]
    flowing = [replace(FLOWS[place], volume=FLOWS[place].volume * scale) for place in flows]

    check, plain = market_map_check(drawn, flowing), market_map_check(NODES, FLOWS)

    assert check.sound
    assert check.market_size == pytest.approx(plain.market_size * scale)
    assert (check.our_share, check.leverage) == (pytest.approx(plain.our_share), plain.leverage)
    assert [cut.total for cut in check.cuts] == pytest.approx([cut.total for cut in plain.cuts])
