"""The lists of people, tokens and the audit trail."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from accounts import permissions
from accounts.filters import AuditEntryFilter, UserFilter
from accounts.models import AuditEntry, User
from accounts.models.users import Role
from accounts.words import VIA_WORDS, field_word, kind_word, value_word
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec

ROLE_WORDS = dict(Role.choices)


def _roles(row: Any) -> SafeString:
    """Roles as tags."""
    return format_html_join(" ", '<span class="tag">{}</span>', ((ROLE_WORDS.get(role, role),) for role in row.roles))


def _state(row: Any) -> Cell:
    """Active people need no word; deactivated ones do."""
    if row.is_active:
        return Cell(_("active"))
    return Cell(format_html('<span class="tag tag-warn">{}</span>', _("deactivated")))


USERS = ListSpec(
    key="users",
    title=gettext_lazy("People"),
    columns=(
        Column(
            "full_name",
            pgettext_lazy("person", "Name"),
            needs=("email",),
            render=lambda row: Cell(row.full_name, sub=row.email),
        ),
        Column(
            "roles",
            pgettext_lazy("rights", "Roles"),
            sort=None,
            render=_roles,
            export=lambda row: ", ".join(str(ROLE_WORDS.get(role, role)) for role in row.roles),
        ),
        Column("job_title", gettext_lazy("Job title")),
        Column("is_active", gettext_lazy("State"), kind=Kind.FLAG, render=_state),
        Column("last_login", gettext_lazy("Last sign-in"), kind=Kind.MOMENT, none=gettext_lazy("never")),
        Column("date_joined", pgettext_lazy("person", "Since"), kind=Kind.DATE, default=False),
        Column("language", gettext_lazy("Language"), default=False),
        Column("time_zone", gettext_lazy("Time zone"), default=False),
    ),
    queryset=lambda user: User.objects.visible_to(user),
    default_sort="full_name",
    filterset_class=UserFilter,
    url_name="accounts:user-detail",
    noun=ngettext_lazy("%(shown)s person", "%(shown)s people", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nobody here yet"),
        text=gettext_lazy("Invite the people who look after your customers."),
        action_label=gettext_lazy("Invite somebody"),
        action_url_name="accounts:invitation-create",
    ),
)


def _change(row: Any) -> SafeString:
    """Before and after of each field."""
    return format_html_join(
        "",
        '<div class="change"><span class="muted">{}</span> {} → {}</div>',
        (
            (field_word(row.subject_type, name), value_word(name, before), value_word(name, after))
            for name, (before, after) in row.changes.items()
        ),
    )


def _who(row: Any) -> Cell:
    """The actor, with token, door and address."""
    token = f"{row.token_prefix}…" if row.token_prefix else ""
    through = " · ".join(filter(None, (str(VIA_WORDS.get(row.via, row.via)), token, row.address)))
    return Cell(row.actor__full_name or _("nobody"), sub=through)


def _what(row: Any) -> Cell:
    """The record by name, kind and number."""
    kind = f"{kind_word(row.subject_type)} {row.subject_id or ''}".strip()
    return Cell(row.subject_label or kind or "–", sub=kind if row.subject_label else "")


def _exportable(user: User, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """The whole trail for auditors, nothing for others."""
    if not permissions.can_export_audit(user):
        raise PermissionDenied
    return rows


AUDIT = ListSpec(
    key="audit",
    title=gettext_lazy("Audit trail"),
    columns=(
        Column("at", gettext_lazy("When"), kind=Kind.MOMENT),
        Column(
            "actor",
            pgettext_lazy("audit", "Who"),
            value="actor__full_name",
            sort=None,
            needs=("actor__full_name", "via", "token_prefix", "address"),
            render=_who,
        ),
        Column("action", gettext_lazy("Act"), sort=None, choices=dict(AuditEntry.Action.choices)),
        Column(
            "what",
            gettext_lazy("What"),
            value="subject_label",
            sort=None,
            needs=("subject_type", "subject_id", "subject_label"),
            render=_what,
        ),
        Column(
            "changes",
            gettext_lazy("Before and after"),
            sort=None,
            needs=("subject_type",),
            render=_change,
            css="wrap",
            export=lambda row: json.dumps(row.changes, ensure_ascii=False),
        ),
        Column("reason", gettext_lazy("Why"), sort=None),
        Column(
            "subject_type",
            gettext_lazy("Kind"),
            sort=None,
            default=False,
            render=lambda row: kind_word(row.subject_type),
        ),
        Column("subject_id", gettext_lazy("Number"), sort=None, default=False),
        Column("customer_id", gettext_lazy("Customer number"), sort=None, default=False),
        Column("via", gettext_lazy("Through"), sort=None, default=False, choices=VIA_WORDS),
        Column("address", gettext_lazy("Address"), sort=None, default=False),
        Column("request_id", gettext_lazy("Request"), sort=None, default=False),
    ),
    queryset=lambda user: AuditEntry.objects.visible_to(user),
    default_sort="-at",
    filterset_class=AuditEntryFilter,
    noun=ngettext_lazy("%(shown)s entry", "%(shown)s entries", "count"),
    exportable=_exportable,
    may_export=permissions.can_export_audit,
)
