"""Market maps as their pages show them: the balance of each node, the cuts, what is decided where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import User
from customers.querysets import visible_customers
from selection.calculations import market_map as calculation
from selection.calculations.market_map import MapCheck, market_map_check
from selection.market_words import problems_of
from selection.models import MapFlow, MapNode, MarketMap, NodeAccount


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it is drawn or typed, stored or not yet."""

    key: str
    name: str
    level: str
    decision_share: Decimal | None = None
    loss: Decimal = Decimal(0)

    @property
    def is_influencer(self) -> bool:
        """Whether it decides and has no flow."""
        return self.level == MapNode.Level.INFLUENCER


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow as it is drawn or typed; `source` and `target` are keys of nodes."""

    source: str
    target: str
    volume: Decimal
    value: Decimal | None = None
    our_share: Decimal | None = None
    rival_shares: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node with what goes in and out; `is_leverage`: at least 30 % of the decisions are made here.

    `through` is the part of the market that passes the node, `our_share` our part of what flows into it.
    """

    node: Node
    inflow: float
    outflow: float
    gap: float
    conserved: bool | None
    is_leverage: bool
    through: float | None
    our_share: float | None
    accounts: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map with its check, whether it is stored or being typed."""

    nodes: Sequence[NodeLine]
    flows: Sequence[Flow]
    check: MapCheck
    problems: Sequence[str]
    value: Decimal | None

    @property
    def names(self) -> dict[str, str]:
        """The names of the nodes by key."""
        return {line.node.key: line.node.name for line in self.nodes}

    @property
    def leverage(self) -> Sequence[NodeLine]:
        """The nodes where the market is decided, the strongest first."""
        order = {key: place for place, key in enumerate(self.check.leverage)}
        return sorted((line for line in self.nodes if line.is_leverage), key=lambda line: order[line.node.key])


def map_rows(user: User) -> QuerySet[MarketMap]:
    """Editions of maps with the number of their nodes, drafts and published ones first."""
    rows: QuerySet[MarketMap] = MarketMap.objects.visible_to(user).select_related("segment")
    return rows.annotate(node_count=Count("nodes")).order_by("name", "-edition")


def stored_parts(found: MarketMap) -> tuple[list[Node], list[Flow]]:
    """The nodes and flows of a stored map, in two statements."""
    rows = list(found.nodes.all())
    keys = {row.pk: row.key for row in rows}
    nodes = [Node(row.key, row.name, row.level, row.decision_share, row.loss) for row in rows]
    return nodes, [_flow(row, keys) for row in found.flows.all()]


def picture_of(found: MarketMap, *, by: User) -> MapPicture:
    """The picture of a stored map, with the accounts of each node that the reader sees."""
    nodes, flows = stored_parts(found)
    accounts: dict[str, list[tuple[int, str]]] = {}
    seen = visible_customers(by).order_by().values("pk")
    named = NodeAccount.objects.filter(node__map=found, customer__in=seen).order_by("customer__name_sort")
    for key, pk, name in named.values_list("node__key", "customer_id", "customer__name"):
        accounts.setdefault(key, []).append((pk, name))
    return draw(nodes, flows, accounts=accounts)


def draw(
    nodes: Sequence[Node], flows: Sequence[Flow], *, accounts: Mapping[str, Sequence[tuple[int, str]]] | None = None
) -> MapPicture:
    """The picture of these parts. Raises ValueError for a node named twice, a negative volume, a share outside 0-1."""
    check = check_of(nodes, flows)
    by_key = {balance.key: balance for balance in check.nodes}
    lines = [
        NodeLine(
            node=node,
            inflow=(balance := by_key[node.key]).inflow,
            outflow=balance.outflow,
            gap=balance.inflow - balance.outflow - balance.loss if balance.conserved is not None else 0.0,
            conserved=balance.conserved,
            is_leverage=node.key in check.leverage,
            through=max(balance.inflow, balance.outflow) / check.market_size if check.market_size else None,
            our_share=_our_share(flows, node.key),
            accounts=(accounts or {}).get(node.key, ()),
        )
        for node in nodes
    ]
    names = {node.key: node.name for node in nodes}
    return MapPicture(lines, flows, check, problems_of(check, names), _users_pay(flows, lines))


def check_of(nodes: Iterable[Node], flows: Iterable[Flow]) -> MapCheck:
    """The check of the method (M08) over these parts."""
    return market_map_check(
        [
            calculation.MapNode(node.key, _number(node.decision_share), float(node.loss), node.is_influencer)
            for node in nodes
        ],
        [
            calculation.MapFlow(
                flow.source,
                flow.target,
                float(flow.volume),
                _number(flow.our_share),
                tuple((name, float(share)) for name, share in (flow.rival_shares or {}).items()),
            )
            for flow in flows
        ],
    )


def _flow(row: MapFlow, keys: Mapping[int, str]) -> Flow:
    rivals = {name: Decimal(str(share)) for name, share in row.rival_shares.items()}
    return Flow(keys[row.source_id], keys[row.target_id], row.volume, row.value, row.our_share, rivals)


def _our_share(flows: Sequence[Flow], key: str) -> float | None:
    """Our part of what flows into a node, or out of one that receives nothing, over flows whose share is known."""
    into = [flow for flow in flows if flow.target == key] or [flow for flow in flows if flow.source == key]
    known = [(float(flow.volume), float(flow.our_share)) for flow in into if flow.our_share is not None]
    total = sum(volume for volume, _share in known)
    return sum(volume * share for volume, share in known) / total if total else None


def _users_pay(flows: Sequence[Flow], lines: Sequence[NodeLine]) -> Decimal | None:
    """What the final users pay: the value of the flows into nodes that pass nothing on; None where one is unknown."""
    ends = {line.node.key for line in lines if line.inflow and not line.outflow}
    values: list[Any] = [flow.value for flow in flows if flow.target in ends]
    return sum(values, Decimal(0)) if values and None not in values else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
