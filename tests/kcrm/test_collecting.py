"""What is there is set aside for a block, once, and given back."""

from __future__ import annotations

import gc

import pytest

from kcrm.lib.collecting import set_aside


def test_blocks_within_each_other_give_back_once() -> None:
    with set_aside():
        with set_aside():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0

    assert gc.get_freeze_count() == 0


def test_a_block_that_fails_gives_back_too() -> None:
    with pytest.raises(ValueError, match="no"), set_aside():
        raise ValueError("no")

    assert gc.get_freeze_count() == 0
