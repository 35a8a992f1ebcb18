"""What the foundation needs remembered: saved views and the audit trail. Named by the setting `KCRM_KEEPER`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from accounts.models import AuditEntry, SavedView, User
from accounts.services import audit
from kcrm.lib.keeper import ViewRow


class AccountsKeeper:
    """Saved views and audit entries of this app."""

    def saved_views(self, user: User, list_key: str) -> Sequence[ViewRow]:
        """The user's views of a list and those shared with everybody, by name."""
        found = SavedView.objects.visible_to(user).filter(list_key=list_key)
        return [
            ViewRow(
                id=pk,
                name=name,
                query=query,
                is_shared=is_shared,
                is_own=owner_id == user.pk,
                delete_url=reverse("accounts:saved-view-delete", args=[pk]) if owner_id == user.pk else "",
            )
            for pk, name, query, is_shared, owner_id in found.values_list(
                "pk", "name", "query", "is_shared", "owner_id"
            )
        ]

    def save_url(self, list_key: str, path: str) -> str:
        """Where a new view of this list is posted."""
        return f"{reverse('accounts:saved-view-save', args=[list_key])}?{urlencode({'next': path})}"

    def record_export(
        self,
        *,
        by: User,
        key: str,
        title: str,
        columns: Sequence[str],
        filters: str,
        count: int,
        digest: str,
        form: str,
    ) -> None:
        """Enter an export into the trail: what was asked, how much left, and the file's SHA-256."""
        audit.record(
            action=AuditEntry.Action.EXPORT,
            by=by,
            subject_type=key,
            label=title,
            changes={
                "filters": [None, filters],
                "columns": [None, list(columns)],
                "rows": [None, count],
                "form": [None, form],
                "sha256": [None, digest],
            },
        )

    def last_change(self, subject: Model) -> tuple[str, datetime] | None:
        """Who changed the record last and when, as the trail knows it."""
        entry = (
            AuditEntry.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
            .exclude(action__in=[AuditEntry.Action.READ, AuditEntry.Action.DENIED, AuditEntry.Action.EXPORT])
            .for_list()
            .first()
        )
        return (str(entry.actor), entry.at) if entry and entry.actor else None
