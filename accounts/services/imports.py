"""What files say about people of ours. They change what is known of people who are here; nobody comes in by a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import User
from accounts.services.naming import people_named
from accounts.services.users import change_profile
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from kcrm.lib.imports.outcomes import UNMATCHED

LONGEST: Final = {"job_title": 150, "phone": 50}


def can_import_people(user: User) -> bool:
    """Who may change what is known of people by a file: who invites them. No token may."""
    return user.api_token is None and permissions.can_invite(user)


@transaction.atomic
def save_people(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Change job titles and phones of people who are here, known by e-mail address or name; one outcome a row."""
    people = people_named(name for row in rows for name in (row.values.get("email"), _name(row)))
    outcomes = []
    for row in rows:
        try:
            address = row.values.get("email")
            person = people.by_email.get(str(address).casefold()) if address else people.find(_name(row))
            if person is None:
                raise _unknown(row)
            outcomes.append(_save(row, person, run))
        except DomainError as error:
            outcomes.append(Outcome.refused(row, error))
    return outcomes


def _name(row: Row) -> str:
    given = row.values
    return str(given.get("full_name") or f"{given.get('first_name', '')} {given.get('last_name', '')}".strip())


def _unknown(row: Row) -> RowError:
    name = str(row.values.get("email") or _name(row))
    if not name:
        return RowError(_("Give the person's e-mail address or name."), field="email", code="missing")
    return RowError(
        _("“%(name)s” is not here. A file lets nobody in: invite the person, then bring this row in again.")
        % {"name": name[:60]},
        field="email" if row.values.get("email") else "full_name",
        code=UNMATCHED,
    )


def _save(row: Row, person: User, run: Run) -> Outcome:
    given: dict[str, Any] = {name: row.values[name] for name in LONGEST if name in row.values}
    for name, value in given.items():
        if len(value) > LONGEST[name]:
            raise RowError(_("The text is too long."), field=name)
    changes = {
        name: [getattr(person, name), value]
        for name, value in given.items()
        if getattr(person, name) != value and run.takes(name, getattr(person, name))
    }
    if not changes:
        return Outcome(row.number, Done.UNCHANGED, person.pk, str(person))
    after = {name: pair[1] for name, pair in changes.items()}
    change_profile(user_id=person.pk, version=None, values=after, by=run.by)
    image = Image("accounts.user", person.pk, {name: pair[0] for name, pair in changes.items()}, after)
    return Outcome(row.number, Done.UPDATED, person.pk, str(person), changes=changes, images=[image])
