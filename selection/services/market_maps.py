"""Draw market maps, publish balanced ones for good, begin their next editions, hang accounts on their nodes (M08)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.querysets import visible_customers
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.market_words import problems_of
from selection.models import MapFlow, MapNode, MarketMap, NodeAccount, Segment
from selection.selectors.market_maps import Flow, Node, check_of, stored_parts

MOST_NODES: Final = 40
MOST_FLOWS: Final = 120
MOST_ACCOUNTS: Final = 200
HEADER: Final = frozenset({"name", "segment", "period", "unit", "currency", "note"})


@transaction.atomic
def create_map(
    *, by: User, nodes: Sequence[Node] = (), flows: Sequence[Flow] = (), **values: Any
) -> MarketMap:  # fmt: skip
    """A draft of a new map. Raises DomainError for a name that another map has, or parts that no map can have."""
    if not permissions.can_edit_maps(by):
        raise NotAllowed("market_map", Verb.CREATE)
    cleaned = _cleaned(values)
    if MarketMap.objects.filter(name=cleaned["name"]).exists():
        raise DomainError(_("There is a map of this name already. Make its next edition."), field="name")
    made = MarketMap.objects.create(**cleaned)
    _put_parts(made, nodes, flows)
    changes = {name: [None, _plain(value)] for name, value in cleaned.items() if value} | _counts(nodes, flows)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=made, changes=changes)
    return made


@transaction.atomic
def save_map(
    *,
    map_id: int,
    version: int | None,
    by: User,
    nodes: Sequence[Node] | None = None,
    flows: Sequence[Flow] | None = None,
    **values: Any,
) -> MarketMap:
    """Save a draft: its header, and its nodes and flows together (None: as they are). It need not balance yet.

    Raises StaleVersion when somebody saved first, DomainError once the edition is published.
    """
    found = _draft(map_id, version, by)
    cleaned = _cleaned({"name": found.name, **values}) if values else {}
    if (
        "name" in cleaned
        and MarketMap.objects.filter(name=cleaned["name"]).exclude(pk=found.pk).exclude(name=found.name).exists()
    ):
        raise DomainError(_("There is a map of this name already. Make its next edition."), field="name")
    if cleaned.get("name", found.name) != found.name and found.edition > 1:
        raise DomainError(_("The editions of a map have one name."), field="name")
    changes = {name: [_plain(one) for one in pair] for name, pair in found.apply(cleaned).items()}
    if nodes is not None and flows is not None:
        before = stored_parts(found)
        if (list(nodes), [_comparable(flow) for flow in flows]) != (before[0], [_comparable(one) for one in before[1]]):
            _put_parts(found, nodes, flows)
            changes |= _counts(nodes, flows, before=before)
            if not set(changes) & HEADER:
                found.touch()
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, changes=changes)
    return found


@transaction.atomic
def publish_map(*, map_id: int, version: int | None, by: User) -> MarketMap:
    """Publish a draft that balances; it stays as it is from now on, and the edition before is superseded.

    Raises DomainError that names the first node which is out, and by how much.
    """
    found = _draft(map_id, version, by)
    nodes, flows = stored_parts(found)
    check = check_of(nodes, flows)
    if not check.sound:
        raise DomainError(problems_of(check, {node.key: node.name for node in nodes})[0])
    for earlier in MarketMap.objects.select_for_update().filter(name=found.name, state=MarketMap.State.PUBLISHED):
        earlier.apply({"state": MarketMap.State.RETIRED})
    changes = found.apply(
        {"state": MarketMap.State.PUBLISHED, "published_at": timezone.now(), "published_by": by}
    )  # fmt: skip
    audit.record(action=AuditEntry.Action.APPROVE, by=by, subject=found, changes={"state": changes["state"]})
    return found


@transaction.atomic
def next_edition_of_map(*, map_id: int, by: User) -> MarketMap:
    """A draft that begins as a copy, accounts included. Raises DomainError while the next one is a draft already."""
    found: MarketMap = MarketMap.objects.visible_to(by).select_for_update(of=("self",)).get(pk=map_id)
    if not permissions.can_edit_maps(by):
        raise NotAllowed("market_map", Verb.CREATE)
    editions = MarketMap.objects.filter(name=found.name)
    if editions.filter(state=MarketMap.State.DRAFT).exists():
        raise DomainError(_("There is a draft of the next edition already. Go on with that one."))
    newest = editions.order_by("-edition").values_list("edition", flat=True)[0]
    header = {name: getattr(found, name) for name in HEADER}
    made = MarketMap.objects.create(**header, edition=newest + 1, supersedes=found)
    _put_parts(made, *stored_parts(found))
    keys = dict(made.nodes.values_list("key", "pk"))
    NodeAccount.objects.bulk_create(
        NodeAccount(node_id=keys[key], customer_id=customer)
        for key, customer in NodeAccount.objects.filter(node__map=found).values_list("node__key", "customer_id")
    )
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=made, changes={"supersedes": [None, str(found)]})
    return made


@transaction.atomic
def delete_draft(*, map_id: int, version: int | None, by: User) -> None:
    """Throw a draft away."""
    found = _draft(map_id, version, by)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=found, changes={"name": [str(found), None]})
    found.delete()


@transaction.atomic
def name_accounts(*, map_id: int, node_key: str, customer_ids: Collection[int], by: User) -> MapNode:
    """Hang exactly these customers, of those in sight, on a node; others that hang there and are out of sight stay."""
    found: MarketMap = MarketMap.objects.visible_to(by).select_for_update(of=("self",)).get(pk=map_id)
    if not permissions.can_edit_maps(by):
        raise NotAllowed("market_map", Verb.UPDATE)
    node = found.nodes.get(key=node_key)
    seen = visible_customers(by).order_by()
    wanted = set(seen.filter(pk__in=set(customer_ids)).values_list("pk", flat=True))
    if len(wanted) != len(set(customer_ids)):
        raise DomainError(_("Choose customers that you see."), field="customers")
    if len(wanted) > MOST_ACCOUNTS:
        raise DomainError(_("At most %(count)s accounts hang on a node.") % {"count": MOST_ACCOUNTS}, field="customers")
    there = set(node.accounts.filter(customer__in=seen.values("pk")).values_list("customer_id", flat=True))
    node.accounts.filter(customer__in=there - wanted).delete()
    NodeAccount.objects.bulk_create(NodeAccount(node=node, customer_id=pk) for pk in sorted(wanted - there))
    if wanted != there:
        changes = {"accounts": [sorted(there), sorted(wanted)]}
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, label=f"{found}: {node}", changes=changes)
    return node


def _draft(map_id: int, version: int | None, by: User) -> MarketMap:
    found: MarketMap = MarketMap.objects.visible_to(by).locked(map_id, version)
    if not permissions.can_edit_maps(by):
        raise NotAllowed("market_map", Verb.UPDATE)
    if found.state != MarketMap.State.DRAFT:
        raise DomainError(_("A published map stays as it is. Make the next edition."))
    return found


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - HEADER:
        raise ValueError(f"No part of a market map: {sorted(unknown)}")
    cleaned = {name: words.clean_text(value) if isinstance(value, str) else value for name, value in values.items()}
    if not cleaned.get("name"):
        raise DomainError(_("Give the map a name."), field="name")
    if "unit" in cleaned and not cleaned["unit"]:
        raise DomainError(_("Say what the volumes are counted in, such as tonnes."), field="unit")
    if isinstance(cleaned.get("segment"), int):
        cleaned["segment"] = Segment.objects.get(pk=cleaned["segment"])
    return cleaned


def _put_parts(found: MarketMap, nodes: Sequence[Node], flows: Sequence[Flow]) -> None:
    """Brings nodes and flows to what was given: what stays keeps its row and its history, by key and by ends."""
    _check_parts(nodes, flows)
    kept = {row.key: row for row in found.nodes.select_for_update()}
    found.nodes.exclude(key__in=[node.key for node in nodes]).delete()
    ids: dict[str, int] = {}
    for position, node in enumerate(nodes, start=1):
        values = {
            "name": node.name, "level": node.level, "decision_share": node.decision_share, "loss": node.loss,
            "position": position,
        }  # fmt: skip
        row = kept.get(node.key)
        if row is None:
            row = MapNode.objects.create(map=found, key=node.key, **values)
        else:
            row.apply(values)
        ids[node.key] = row.pk
    stored = {(row.source_id, row.target_id): row for row in found.flows.select_for_update()}
    for position, flow in enumerate(flows, start=1):
        ends = (ids[flow.source], ids[flow.target])
        amounts: dict[str, Any] = {
            "volume": flow.volume, "value": flow.value, "our_share": flow.our_share, "position": position,
            "rival_shares": {name: float(share) for name, share in (flow.rival_shares or {}).items()},
        }  # fmt: skip
        if row_of_flow := stored.pop(ends, None):
            row_of_flow.apply(amounts)
        else:
            MapFlow.objects.create(map=found, source_id=ends[0], target_id=ends[1], **amounts)
    found.flows.filter(pk__in=[row.pk for row in stored.values()]).delete()


def _check_parts(nodes: Sequence[Node], flows: Sequence[Flow]) -> None:
    keys = [node.key for node in nodes]
    if len(keys) > MOST_NODES or len(flows) > MOST_FLOWS:
        raise DomainError(
            _("A map has at most %(nodes)s nodes and %(flows)s flows.") % {"nodes": MOST_NODES, "flows": MOST_FLOWS},
            field="nodes",
        )
    if len(set(keys)) != len(keys) or len({node.name.casefold() for node in nodes}) != len(nodes):
        raise DomainError(_("Each node stands on the map once."), field="nodes")
    if any(node.level not in MapNode.Level.values or node.loss < 0 for node in nodes):
        raise DomainError(_("Each node has a level, and loses nothing or something."), field="nodes")
    ends = [(flow.source, flow.target) for flow in flows]
    if strangers := {end for pair in ends for end in pair} - set(keys):
        raise DomainError(
            _("A flow leads to or from %(node)s, which is not among the nodes.") % {"node": sorted(strangers)[0]},
            field="flows",
        )
    if len(set(ends)) != len(ends) or any(source == target for source, target in ends):
        raise DomainError(_("Each flow leads from one node to another, once."), field="flows")
    if any(flow.volume < 0 or (flow.value is not None and flow.value < 0) for flow in flows):
        raise DomainError(_("Volumes and values are never negative."), field="flows")
    shares = [node.decision_share for node in nodes] + [flow.our_share for flow in flows]
    shares += [share for flow in flows for share in (flow.rival_shares or {}).values()]
    if any(share is not None and not 0 <= share <= 1 for share in shares):
        raise DomainError(_("A share lies between 0 and 1."), field="flows")


def _comparable(flow: Flow) -> tuple[Any, ...]:
    rivals = {name: float(share) for name, share in (flow.rival_shares or {}).items()}
    return flow.source, flow.target, flow.volume, flow.value, flow.our_share, rivals


def _counts(
    nodes: Sequence[Node], flows: Sequence[Flow], before: tuple[Sequence[Node], Sequence[Flow]] = ((), ())
) -> dict[str, list[Any]]:
    """What the trail says of the parts: the volume of each flow that changed, by its ends, and the nodes."""

    def amounts(parts: Sequence[Flow]) -> dict[str, str]:
        return {f"{flow.source} > {flow.target}": f"{Decimal(flow.volume).normalize():f}" for flow in parts}

    was, now = amounts(before[1]), amounts(flows)
    differing = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
    found: dict[str, list[Any]] = {name: [was.get(name), now.get(name)] for name in differing}
    names = [[node.name for node in part] for part in (before[0], nodes)]
    return found | ({"nodes": list(names)} if names[0] != names[1] else {})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Segment) else value
