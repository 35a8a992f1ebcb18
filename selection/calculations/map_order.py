"""Order in a market map (M08): a circle, if there is one, and the level at which each node stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Successors = Mapping[str, Sequence[str]]
"""To which nodes each node sends something; every node is a key."""


def find_circle(successors: Successors) -> tuple[str, ...]:
    """Finds one circle of flows, in order and closed with its first node; empty where there is none."""
    finished: set[str] = set()
    for start in successors:
        path: list[str] = []
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                path.pop()
                finished.add(node)
            elif node in path:
                return (*path[path.index(node) :], node)
            elif node not in finished:
                path.append(node)
                waiting.append((node, True))
                waiting.extend((following, False) for following in reversed(successors[node]))
    return ()


def levels(successors: Successors) -> dict[str, int]:
    """Gives each node its level, 0 for those who receive nothing, else one below the lowest that supplies it.

    Final users (who receive and pass nothing on) all stand on the last level, so that every level can be cut
    through. The map must have no circle.
    """
    suppliers: dict[str, list[str]] = {node: [] for node in successors}
    for node, following in successors.items():
        for one in following:
            suppliers[one].append(node)
    level: dict[str, int] = {}
    waiting = list(successors)
    while waiting:
        node = waiting.pop()
        missing = [one for one in suppliers[node] if one not in level]
        if missing:
            waiting.extend([node, *missing])
        else:
            level[node] = max((level[one] + 1 for one in suppliers[node]), default=0)
    last = max(level.values(), default=0)
    return {node: last if suppliers[node] and not successors[node] else level[node] for node in successors}
