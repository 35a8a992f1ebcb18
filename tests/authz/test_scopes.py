"""What the matrix opens to tokens names the scopes that open it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcrm.lib.access import Verb, token_allows
from kcrm.lib.access.matrix import MATRIX, load


@pytest.mark.parametrize("resource", sorted(key for key, row in MATRIX.items() if row.api_verbs))
def test_a_token_of_the_named_scopes_comes_in_and_one_of_none_stays_out(resource: str) -> None:
    row = MATRIX[resource]
    for verb in row.api_verbs:
        scope = row.api_read if verb is Verb.READ else row.api_write
        assert token_allows(resource, verb, {scope})
        assert not token_allows(resource, verb, set())


def test_a_row_without_its_scope_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "matrix.toml"
    path.write_text('[thing]\nlabel = "Thing"\nclass = "F1"\nDIR = "a R"\napi = "R"\n', encoding="utf-8")

    with pytest.raises(ValueError, match="thing"):
        load(path)
