"""What files say about people of ours. They change what is known of people who are here; nobody comes in by a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import User
from accounts.services.codes import give_code
from accounts.services.naming import People, people_named
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
    """Change job titles and phones of people who are here, and note what the file's system calls them; one outcome a
    row. They are known by e-mail address, by their code in the system, or by name."""
    asked = (name for row in rows for name in (row.values.get("email"), row.values.get("code"), _name(row)))
    people = people_named(asked, run.source)
    outcomes = []
    for row in rows:
        try:
            person = _person(row, people)
            if person is None:
                raise _unknown(row)
            outcomes.append(_save(row, person, run))
        except DomainError as error:
            outcomes.append(Outcome.refused(row, error))
    return outcomes


def _person(row: Row, people: People) -> User | None:
    """By his address; without one by his code, then by his name."""
    if address := row.values.get("email"):
        return people.by_email.get(str(address).casefold())
    code, name = str(row.values.get("code", "")).casefold(), _name(row)
    return people.by_code.get(code) or (people.find(name) if name else None)


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
    images = []
    if code := row.values.get("code"):
        known = give_code(person=person, source=run.source, code=str(code), by=run.by)
        if known is not None:
            values = {"user": person.pk, "source": known.source, "code": known.code}
            images.append(Image("accounts.personcode", known.pk, None, values))
    if changes:
        after = {name: pair[1] for name, pair in changes.items()}
        change_profile(user_id=person.pk, version=None, values=after, by=run.by)
        images.append(Image("accounts.user", person.pk, {name: pair[0] for name, pair in changes.items()}, after))
    if not images:
        return Outcome(row.number, Done.UNCHANGED, person.pk, str(person))
    told = changes | ({"code": [None, str(code)]} if images[0].before is None else {})
    return Outcome(row.number, Done.UPDATED, person.pk, str(person), changes=told, images=images)
