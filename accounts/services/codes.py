"""Say what other systems call our people, so that their files may name them so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import AuditEntry, PersonCode, User
from accounts.services import audit
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

LONGEST_SOURCE: Final = 40
LONGEST_CODE: Final = 60


def codes_of(source: str) -> dict[str, int]:
    """{code: number of the person} of a system; people who left too, since old documents name them."""
    return dict(PersonCode.objects.filter(source=source).values_list("code", "user"))


@transaction.atomic
def set_codes(*, user_id: int, codes: Iterable[tuple[str, str]], by: User) -> None:
    """Let these (system, code) be all that other systems call the person.

    Raises DoesNotExist, NotAllowed, DomainError for one that is somebody else's.
    """
    person: User = User.objects.visible_to(by).locked(user_id, None)
    if not permissions.can_invite(by):
        raise NotAllowed("user", Verb.CREATE)
    wanted = {_checked(source, code): None for source, code in codes}
    before = {(known.source, known.code): known for known in PersonCode.objects.filter(user=person)}
    for pair in wanted.keys() - before.keys():
        _refuse_taken(*pair, person)
    for pair in before.keys() - wanted.keys():
        before[pair].delete()
    for source, code in wanted.keys() - before.keys():
        PersonCode.objects.create(user=person, source=source, code=code)
    if wanted.keys() != before.keys():
        changes = [sorted(f"{source}: {code}" for source, code in pairs) for pairs in (before, wanted)]
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=person, changes={"codes": changes})


def give_code(*, person: User, source: str, code: str, by: User) -> PersonCode | None:
    """Note one more code of a person; None where it is known. Raises DomainError for one that is somebody else's.

    The caller has asked for the right.
    """
    source, code = _checked(source, code)
    if PersonCode.objects.filter(user=person, source=source, code__iexact=code).exists():
        return None
    _refuse_taken(source, code, person)
    known = PersonCode.objects.create(user=person, source=source, code=code)
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=person, changes={"codes": [[], [f"{source}: {code}"]]})
    return known


def _checked(source: str, code: str) -> tuple[str, str]:
    source, code = words.clean_line(source), words.clean_line(code)
    if not source or not code:
        raise DomainError(_("Write the system, a colon and the code."), field="codes")
    if len(source) > LONGEST_SOURCE or len(code) > LONGEST_CODE:
        raise DomainError(_("The text is too long."), field="codes")
    return source, code


def _refuse_taken(source: str, code: str, person: User) -> None:
    other = PersonCode.objects.filter(source=source, code__iexact=code).exclude(user=person).first()
    if other is not None:
        raise DomainError(
            _("“%(code)s” is already %(person)s in this system.") % {"code": code, "person": other.user}, field="codes"
        )
