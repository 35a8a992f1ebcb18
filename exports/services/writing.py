"""Write the file of an export."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.utils.translation import gettext as _

from accounts.models import User
from exports import permissions
from exports.models import ExportRequest
from kcrm.lib.errors import DomainError
from kcrm.lib.tables.addresses import list_at
from kcrm.lib.tables.views import written_list


def write_export(
    *,
    request_id: int,
    by: User,
    attach: Callable[[File[Any], str], None],
    atomic: Callable[[], AbstractContextManager[None]],
) -> ExportRequest:
    """Write the list that was asked for, as it is now and as far as its reader may carry it away now.

    The file stands in the trail with its hash before anybody can fetch it. Raises DoesNotExist, PermissionDenied.
    """
    asked = ExportRequest.objects.get(pk=request_id, requested_by=by)
    if asked.state != ExportRequest.State.APPROVED:
        raise PermissionDenied
    query = list_at(f"{asked.path}?{asked.query}&export={asked.form}", by=by)
    if [column.name for column in query.state.shown] != asked.columns:
        raise DomainError(_("The columns of this list are no longer those that were asked for. Ask again."))
    rights = permissions.fingerprint(by)
    with atomic():
        written = written_list(query, by=by)
        asked.row_count, asked.rights = written.count, rights
        asked.save(update_fields=["row_count", "rights"])
    attach(File(written.file), written.name)
    return asked
