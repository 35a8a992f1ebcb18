# ruff: noqa: S608 - names of tables and columns come from the model registry, values are parameters
"""Move rows in sets and write down each change, so that it can be taken back row by row.

Table and column names come from the model registry, never from a caller; values are parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from typing import Any, Final

import pgtrigger
from django.apps import apps
from django.db import connection

from customers.models import Merge, MergeRow
from kcrm.lib.merging import Move

NAMED: Final = re.compile(r"%\(\w+\)s")
VERSION_COLUMNS: Final = frozenset({"version", "updated_at"})


def move(merge: Merge, column: Any, rule: Move, *, winner: int, loser: int) -> int:
    """Let the rows of one relation follow from one record to another; returns how many went."""
    with pgtrigger.ignore(rule.unlock) if rule.unlock else nullcontext():
        return _move(merge, column, rule, winner, loser)


def _move(merge: Merge, column: Any, rule: Move, winner: int, loser: int) -> int:
    name = column.column
    if rule.once is not None:
        clash = _clash(column, rule, winner)
        for changed, expression in rule.adjust.items():
            _change(merge, column.model, changed, expression, f"t.{_q(name)} = %s AND {clash}", [loser])
        if not rule.adjust and not rule.stays:
            drop(merge, column.model, f"t.{_q(name)} = %s AND {clash}", [loser])
    if rule.demote:
        flag = _q(rule.demote)
        rival = f"EXISTS (SELECT FROM {_table(column)} w WHERE w.{_q(name)} = {int(winner)} AND w.{flag}"
        rival += f"{_alive(rule, 'w')})"
        _change(merge, column.model, rule.demote, "false", f"t.{_q(name)} = %s AND t.{flag} AND {rival}", [loser])
    staying = f" AND NOT {_clash(column, rule, winner)}" if rule.stays else ""
    itself = " AND t.id <> %s" if name in {"parent_id", "merged_into_id"} else ""
    return _change(
        merge, column.model, name, f"{int(winner)}", f"t.{_q(name)} = %s{staying}{itself}",
        [loser, winner] if itself else [loser],
    )  # fmt: skip


def drop(merge: Merge, model: Any, where: str, values: Sequence[Any]) -> int:
    """Delete rows, keeping them whole in the merge."""
    table = _q(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_mergerow (merge_id, model, row_id, act, before, after, kept)"
            f" SELECT %s, %s, t.id, 'dropped', to_jsonb(t), '{{}}', false FROM {table} t"
            f" WHERE {where} RETURNING row_id",
            [merge.pk, model._meta.label_lower, *values],
        )
        gone = [row for (row,) in cursor.fetchall()]
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [gone])
    return len(gone)


def image(model: Any, pk: int) -> dict[str, Any]:
    """A row as the database has it, without its version."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {_q(model._meta.db_table)} t WHERE id = %s", [pk])
        (found,) = cursor.fetchone()
    row: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return {name: value for name, value in row.items() if name not in VERSION_COLUMNS}


def note(merge: Merge, record: Any, before: Mapping[str, Any]) -> None:
    """Write down what has changed on a record since its image was taken, one row a column."""
    after = image(type(record), record.pk)
    MergeRow.objects.bulk_create(
        MergeRow(
            merge=merge, model=record._meta.label_lower, row_id=record.pk, act=MergeRow.Act.CHANGED,
            before={name: before[name]}, after={name: value},
        )
        for name, value in after.items() if before[name] != value
    )  # fmt: skip


