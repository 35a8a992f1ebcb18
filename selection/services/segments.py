"""Keep the register of segments: what each is, what it is offered, and whether it is one (M09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.segments import MicroSegment, buying_reasons_check, segment_acceptance
from selection.models import Segment

TEXTS: Final = frozenset({"who", "how", "approach", "product", "price", "place", "promotion", "service", "test_notes"})
TESTS: Final = ("big_enough", "different", "reachable", "workable")
FIELDS: Final = TEXTS | {"name", "mode", "reasons", "rule", *TESTS}
RULE_LISTS: Final = ("industries", "countries", "relations", "tags")
RULE_AMOUNTS: Final = ("sales_from", "sales_to")
MOST_REASONS: Final = 12


@transaction.atomic
def create_segment(*, name: str, by: User, code: str = "", **values: Any) -> Segment:
    """A segment that is being tested. Raises DomainError for a name or code that another one has."""
    if not permissions.can_edit_segments(by):
        raise NotAllowed("segment", Verb.CREATE)
    cleaned = _cleaned({**values, "name": name})
    cleaned["code"] = slugify(code) or slugify(name)[:40] or f"segment-{Segment.objects.count() + 1}"
    segment = Segment(**cleaned)
    _keep(segment, segment.save)
    changes = {field: [None, value] for field, value in cleaned.items() if value not in (None, "", [], {})}
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=segment, changes=changes)
    return segment


@transaction.atomic
def update_segment(*, segment_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Segment:
    """Change what a segment is or is offered.

    Raises DomainError for reasons that do not total 100, a rule that names nothing known, or a test that an accepted
    segment would no longer pass.
    """
    segment = _editable(segment_id, version, by)
    cleaned = _cleaned(values)
    if segment.state == Segment.State.ACCEPTED and any(cleaned.get(test, True) is not True for test in TESTS):
        raise DomainError(_("This segment was accepted because it passed its tests. Test it anew first."))
    changes: dict[str, list[Any]] = {}
    _keep(segment, lambda: changes.update(segment.apply(cleaned)))
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=segment, changes=changes)
    return segment


@transaction.atomic
def accept_segment(*, segment_id: int, version: int | None, by: User) -> Segment:
    """Accept a segment that passed all tests and whose buying reasons total 100 (M09). Raises DomainError otherwise."""
    segment = _editable(segment_id, version, by)
    found = segment_acceptance(**{test: getattr(segment, test) for test in TESTS})
    if not found.accepted:
        raise DomainError(
            _(
                "A segment is accepted when it is big enough, different, reachable and workable for us. "
                "Answer the tests."
            )
        )
    _require_reasons(segment.reasons)
    return _move(segment, Segment.State.ACCEPTED, AuditEntry.Action.APPROVE, by)


@transaction.atomic
def retire_segment(*, segment_id: int, version: int | None, by: User) -> Segment:
    """Give a segment up. Raises DomainError while customers are in it or its scoring model is in force."""
    segment = _editable(segment_id, version, by)
    if segment.places.filter(valid_to__isnull=True).exists():
        raise DomainError(_("Customers are still in this segment. Put them into others first."))
    if segment.scoring_models.filter(state="active").exists():
        raise DomainError(_("The scoring model of this segment is in force. Take it out of force first."))
    return _move(segment, Segment.State.RETIRED, AuditEntry.Action.UPDATE, by)


@transaction.atomic
def reopen_segment(*, segment_id: int, version: int | None, by: User) -> Segment:
    """Test an accepted or given-up segment anew."""
    return _move(_editable(segment_id, version, by), Segment.State.DRAFT, AuditEntry.Action.UPDATE, by)


def _move(segment: Segment, state: str, action: str, by: User) -> Segment:
    changes = segment.apply({"state": state})
    if changes:
        audit.record(action=action, by=by, subject=segment, changes=changes)
    return segment


def _editable(segment_id: int, version: int | None, by: User) -> Segment:
    segment: Segment = Segment.objects.visible_to(by).locked(segment_id, version)
    if not permissions.can_edit_segments(by):
        raise NotAllowed("segment", Verb.UPDATE)
    return segment


def _keep(segment: Segment, save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        if "name_any_case" in str(error):
            raise DomainError(_("Another segment has this name."), field="name") from None
        if "code" in str(error):
            raise DomainError(_("Another segment has this code."), field="code") from None
        raise


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a segment: {sorted(unknown)}")
    cleaned: dict[str, Any] = {
        name: words.clean_text(value or "") if name in TEXTS else value for name, value in values.items()
    }
    if "name" in cleaned:
        cleaned["name"] = words.clean_text(cleaned["name"])[:120]
        if not cleaned["name"]:
            raise DomainError(_("Give the segment a name."), field="name")
    if "reasons" in cleaned:
        cleaned["reasons"] = _cleaned_reasons(cleaned["reasons"])
    if "rule" in cleaned:
        cleaned["rule"] = cleaned_rule(cleaned["rule"])
    return cleaned


def _cleaned_reasons(reasons: Sequence[Sequence[Any]]) -> list[list[Any]]:
    found: list[list[Any]] = [
        [words.clean_text(str(text))[:120], float(points)] for text, points in reasons if str(text).strip()
    ]
    if len(found) > MOST_REASONS:
        raise DomainError(_("A segment has at most %(count)s reasons.") % {"count": MOST_REASONS}, field="reasons")
    if len({text.casefold() for text, _points in found}) != len(found):
        raise DomainError(_("Each reason stands once."), field="reasons")
    if any(points < 0 for _text, points in found):
        raise DomainError(_("Points are never negative."), field="reasons")
    if found:
        _require_reasons(found)
    return found


def _require_reasons(reasons: Sequence[Sequence[Any]]) -> None:
    if buying_reasons_check(MicroSegment("", dict(map(tuple, reasons)))):
        total = sum(float(points) for _text, points in reasons)
        raise DomainError(
            _("The points total %(total)s; they must total 100.") % {"total": f"{total:g}"}, field="reasons"
        )


def cleaned_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule without its empty parts. Raises DomainError for parts that no rule has, and limits in the wrong order."""
    if unknown := set(rule) - {*RULE_LISTS, *RULE_AMOUNTS}:
        raise DomainError(_("A rule has no part %(name)s.") % {"name": sorted(unknown)[0]}, field="rule")
    found: dict[str, Any] = {}
    for name in RULE_LISTS:
        if texts := [text for one in rule.get(name) or () if (text := str(one).strip())]:
            found[name] = texts
    if strangers := set(found.get("relations", ())) - set(Customer.Relation.values):
        raise DomainError(_("Nobody knows the relation %(name)s.") % {"name": sorted(strangers)[0]}, field="rule")
    found |= {name: float(Decimal(str(rule[name]))) for name in RULE_AMOUNTS if rule.get(name) not in (None, "")}
    if found.get("sales_to", float("inf")) <= found.get("sales_from", float("-inf")):
        raise DomainError(_("The upper limit lies above the lower one."), field="rule")
    return found
