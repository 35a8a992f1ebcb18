"""Keep, replace and drop named states of lists."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, SavedView, User
from accounts.services import audit
from kcrm.lib.errors import DomainError
from kcrm.lib.tables.state import PASSING

NAME_LENGTH = 80
QUERY_LENGTH = 2000


def _kept(query: str) -> str:
    """The query without the reader's place in the list."""
    pairs = [(key, value) for key, values in QueryDict(query).lists() for value in values]
    return urlencode([(key, value) for key, value in pairs if value and key not in PASSING])


@transaction.atomic
def save_view(*, list_key: str, name: str, query: str, is_shared: bool, by: User) -> SavedView:
    """Keep a list's state under a name; an own view of the same list and name is replaced.

    Raises DomainError when the name is missing or the state is too long to keep.
    """
    name, kept = " ".join(name.split()), _kept(query)
    if not name or len(name) > NAME_LENGTH:
        raise DomainError(_("Give the view a name of up to 80 characters."), field="name")
    if len(kept) > QUERY_LENGTH:
        raise DomainError(_("This view has too many filters to keep."), field="name")
    existing = SavedView.objects.select_for_update().filter(owner=by, list_key=list_key, name=name).first()
    if existing:
        changes = existing.apply({"query": kept, "is_shared": is_shared})
        if changes:
            audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=existing, changes=changes)
        return existing
    view = SavedView.objects.create(owner=by, list_key=list_key, name=name, query=kept, is_shared=is_shared)
    audit.record(
        action=AuditEntry.Action.CREATE,
        by=by,
        subject=view,
        changes={"query": [None, kept], "is_shared": [None, is_shared]},
    )
    return view


@transaction.atomic
def delete_view(*, view_id: int, by: User) -> None:
    """Drop one's own view, shared or not. Raises SavedView.DoesNotExist for anybody else's."""
    view = SavedView.objects.filter(owner=by).locked(view_id, None)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=view, changes={"query": [view.query, None]})
    view.delete()
