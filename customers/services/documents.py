"""Files about customers: checked, stored under names that nobody can guess, kept until deleted."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.calculations import file_types, pictures
from customers.models import Customer, Document
from customers.services import search
from customers.services.asking import require, seen_customer, seen_customer_for
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError

REFUSALS: Final[dict[str, Any]] = {
    "type": _("Files of this kind are not taken. Allowed are csv, docx, eml, jpg, pdf, png, pptx, txt and xlsx."),
    "content": _("What is in this file is not what its name says, or it carries a program."),
    "size": _("The file is empty or larger than 25 MB."),
    "archive": _("This file unpacks to far more than it says."),
    "image": _("This picture has more than 50 million points."),
}


@transaction.atomic
def upload_document(*, customer_id: int, title: str, upload: File[bytes], by: User) -> Document:
    """Keep a file about a customer. Without a title it is called as the sender called it.

    Raises DomainError on `file` for a kind, content or size that is not taken; nothing is stored then.
    """
    customer = seen_customer_for(customer_id, by, "document", Verb.CREATE)
    file_name = words.clean_line(file_types.plain_name(upload.name or ""))
    size = upload.size or 0
    try:
        media_type = file_types.media_type_of(file_name, size, upload)
    except file_types.Refused as refused:
        raise DomainError(REFUSALS[refused.code], field="file", code=f"file_{refused.code}") from None
    if media_type.startswith("image/"):
        upload, size = _picture(upload)
    document = Document(
        customer=customer,
        title=words.clean_line(title)[:200] or file_name,
        file_name=file_name,
        media_type=media_type,
        size=size,
        sha256=_digest(upload),
        uploaded_by=by,
    )
    document.file.save(file_name, upload, save=False)
    try:
        document.save(force_insert=True)
        _index(document, customer)
        audit.record(
            action=AuditEntry.Action.CREATE,
            by=by,
            subject=document,
            changes={"file_name": [None, file_name], "sha256": [None, document.sha256]},
        )
    except BaseException:
        document.file.delete(save=False)  # the row will not be there, so nobody could ever find the file
        raise
    return document


@transaction.atomic
def rename_document(*, document_id: int, version: int | None, title: str, by: User) -> Document:
    """Give a file another title."""
    document: Document = (
        Document.objects.visible_to(by).select_related("customer__org_unit").locked(document_id, version)
    )
    require(by, "document", Verb.UPDATE, document.customer)
    known = words.clean_line(title)
    if not known:
        raise DomainError(_("Give the file a title."), field="title")
    changes = document.apply({"title": known[:200]})
    if changes:
        _index(document, document.customer)
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=document, changes=changes)
    return document


@transaction.atomic
def delete_document(*, document_id: int, version: int | None, by: User, now: datetime) -> Document:
    """Put a file into the bin: it can no longer be fetched."""
    document: Document = Document.objects.visible_to(by).locked(document_id, version)
    require(by, "document", Verb.DELETE, seen_customer(document.customer_id, by))
    document.apply({"deleted_at": now})
    search.forget("document", [document.pk])
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=document)
    return document


@transaction.atomic
def restore_document(*, document_id: int, version: int | None, by: User) -> Document:
    """Take a file out of the bin."""
    binned = Document.objects.in_bin().filter(customer__in=Customer.objects.visible_to(by, "document"))
    document: Document = binned.select_related("customer__org_unit").locked(document_id, version)
    require(by, "document", Verb.DELETE, document.customer)
    document.apply({"deleted_at": None})
    _index(document, document.customer)
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=document)
    return document


def _picture(upload: File[bytes]) -> tuple[File[bytes], int]:
    """A picture that tells neither where it was taken nor by whom, and its size."""
    try:
        data = pictures.without_traces(upload.read())
    except pictures.Damaged:
        raise DomainError(REFUSALS["content"], field="file", code="file_content") from None
    return ContentFile(data), len(data)


def _digest(upload: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _index(document: Document, customer: Customer) -> None:
    search.index(
        "document",
        document.pk,
        customer_ids=[customer.pk],
        title=document.title,
        detail=customer.name,
        also=[document.file_name],
    )
