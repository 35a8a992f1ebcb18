"""Where a record is now that was merged into another."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models.expressions import RawSQL

from accounts.models import User

UP: Final = """
    WITH RECURSIVE up(id, merged_into_id, steps) AS (
        SELECT id, merged_into_id, 0 FROM {table} WHERE id = %s
        UNION SELECT t.id, t.merged_into_id, steps + 1 FROM {table} t JOIN up ON t.id = up.merged_into_id
        WHERE steps < 50
    )
    SELECT id FROM up WHERE merged_into_id IS NULL AND steps > 0
"""


def winner_of(model: type[models.Model], pk: int, user: User) -> Any | None:
    """The visible record into which this one was merged, over several merges; None where there is none to show."""
    statement = UP.format(table=f'"{model._meta.db_table}"')
    manager: Any = model._default_manager
    return manager.visible_to(user).filter(pk__in=RawSQL(statement, [pk])).first()  # noqa: S611 - the id is a parameter
