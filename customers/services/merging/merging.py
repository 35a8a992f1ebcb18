"""Make two to ten records one, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer, DuplicatePair, Merge, SearchEntry
from customers.services import contacts, search
from customers.services.cleaning import refusing
from customers.services.merging import records, rows
from kcrm.lib import merging
from kcrm.lib.errors import DomainError, StaleVersion
from kcrm.lib.merging import Move
from teams.models import TeamMembership

PATIENCE: Final = "SET LOCAL statement_timeout = '120s'"


@transaction.atomic
def merge_records(
    *,
    kind: str,
    winner_id: int,
    loser_ids: Sequence[int],
    versions: Mapping[int, int | None],
    by: User,
    choices: Mapping[str, int] | None = None,
) -> Merge:
    """Let one record stay, and make the others its aliases with everything that hung on them.

    `versions` are those that the person saw, `choices` {field: number of the record whose value is taken}.
    Raises DoesNotExist for an unseen record, NotAllowed, StaleVersion, and DomainError for a cycle of companies.
    """
    if winner_id in loser_ids:
        raise DomainError(_("The one that stays cannot be merged into itself."), field="ids")
    ids = records.numbers(kind, [winner_id, *loser_ids])
    model = records.MODELS[kind]
    list(model.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    found = records.parties(kind, ids, by)
    for record in found:
        if (seen := versions.get(record.pk)) is not None and seen != record.version:
            raise StaleVersion(
                _("Somebody else saved this first. Compare both versions and save again."), current=record
            )
    winner, losers = found[0], found[1:]
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    values = records.chosen_values(kind, winner, found, choices or {})
    merge = Merge.objects.create(
        kind=kind, winner_id=winner.pk, loser_ids=[row.pk for row in losers], label=str(winner)[:250], merged_by=by
    )
    with refusing(records.CONSTRAINTS):
        _make_aliases(merge, winner, losers)
        _give_values(merge, winner, values)
        merge.counts = _move_all(merge, winner, losers)
    merge.save(update_fields=["counts"])
    DuplicatePair.objects.filter(kind=kind, left_id__in=ids, right_id__in=ids).update(
        state=DuplicatePair.State.MERGED, decided_by=by, decided_at=timezone.now()
    )
    settle(kind, winner, ids)
    _write_down(merge, winner, losers, by)
    return merge


def settle(kind: str, winner: Any, ids: Sequence[int]) -> None:
    """Remake what follows from the rows: sums, and what the search knows."""
    for follow in merging.hooks(kind):
        follow(ids)
    winner.refresh_from_db()
    index(kind, winner)


def index(kind: str, record: Any) -> None:
    """Let the search find a record as it is now."""
    if kind == "customer":
        search.index_customer(record)
    else:
        contacts.index_contact(record)


def preview(kind: str, ids: Sequence[int]) -> dict[str, int]:
    """How many rows hang on records, by the words for what they are."""
    counts: dict[str, int] = {}
    for _name, column, rule in merging.rules(kind):
        if isinstance(rule, Move) and column.model is not SearchEntry:
            found = column.model._default_manager.filter(**{f"{column.attname}__in": ids}).count()
            _count(counts, column.model, found)
    return counts


def _count(counts: dict[str, int], model: Any, number: int) -> None:
    if number:
        counts[model._meta.label_lower] = counts.get(model._meta.label_lower, 0) + number


def _make_aliases(merge: Merge, winner: Any, losers: Sequence[Any]) -> None:
    now = timezone.now()
    for loser in losers:
        before = rows.image(type(loser), loser.pk)
        values: dict[str, Any] = {"deleted_at": now, "merged_into": winner}
        if merge.kind == "contact" and loser.external_id and not winner.external_id:
            winner_key = {"external_source": loser.external_source, "external_id": loser.external_id}
            loser.apply({**values, "external_source": "", "external_id": ""})
            old = rows.image(type(winner), winner.pk)
            winner.apply(winner_key)
            rows.note(merge, winner, old)
        else:
            loser.apply(values)
        rows.note(merge, loser, before)
        resource = records.RESOURCES[merge.kind]
        rows.drop(merge, SearchEntry, "t.kind = %s AND t.object_id = %s", [resource, loser.pk])


def _give_values(merge: Merge, winner: Any, values: Mapping[str, Any]) -> None:
    before = rows.image(type(winner), winner.pk)
    changed = [name for name, value in values.items() if getattr(winner, name) != value]
    for name in changed:
        setattr(winner, name, values[name])
    winner.version += 1
    winner.updated_at = timezone.now()
    winner.save(update_fields=[*changed, "version", "updated_at"])
    rows.note(merge, winner, before)


def _move_all(merge: Merge, winner: Any, losers: Sequence[Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    known = [(column, rule) for _name, column, rule in merging.rules(merge.kind) if isinstance(rule, Move)]
    for loser in losers:
        closed = {label for label in {rule.whole for _column, rule in known} - {""} if _has(label, winner)}
        for column, rule in known:
            if rule.whole in closed:
                continue
            moved = rows.move(merge, column, rule, winner=winner.pk, loser=loser.pk)
            if column.model is not SearchEntry and column.attname != "merged_into_id":
                _count(counts, column.model, moved)
    if merge.kind == "customer":
        _count(counts, TeamMembership, _move_people(merge, winner, losers))
    return counts


def _has(label: str, winner: Any) -> bool:
    return apps.get_model(label)._default_manager.filter(customer=winner).exists()


def _move_people(merge: Merge, winner: Customer, losers: Sequence[Customer]) -> int:
    """Let the people of the other teams work for the winner: as contributors or readers, without special sight."""
    moved = 0
    for loser in losers:
        here = TeamMembership.objects.filter(team=winner.account_team_id).values("user")
        people = TeamMembership.objects.filter(team=loser.account_team_id).exclude(user__in=here)
        owned = TeamMembership.objects.filter(team=winner.account_team_id, level="owner").exists()
        for member in people:
            before = rows.image(TeamMembership, member.pk)
            level = "contribute" if member.level == "owner" and owned else member.level
            sight = {"fin": "none", "political": False, "negotiation": False}
            member.apply({"team": winner.account_team, "level": level, **sight})
            rows.note(merge, member, before)
            moved += 1
    return moved


def _write_down(merge: Merge, winner: Any, losers: Sequence[Any], by: User) -> None:
    of_customer = merge.kind == "customer"
    place = winner.pk if of_customer else next((row.pk for row in contacts.customers_of(winner, by)), None)
    changes = {"merged": [None, [row.pk for row in losers]], "rows": [None, sum(merge.counts.values())]}
    audit.record(action=AuditEntry.Action.MERGE, by=by, subject=winner, customer_id=place, changes=changes)
    for loser in losers:
        audit.record(
            action=AuditEntry.Action.MERGE, by=by, subject=loser, customer_id=loser.pk if of_customer else place,
            changes={"merged_into": [None, winner.pk]},
        )  # fmt: skip
