"""What depends on nothing but what it is made from, markup or a statement: made once, then taken from memory.

Never for what depends on a clock, on rows that are not part of the key, or on rights: those are decided for every
request, and what came out of the decision belongs into the key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class Drawn(Generic[Piece]):
    """So many pieces by what they are made from; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Piece] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Piece]) -> Piece:
        """The piece for the key; `make` makes it where nobody has asked for it lately. Raises TypeError (key)."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
