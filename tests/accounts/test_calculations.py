"""Digests and seals of the audit trail, as pure figures."""

from __future__ import annotations

import hashlib

from accounts.calculations import GENESIS, Differences, compare, row_digest, seal_digest


def test_a_digest_does_not_depend_on_the_order_of_keys_but_on_every_value() -> None:
    assert row_digest((1, {"a": 1, "b": 2})) == row_digest((1, {"b": 2, "a": 1}))
    assert row_digest((1, {"a": 1})) != row_digest((1, {"a": "1"}))
    assert len(row_digest(())) == 16


def test_a_seal_hangs_on_the_one_before() -> None:
    expected = hashlib.sha256(f"{GENESIS}:7:".encode() + b"x" * 16).hexdigest()

    assert seal_digest(GENESIS, 7, b"x" * 16) == expected
    assert seal_digest(expected, 7, b"x" * 16) != expected


def test_changed_added_and_missing_entries_are_told() -> None:
    sealed = b"".join(row_digest((number,)) for number in (1, 2, 3))

    assert compare(sealed, [(n, row_digest((n,))) for n in (1, 2, 3)]) == Differences((), 0)
    assert compare(sealed, [(1, row_digest((1,))), (2, row_digest(("x",))), (3, row_digest((3,)))]) == Differences(
        (2,), 1
    )
    assert compare(sealed, [(1, row_digest((1,))), (3, row_digest((3,)))]) == Differences((), 1)
    assert compare(sealed, [(n, row_digest((n,))) for n in (1, 2, 3, 4)]) == Differences((4,), 0)
