"""The moments at which something about a customer changed: states of rows beside acts of the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    CharField,
    DecimalField,
    F,
    JSONField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Cast, JSONObject, Lag

from accounts.models import AuditEntry

if TYPE_CHECKING:
    from customers.models import Customer

Action: Final = AuditEntry.Action
HIDDEN: Final = (Action.DENIED, Action.READ, Action.EXPORT)
TOLD_BY_ROWS: Final = (Action.CREATE, Action.UPDATE, Action.GRANT)
NOT_IN_ROWS: Final = ("tags", "tasks_moved")


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of row with a history: how its rows are found, what of it is shown, what names a row.

    `told_by` is the kind and the field of the row that the audit trail names instead of this one.
    """

    customer: str
    fields: tuple[str, ...]
    named_by: str
    told_by: tuple[str, str] | None = None


ROW_KINDS: Final[Mapping[str, RowKind]] = {
    "customers.customer": RowKind(
        "pgh_obj",
        ("name", "legal_name", "org_unit", "parent", "relation", "life_cycle", "industry", "country", "region", "city",
         "website", "domain", "phone", "registration_no", "currency", "description", "cadence_days", "custom"),
        "name",
    ),
    "customers.externalid": RowKind("customer", ("source", "value"), "value"),
    "customers.site": RowKind(
        "customer",
        ("name", "kind", "street", "postal_code", "city", "region", "country", "phone", "is_primary"),
        "name",
    ),
    "customers.contactrole": RowKind(
        "customer",
        ("contact", "job_title", "department", "buying_unit", "is_primary", "valid_from", "valid_to"),
        "contact",
        told_by=("customers.contact", "contact"),
    ),
    "customers.agreement": RowKind(
        "customer",
        ("title", "kind", "starts_on", "ends_on", "notice_days", "renews", "annual_value", "currency", "document",
         "custom"),
        "title",
    ),
    "teams.teammembership": RowKind(
        "team",
        ("user", "function", "level", "fin", "political", "negotiation", "valid_from", "valid_to", "days_per_month"),
        "user",
    ),
}  # fmt: skip


def readable_fields(kind: str, classes: Collection[str]) -> tuple[str, ...]:
    """The fields of a kind of row that somebody with these field classes may read."""
    protection = getattr(apps.get_model(kind), "field_classes", {})
    return tuple(name for name in ROW_KINDS[kind].fields if protection.get(name, "F0") in classes)


def moments_of(customer: Customer, kinds: Sequence[str], classes: Collection[str]) -> QuerySet[Any, Any]:
    """All moments of a customer, newest first: {told_from, of_kind, moment_id, row_id, happened_at,
    act, came_from, before, after}.

    `told_from` is "row" for a change of a row, with its readable values before and after, or "act" for an entry of the
    trail that says more than the rows do. Changes of nothing readable are left out.
    """
    parts = [_rows_of(kind, customer, classes) for kind in kinds if kind in ROW_KINDS]
    return _acts_of(customer, kinds).union(*parts, all=True).order_by("-happened_at", "told_from", "-moment_id")


def _rows_of(kind: str, customer: Customer, classes: Collection[str]) -> QuerySet[Any, Any]:
    model: Any = apps.get_model(kind)
    of_customer = {"pgh_obj": customer.pk, "customer": customer.pk, "team": customer.account_team_id}
    owner = ROW_KINDS[kind].customer
    values = {name: _value(model, name) for name in readable_fields(kind, classes)}
    before = Window(Lag("after"), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc())
    return (
        model.pgh_event_model.objects.filter(**{owner: of_customer[owner]})
        .order_by()
        .annotate(after=JSONObject(**values))
        .annotate(before=before)
        .filter(Q(before__isnull=True) | ~Q(before=F("after")))
        .values(
            "before",
            "after",
            told_from=_text("row"),
            of_kind=_text(kind),
            moment_id=Cast("pgh_id", BigIntegerField()),
            row_id=Cast("pgh_obj_id", BigIntegerField()),
            happened_at=F("pgh_created_at"),
            act=Cast("pgh_label", TextField()),
            came_from=F("pgh_context__metadata"),
        )
    )


def _acts_of(customer: Customer, kinds: Sequence[str]) -> QuerySet[Any, Any]:
    doubled = Q(subject_type__in=ROW_KINDS, action__in=TOLD_BY_ROWS) & ~Q(changes__has_any_keys=NOT_IN_ROWS)
    nothing = Cast(Value("null"), JSONField())
    return (
        AuditEntry.objects.filter(customer_id=customer.pk, subject_type__in=kinds)
        .exclude(action__in=HIDDEN)
        .exclude(doubled)
        .order_by()
        .values(
            before=nothing,
            after=nothing,
            told_from=_text("act"),
            of_kind=Cast("subject_type", TextField()),
            moment_id=F("id"),
            row_id=F("subject_id"),
            happened_at=F("at"),
            act=Cast("action", TextField()),
            came_from=nothing,
        )
    )


def _text(text: str) -> Cast:
    return Cast(Value(text, output_field=CharField()), TextField())


def _value(model: type[Model], name: str) -> Any:
    """The column of a field as JSON keeps it: a number with its digits."""
    field: Any = model._meta.get_field(name)
    return Cast(field.attname, TextField()) if isinstance(field, DecimalField) else F(field.attname)
