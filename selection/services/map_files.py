"""A market map as a file, out and in: its nodes, then its flows, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import IO, Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib.errors import DomainError
from kcrm.lib.export import ExportColumn, Table
from selection.models import MapNode, MarketMap
from selection.selectors.market_maps import Flow, Node, stored_parts
from selection.services.market_maps import save_map
from selection.services.typed_files import lines_of

COLUMNS: Final = ("part", "name", "level", "decides", "loss", "from", "to", "volume", "value", "our_share", "rivals")
NODE: Final = "node"
FLOW: Final = "flow"


def map_table(found: MarketMap) -> Table:
    """Nodes and flows of a map, shares as fractions, rivals as `name: share; name: share`."""
    nodes, flows = stored_parts(found)
    names = {node.key: node.name for node in nodes}
    columns = [ExportColumn(name, name) for name in COLUMNS]

    def rows() -> Iterator[list[Any]]:
        for node in nodes:
            yield [NODE, node.name, node.level, _plain(node.decision_share), _plain(node.loss), *[""] * 6]
        for flow in flows:
            yield [
                FLOW, *[""] * 4, names[flow.source], names[flow.target], _plain(flow.volume), _plain(flow.value),
                _plain(flow.our_share), rivals_text(flow.rival_shares or {}),
            ]  # fmt: skip

    return Table(key=f"market-map-{found.pk}", title=str(found), columns=columns, rows=rows())


def load_map(*, map_id: int, version: int | None, file: IO[bytes], by: User) -> MarketMap:
    """Replace the nodes and flows of a draft by those of a file. Raises DomainError that names the line at fault."""
    lines = lines_of(file, too_large=_("The file is too large for a market map."))
    nodes, flows = parts_of(lines)
    return save_map(map_id=map_id, version=version, nodes=nodes, flows=flows, by=by)


def parts_of(lines: Sequence[Sequence[Any]]) -> tuple[list[Node], list[Flow]]:
    """The nodes and flows of these lines, the header first. Raises DomainError that names the line at fault."""
    header = [str(text).strip().lower() for text in lines[0]] if lines else []
    if missing := [name for name in ("part", "name", "from", "to", "volume") if name not in header]:
        raise DomainError(
            _("The file needs the column %(name)s, as in the file that can be downloaded.") % {"name": missing[0]},
            field="file",
        )
    rows = [
        (number, {name: str(text or "").strip() for name, text in zip(header, line, strict=False)})
        for number, line in enumerate(lines[1:], start=2)
        if any(str(text or "").strip() for text in line)
    ]
    nodes = [_node(number, row) for number, row in rows if row["part"].lower() == NODE]
    keys = {node.name.casefold(): node.key for node in nodes}
    flows = [_flow(number, row, keys) for number, row in rows if row["part"].lower() == FLOW]
    if stranger := next((pair for pair in rows if pair[1]["part"].lower() not in {NODE, FLOW}), None):
        raise _at(stranger[0], _("a line is a node or a flow"))
    return nodes, flows


def key_of(name: str) -> str:
    """The key of a node that is called so."""
    return slugify(name, allow_unicode=True)[:40] or "node"


def rivals_text(shares: Mapping[str, Any]) -> str:
    """Shares of rivals in one cell."""
    return "; ".join(f"{name}: {_plain(Decimal(str(share)))}" for name, share in shares.items())


def rivals_of(text: str) -> dict[str, Decimal]:
    """What `rivals_text` gave, understood again. Raises ValueError."""
    found = {}
    for one in text.replace("\n", ";").split(";"):
        if one.strip():
            name, _colon, share = one.replace("：", ":").rpartition(":")
            if not name.strip():
                raise ValueError(one)
            found[name.strip()[:80]] = Decimal(share.strip())
    return found


def _node(number: int, row: Mapping[str, str]) -> Node:
    level = row.get("level", "").lower()
    if not row["name"] or level not in MapNode.Level.values:
        raise _at(
            number,
            _("a node needs a name and one of the levels %(levels)s") % {"levels": ", ".join(MapNode.Level.values)},
        )
    return Node(
        key_of(row["name"]), row["name"][:80], level, _decimal(number, row, "decides"),
        _decimal(number, row, "loss") or Decimal(0),
    )  # fmt: skip


def _flow(number: int, row: Mapping[str, str], keys: Mapping[str, str]) -> Flow:
    ends = [keys.get(row[name].casefold()) for name in ("from", "to")]
    volume = _decimal(number, row, "volume")
    if ends[0] is None or ends[1] is None or volume is None:
        raise _at(number, _("a flow needs two nodes of the file and a volume"))
    try:
        rivals = rivals_of(row.get("rivals", ""))
    except (ValueError, InvalidOperation):
        raise _at(number, _("rivals are written as name: share; name: share")) from None
    return Flow(
        ends[0], ends[1], volume, _decimal(number, row, "value"), _decimal(number, row, "our_share"), rivals
    )  # fmt: skip


def _decimal(number: int, row: Mapping[str, str], name: str) -> Decimal | None:
    text = row.get(name, "").replace(" ", "")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise _at(number, _("%(text)s in %(name)s is not a number") % {"text": text, "name": name})
    return found


def _at(number: int, problem: str) -> DomainError:
    return DomainError(_("Line %(number)s: %(problem)s.") % {"number": number, "problem": problem}, field="file")


def _plain(value: Any) -> str:
    return "" if value is None else f"{Decimal(value).normalize():f}"
