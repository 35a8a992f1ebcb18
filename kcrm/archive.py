"""Everything that one person may see about one customer, as one archive: what REST answers him, and the files."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import Customer, Document
from kcrm.lib.access import Verb
from kcrm.lib.api.rendering import dumps
from kcrm.lib.api.resources import ReadOnlyResource
from kcrm.lib.errors import NotAllowed

READ_ME = """{name}

Made {moment} for {person}: what this person could see about the customer then, and nothing else.
One file for each kind of record, one JSON object for each line; fields as in the REST interface (/api/v1/docs/).
Files that were uploaded lie in files/, under their numbers.

{contents}
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """What went into an archive: rows by resource, and files."""

    rows: dict[str, int]
    files: int


def write_archive(target: Path, customer: Customer, *, by: User, now: datetime) -> Archived:
    """Write the archive of a customer to a file, in constant memory; an export of the audit trail.

    Every resource of the REST interface that can be asked for one customer is asked, with the rights and field rules of
    the person, so that no kind of record can be forgotten or shown in more detail than elsewhere. Raises NotAllowed.
    """
    if not permissions.can_export_customer(by, customer):
        raise NotAllowed("account_profile", Verb.EXPORT)
    counts: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, resource in resources_of_customers():
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as stream:
                count = 0
                for row in _rows(resource, name, customer, by):
                    stream.write(dumps(row) + b"\n")
                    count += 1
            counts[name] = count
        files = 0
        for document in Document.objects.visible_to(by).filter(customer=customer).order_by("pk"):
            name = f"files/{document.pk}-{_safe(document.file_name)}"
            with document.file.open("rb") as source, archive.open(name, "w", force_zip64=True) as stream:
                shutil.copyfileobj(source, stream)
            files += 1
        contents = "\n".join(f"{name}.jsonl: {count}" for name, count in counts.items()) + f"\nfiles/: {files}"
        text = READ_ME.format(name=customer, moment=now.isoformat(timespec="seconds"), person=by, contents=contents)
        archive.writestr("README.txt", text)
    audit.record(
        action=AuditEntry.Action.EXPORT,
        by=by,
        subject=customer,
        customer_id=customer.pk,
        changes={"form": [None, "archive"], "rows": [None, sum(counts.values())], "files": [None, files]},
    )
    return Archived(counts, files)


def resources_of_customers() -> Iterator[tuple[str, type[ReadOnlyResource]]]:
    """The customer itself and every resource that has a filter by customer."""
    from kcrm.api_router import router

    for prefix, viewset, _basename in router.registry:
        if not issubclass(viewset, ReadOnlyResource):
            continue
        if prefix == "customers" or (prefix != "audit-entries" and "customer" in viewset.filterset_class.base_filters):
            yield prefix, viewset


def _rows(resource: type[ReadOnlyResource], name: str, customer: Customer, by: User) -> Iterator[dict[str, Any]]:
    """What the resource answers this person for this customer."""
    knock = HttpRequest()
    knock.method = "GET"
    knock.GET = QueryDict("" if name == "customers" else f"customer={customer.pk}")
    request = Request(knock)
    request.user = by
    view = resource(request=request, action="list", kwargs={}, format_kwarg=None)
    visible = view.projected(view.visible_rows())
    rows, _is_filtered = view.filtered(visible)
    if name == "customers":
        rows = rows.filter(pk=customer.pk)
    paths = dict.fromkeys([path for path, _convert in view.read_fields.values()] + list(view.row_needs))
    for row in rows.order_by("pk").values(*paths, "pk").iterator():
        yield view.plain(row)


def _safe(name: str) -> str:
    """A file name that no archive program takes for a path."""
    return "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in name).lstrip(".") or "file"