def take_back(merge: Merge, unlock: Iterable[str]) -> int:
    """Undo every change that nobody changed again, the latest first; marks the others and returns their number."""
    with ExitStack() as stack, connection.cursor() as cursor:
        cursor.execute(
            "SELECT model, act, key, max(r.id) FROM customers_mergerow r"
            " LEFT JOIN LATERAL jsonb_object_keys(r.after) key ON true"
            " WHERE merge_id = %s GROUP BY model, act, key ORDER BY max(r.id) DESC",
            [merge.pk],
        )
        for uri in unlock:
            stack.enter_context(pgtrigger.ignore(uri))
        for label, act, key, _last in cursor.fetchall():
            model = apps.get_model(label)
            statement = _insert_again(model) if act == MergeRow.Act.DROPPED else _change_back(model, key)
            # in one list: the statement that ignores a trigger is put before this one with a list of its own
            values = {"%(merge)s": merge.pk, "%(model)s": label, "%(key)s": key}
            cursor.execute(NAMED.sub("%s", statement), [values[name] for name in NAMED.findall(statement)])
    return MergeRow.objects.filter(merge=merge, kept=True).count()


def _change(merge: Merge, model: Any, column: str, expression: str, where: str, values: Sequence[Any]) -> int:
    table, name = _q(model._meta.db_table), _q(column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH noted AS (INSERT INTO customers_mergerow (merge_id, model, row_id, act, before, after, kept)"
            f" SELECT %s, %s, t.id, 'changed', jsonb_build_object(%s::text, t.{name}),"
            f" jsonb_build_object(%s::text, {expression}), false FROM {table} t WHERE {where} RETURNING row_id)"
            f" UPDATE {table} t SET {name} = {expression} FROM noted WHERE noted.row_id = t.id",
            [merge.pk, model._meta.label_lower, column, column, *values],
        )
        return int(cursor.rowcount)


def _change_back(model: Any, key: str) -> str:
    table, name = _q(model._meta.db_table), _q(key)
    return (
        f"WITH back AS (UPDATE {table} t SET {name} = (jsonb_populate_record(NULL::{table}, r.before)).{name}"
        f" FROM customers_mergerow r WHERE r.merge_id = %(merge)s AND r.model = %(model)s AND r.act = 'changed'"
        f" AND r.after ? %(key)s AND r.row_id = t.id AND to_jsonb(t.{name}) IS NOT DISTINCT FROM"
        f" nullif(r.after -> %(key)s, 'null') RETURNING r.id)"
        f" UPDATE customers_mergerow r SET kept = true WHERE r.merge_id = %(merge)s AND r.model = %(model)s"
        f" AND r.act = 'changed' AND r.after ? %(key)s AND NOT EXISTS (SELECT FROM back WHERE back.id = r.id)"
    )


def _insert_again(model: Any) -> str:
    table = _q(model._meta.db_table)
    return (
        f"WITH back AS (INSERT INTO {table} OVERRIDING SYSTEM VALUE"
        f" SELECT n.* FROM customers_mergerow r, jsonb_populate_record(NULL::{table}, r.before) n"
        f" WHERE r.merge_id = %(merge)s AND r.model = %(model)s AND r.act = 'dropped'"
        f" ON CONFLICT DO NOTHING RETURNING id)"
        f" UPDATE customers_mergerow r SET kept = true WHERE r.merge_id = %(merge)s AND r.model = %(model)s"
        f" AND r.act = 'dropped' AND NOT EXISTS (SELECT FROM back WHERE back.id = r.row_id)"
    )


def _clash(column: Any, rule: Move, winner: int) -> str:
    same = "".join(f" AND w.{_q(name)} IS NOT DISTINCT FROM t.{_q(name)}" for name in rule.once or ())
    mine = _alive(rule, "t")
    return (
        f"(EXISTS (SELECT FROM {_table(column)} w WHERE w.{_q(column.column)} = {int(winner)}{same}"
        f"{_alive(rule, 'w')}){mine})"
    )


def _alive(rule: Move, alias: str) -> str:
    return f" AND {rule.alive.format(t=alias)}" if rule.alive else ""


def _table(column: Any) -> str:
    return _q(column.model._meta.db_table)


def _q(name: str) -> str:
    return connection.ops.quote_name(name)
