"""Where the market flows and where it is decided (M08): a map without circles whose flows must balance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import exceeds, ratio, reaches
from selection.calculations.map_order import find_circle, levels

TOLERANCE_SHARE = 0.005
LEVERAGE_FROM = 0.30


class MapReason(StrEnum):
    """What is wrong with a market map."""

    CIRCLE = "flows_in_a_circle"
    UNKNOWN_NODE = "flow_of_unknown_node"
    INFLUENCER_WITH_FLOW = "influencer_with_flow"
    NOT_CONSERVED = "inflow_is_not_outflow"
    LOSS_WITHOUT_INFLOW = "loss_without_inflow"
    SHARES_OVER_FULL = "shares_over_100"
    DECISIONS_NOT_FULL = "decisions_not_100"
    NO_FLOW = "no_flow"


@dataclass(frozen=True, slots=True)
class MapNode:
    """A type of firm: supplier, distributor, contractor, specifier, fabricator, retailer, user.

    ``decision_share`` is the part of the buying decisions made here, 0-1, None where it is not known; ``loss`` the
    volume that goes in and never comes out. An influencer decides and has no flow.
    """

    key: str
    decision_share: float | None = None
    loss: float = 0.0
    influencer: bool = False


@dataclass(frozen=True, slots=True)
class MapFlow:
    """What flows from one node to the next: volume, our share of it and the shares of rivals, 0-1."""

    source: str
    target: str
    volume: float
    our_share: float | None = None
    rival_shares: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class NodeBalance:
    """What goes into a node and comes out of it; ``conserved`` is None where the map begins or ends there."""

    key: str
    inflow: float
    outflow: float
    loss: float
    conserved: bool | None


@dataclass(frozen=True, slots=True)
class MapCut:
    """A full cut through the map after one level: what crosses it and what was lost before, with market size = 100.

    Both together are 100 on a map that balances.
    """

    after_level: int
    crossing: float
    lost: float

    @property
    def total(self) -> float:
        """Gives what the cut accounts for, of 100."""
        return self.crossing + self.lost


@dataclass(frozen=True, slots=True)
class MapCheck:
    """Whether a market map holds together, and what it says.

    ``market_size`` is the volume that enters the map, None where nothing flows. ``our_share`` is our part of the
    entering volume whose share is known, None where none is. ``leverage`` are the nodes with at least 30 % of the
    decisions, the highest first: key accounts hang there.
    """

    market_size: float | None
    circle: tuple[str, ...]
    nodes: tuple[NodeBalance, ...]
    cuts: tuple[MapCut, ...]
    our_share: float | None
    leverage: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def sound(self) -> bool:
        """Says whether the map may be used."""
        return not self.reasons


def market_map_check(
    nodes: Sequence[MapNode], flows: Sequence[MapFlow], *, tolerance: float = TOLERANCE_SHARE
) -> MapCheck:
    """Checks a market map: no circle, inflow = outflow + loss, each full cut totals 100 (M08).

    ``tolerance`` is the share of the market size by which a node may miss. Where the flows run in a circle there are
    no cuts. Raises ValueError for a node named twice, a negative volume or loss, or a share outside 0-1.
    """
    _check_numbers(nodes, flows)
    known = {node.key for node in nodes}
    strangers = {end for flow in flows for end in (flow.source, flow.target)} - known
    inside = [flow for flow in flows if flow.source in known and flow.target in known]
    successors: dict[str, list[str]] = {node.key: [] for node in nodes}
    for flow in inside:
        successors[flow.source].append(flow.target)
    circle = find_circle(successors)
    inflow = _volumes(nodes, inside, incoming=True)
    outflow = _volumes(nodes, inside, incoming=False)
    sources = {key for key in known if inflow[key] == 0}
    size = math.fsum(outflow[key] for key in sources) or None
    slack = tolerance * (size or 0.0)
    balances = tuple(_balance(node, inflow[node.key], outflow[node.key], slack) for node in nodes)
    entering = [flow for flow in inside if flow.source in sources and flow.our_share is not None]
    ours = math.fsum(flow.volume * flow.our_share for flow in entering if flow.our_share is not None)
    decided = [(node.decision_share, node.key) for node in nodes if node.decision_share is not None]
    leverage = [(share, key) for share, key in decided if reaches(share, LEVERAGE_FROM)]
    return MapCheck(
        market_size=size,
        circle=circle,
        nodes=balances,
        cuts=() if circle or size is None else _cuts(nodes, inside, levels(successors), size),
        our_share=ratio(ours, math.fsum(flow.volume for flow in entering)),
        leverage=tuple(key for _, key in sorted(leverage, key=lambda pair: -pair[0])),
        reasons=tuple(_remarks(nodes, inside, sorted(strangers), circle, balances, [share for share, _ in decided])),
    )


def _check_numbers(nodes: Sequence[MapNode], flows: Sequence[MapFlow]) -> None:
    if len({node.key for node in nodes}) != len(nodes):
        raise ValueError("a node stands on the map once")
    if any(node.loss < 0 for node in nodes) or any(flow.volume < 0 for flow in flows):
        raise ValueError("volumes and losses are never negative")
    shares = [node.decision_share for node in nodes] + [flow.our_share for flow in flows]
    shares += [share for flow in flows for _, share in flow.rival_shares]
    if any(share is not None and not 0 <= share <= 1 for share in shares):
        raise ValueError("a share lies between 0 and 1")


def _volumes(nodes: Sequence[MapNode], flows: Iterable[MapFlow], *, incoming: bool) -> dict[str, float]:
    volumes: dict[str, list[float]] = {node.key: [] for node in nodes}
    for flow in flows:
        volumes[flow.target if incoming else flow.source].append(flow.volume)
    return {key: math.fsum(parts) for key, parts in volumes.items()}


def _balance(node: MapNode, inflow: float, outflow: float, slack: float) -> NodeBalance:
    at_an_end = inflow == 0 or outflow == 0
    conserved = None if at_an_end else not exceeds(abs(inflow - outflow - node.loss), slack)
    return NodeBalance(node.key, inflow, outflow, node.loss, conserved)


def _cuts(
    nodes: Sequence[MapNode], flows: Sequence[MapFlow], level: Mapping[str, int], size: float
) -> tuple[MapCut, ...]:
    """Cuts after each level; a flow that skips levels crosses every cut on its way."""

    def cut(after: int) -> MapCut:
        crossing = math.fsum(flow.volume for flow in flows if level[flow.source] <= after < level[flow.target])
        lost = math.fsum(node.loss for node in nodes if level[node.key] <= after)
        return MapCut(after_level=after, crossing=100 * crossing / size, lost=100 * lost / size)

    return tuple(cut(after) for after in range(max(level.values())))


def _remarks(
    nodes: Sequence[MapNode],
    flows: Sequence[MapFlow],
    strangers: Sequence[str],
    circle: Sequence[str],
    balances: Sequence[NodeBalance],
    decisions: Sequence[float],
) -> Iterable[Reason]:
    for key in strangers:
        yield reason(MapReason.UNKNOWN_NODE, key)
    if not any(flow.volume for flow in flows):
        yield reason(MapReason.NO_FLOW)
    if circle:
        yield reason(MapReason.CIRCLE, " > ".join(circle))
    ends = {end for flow in flows for end in (flow.source, flow.target)}
    for node in nodes:
        if node.influencer and node.key in ends:
            yield reason(MapReason.INFLUENCER_WITH_FLOW, node.key)
    for found in balances:
        if found.conserved is False:
            yield reason(
                MapReason.NOT_CONSERVED, found.key, inflow=found.inflow, outflow=found.outflow, loss=found.loss
            )
        if found.loss and not found.inflow:
            yield reason(MapReason.LOSS_WITHOUT_INFLOW, found.key, loss=found.loss)
    for flow in flows:
        shares = math.fsum([flow.our_share or 0.0, *(share for _, share in flow.rival_shares)])
        if exceeds(shares, 1.0):
            yield reason(MapReason.SHARES_OVER_FULL, f"{flow.source} > {flow.target}", total=shares)
    total = math.fsum(decisions)
    if decisions and exceeds(abs(total - 1.0), TOLERANCE_SHARE):
        yield reason(MapReason.DECISIONS_NOT_FULL, total=total)
