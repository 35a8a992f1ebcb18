"""The two functions of the database that every trigger of the history calls, made to cost the same for every row.

As pghistory and pgtrigger bring them they ask for a setting and catch the exception when there is none. Each such
exception ends a subtransaction, and PostgreSQL then looks through all constraints that wait for the end of the
transaction: a statement over 60,000 rows spent twelve seconds on that, one over 100,000 thirty-four. The context was
also inserted again for every row. Both libraries write their functions anew with every migration, so these are put in
place after each `migrate`.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connections

# The mark ends with the transaction, or with the savepoint that takes the insert back.
ATTACH: Final = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
DECLARE
    asked text := nullif(current_setting('pghistory.context_id', true), '');
    told text := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF asked IS NULL OR told IS NULL THEN
        RETURN NULL;
    END IF;
    IF current_setting('kcrm.attached_context', true) = asked || told THEN
        RETURN asked::uuid;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
        VALUES (asked::uuid, told::jsonb, now(), now())
        ON CONFLICT (id) DO UPDATE SET metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
        WHERE pghistory_context.metadata != EXCLUDED.metadata;
    PERFORM set_config('kcrm.attached_context', asked || told, true);
    RETURN asked::uuid;
END;
$$ LANGUAGE plpgsql
"""
IGNORE: Final = """
CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean AS $$
BEGIN
    RETURN coalesce(trigger_name = ANY(nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false);
END;
$$ LANGUAGE plpgsql
"""


def put_in_place(using: str = "default", **_signal: Any) -> None:
    """Replace both functions; a receiver of `post_migrate`."""
    with connections[using].cursor() as cursor:
        for statement in (ATTACH, IGNORE):
            cursor.execute(statement)
