"""What the foundation needs remembered: saved views and the audit trail. Named by the setting `KCRM_KEEPER`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.db.models import CharField, Model
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, IdempotencyKey, SavedView, User
from accounts.services import audit
from kcrm.lib.api.rendering import dumps
from kcrm.lib.keeper import KeptAnswer, ViewRow
from kcrm.lib.prepared import Prepared, Slot

ANSWER_LIFE: Final = timedelta(hours=48)
VIEWS: Final = Prepared.once(
    lambda: (
        SavedView.objects.visible_to(Slot("owner"))  # type: ignore[arg-type]  # the place of a person
        .filter(list_key=Slot("key", CharField()))
        .values_list("pk", "name", "query", "is_shared", "owner_id")
    )
)


class AccountsKeeper:
    """Saved views and audit entries of this app."""

    def saved_views(self, user: User, list_key: str) -> Sequence[ViewRow]:
        """The user's views of a list and those shared with everybody, by name."""
        return [
            ViewRow(
                id=pk,
                name=name,
                query=query,
                is_shared=is_shared,
                is_own=owner_id == user.pk,
                delete_url=reverse("accounts:saved-view-delete", args=[pk]) if owner_id == user.pk else "",
            )
            for pk, name, query, is_shared, owner_id in VIEWS().words.fetch(owner=user.pk, key=list_key)
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

    def exported_today(self, token: ApiToken) -> int:
        """How many rows an API token has carried away since midnight, as the trail knows it."""
        entries = AuditEntry.objects.filter(
            action=AuditEntry.Action.EXPORT,
            token_prefix=token.prefix,
            actor=token.owner_id,
            at__date=timezone.localdate(),
        )
        return sum(
            int(changes["rows"][1]) for changes in entries.values_list("changes", flat=True) if "rows" in changes
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

    def kept_answer(self, user: User, key: str) -> KeptAnswer | None:
        """The answer that the user's call with this key got within the last 48 hours."""
        found = IdempotencyKey.objects.filter(user=user, key=key).first()
        if found is None:
            return None
        if found.created_at < timezone.now() - ANSWER_LIFE:
            found.delete()
            return None
        body = orjson.loads(bytes(found.body)) if found.body else None
        return KeptAnswer(digest=found.body_digest, status=found.status or 200, headers=found.headers, body=body)

    def keep_answer(self, user: User, key: str, digest: str, status: int, headers: dict[str, str], body: Any) -> None:
        """Keep an answer in the present transaction."""
        IdempotencyKey.objects.create(
            user=user,
            key=key,
            body_digest=digest,
            status=status,
            headers=headers,
            body=b"" if body is None else dumps(body),
        )
