"""Market maps as descriptions that the drawing script understands, with their tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib import formats
from selection.models import MapNode, MarketMap
from selection.selectors.market_maps import Flow, MapPicture, NodeLine

ROLES = {MapNode.Level.US.value: "accent"}
MARK = "◆ "


def map_chart(found: MarketMap, picture: MapPicture) -> dict[str, Any] | None:
    """The flows from suppliers to final users; None while nothing flows or the flows run in a circle."""
    drawn = [flow for flow in picture.flows if flow.volume > 0]
    if not drawn or picture.check.circle:
        return None
    names = {line.node.key: _label(line) for line in picture.nodes}
    ends = {end for flow in drawn for end in (flow.source, flow.target)}
    if not ends <= names.keys():
        return None
    last = {line.node.key for line in picture.nodes if line.inflow and not line.outflow}
    return {
        "id": "market-map",
        "title": _("From suppliers to final users"),
        "note": _("%(mark)s at least 30 %% of the decisions") % {"mark": MARK.strip()} if picture.leverage else "",
        "summary": _("What flows from whom to whom, in %(unit)s; the table below has all figures.")
        % {"unit": found.unit},
        "size": "tall",
        "spec": {
            "kind": "sankey",
            "y": {"label": found.unit, "digits": 1},
            "nodes": [
                {"name": names[line.node.key], "last": line.node.key in last} | _role(line)
                for line in picture.nodes
                if line.node.key in ends
            ],
            "links": [
                {"source": names[flow.source], "target": names[flow.target], "value": float(flow.volume)}
                for flow in drawn
            ],
        },
        "table": flow_table(found, picture),
        "downloads": {"csv": reverse("selection:map-file", args=[found.pk]) + "?form=csv"} if found.pk else {},
    }


def flow_table(found: MarketMap, picture: MapPicture) -> dict[str, Any]:
    """The flows in rows: from, to, volume, part of the market, our share, value, rivals."""
    names = picture.names
    columns = [
        (_("From"), False), (_("To"), False), (f"{_('Volume')}, {found.unit}", True), (_("Of the market"), True),
        (_("Our share"), True), (f"{_('Value')}, {found.currency}", True), (_("Rivals"), False),
    ]  # fmt: skip
    return {
        "columns": [{"label": label, "numeric": numeric} for label, numeric in columns],
        "rows": [_row(flow, names, picture.check.market_size) for flow in picture.flows],
    }


def map_answer(found: MarketMap, picture: MapPicture) -> Sequence[str]:
    """What a map says, in sentences: size and our share, where it is decided; or what is wrong with it."""
    check = picture.check
    if count := len(picture.problems):
        return [
            ngettext(
                "The map is not sound yet: one point is open.",
                "The map is not sound yet: %(count)s points are open.",
                count,
            )
            % {"count": count}
        ]
    said = [_("The market is %(size)s %(unit)s.") % {"size": formats.number(check.market_size, 0), "unit": found.unit}]
    if check.our_share is not None:
        said.append(_("%(share)s of it is ours.") % {"share": formats.percent(check.our_share, 0)})
    if leverage := picture.leverage:
        said.append(
            _("%(nodes)s decide; key accounts hang there.")
            % {"nodes": formats.listing(_decides(line) for line in leverage)}
        )
    return said


def _decides(line: NodeLine) -> str:
    return f"{line.node.name} ({formats.percent(line.node.decision_share, 0)})"


def _label(line: NodeLine) -> str:
    return (MARK if line.is_leverage else "") + line.node.name


def _role(line: NodeLine) -> dict[str, str]:
    if line.conserved is False:
        return {"role": "bad"}
    role = ROLES.get(line.node.level)
    return {"role": role} if role else {}


def _row(flow: Flow, names: dict[str, str], market: float | None) -> list[str]:
    none = formats.undefined()
    rivals = [f"{name} {formats.percent(share, 0)}" for name, share in (flow.rival_shares or {}).items()]
    return [
        names.get(flow.source, flow.source),
        names.get(flow.target, flow.target),
        formats.number(flow.volume, 1),
        formats.percent(float(flow.volume) / market, 1) if market else none,
        none if flow.our_share is None else formats.percent(flow.our_share, 1),
        none if flow.value is None else formats.number(flow.value, 0),
        ", ".join(rivals),
    ]
