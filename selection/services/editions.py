"""Put editions of factor sets into force: asked for by one person, approved or sent back by another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs.notices import notification_kind
from jobs.services.notifications import Notice, notify_many
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import ScoringModel, Segment

WAITS: Final = notification_kind("selection.model-to-approve", gettext_lazy("A factor set waits for your approval"))
ANSWERED: Final = notification_kind("selection.model-answered", gettext_lazy("A factor set was approved or sent back"))
State = ScoringModel.State


@transaction.atomic
def ask_for_force(*, model_id: int, version: int, by: User) -> ScoringModel:
    """Ask that a draft score its customers from now on; every director but those who wrote it and ask is told.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError for what is no draft, has no factors, or belongs to a
    segment that did not pass its tests.
    """
    model = _locked(model_id, version, by, Verb.UPDATE)
    if model.state != State.DRAFT:
        raise DomainError(_("Only a draft can be asked for."))
    _require_ready(model)
    changes = model.apply(
        {
            "state": State.ASKED,
            "asked_by": by,
            "asked_at": timezone.now(),
            "decided_by": None,
            "decided_at": None,
            "remark": "",
        }
    )
    _note(model, by, AuditEntry.Action.UPDATE, changes)
    others = User.objects.active().filter(roles__contains=["director"]).exclude(pk__in=_own(model))
    _tell(model, others, WAITS, gettext_lazy("Approve: %(model)s, edition %(edition)s"))
    return model


@transaction.atomic
def take_back(*, model_id: int, version: int, by: User) -> ScoringModel:
    """Make what was asked for a draft again, to be changed. Raises as `ask_for_force`."""
    model = _locked(model_id, version, by, Verb.UPDATE)
    _require_asked(model)
    changes = model.apply({"state": State.DRAFT, "asked_by": None, "asked_at": None})
    _note(model, by, AuditEntry.Action.UPDATE, changes)
    return model


@transaction.atomic
def approve_edition(*, model_id: int, version: int, by: User, remark: str = "") -> ScoringModel:
    """Let what somebody else wrote and asked for score from now on; the edition before, of the same segment, retires.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError for one's own edition or request, and as
    `ask_for_force` for what has slipped since.
    """
    model = _locked(model_id, version, by, Verb.APPROVE)
    _require_asked(model)
    _require_other(model, by)
    _require_ready(model)
    for earlier in ScoringModel.objects.select_for_update(of=("self",)).in_force().filter(segment=model.segment_id):
        earlier.apply({"state": State.RETIRED})
    changes = model.apply(_decided(State.ACTIVE, by, remark))
    _note(model, by, AuditEntry.Action.APPROVE, changes)
    _tell(model, _authors(model), ANSWERED, gettext_lazy("In force: %(model)s, edition %(edition)s"))
    return model


@transaction.atomic
def send_back(*, model_id: int, version: int, remark: str, by: User) -> ScoringModel:
    """Make what somebody else asked for a draft again, with a word why. Raises as `approve_edition`."""
    model = _locked(model_id, version, by, Verb.APPROVE)
    _require_asked(model)
    _require_other(model, by)
    if not remark.strip():
        raise DomainError(_("Say why, so that it can be changed."), field="remark")
    changes = model.apply(_decided(State.DRAFT, by, remark))
    _note(model, by, AuditEntry.Action.UPDATE, changes)
    _tell(model, _authors(model), ANSWERED, gettext_lazy("Sent back: %(model)s, edition %(edition)s"))
    return model


def _locked(model_id: int, version: int, by: User, verb: Verb) -> ScoringModel:
    model: ScoringModel = ScoringModel.objects.visible_to(by).locked(model_id, version)
    may = permissions.can_approve_models if verb is Verb.APPROVE else permissions.can_edit_models
    if not may(by):
        raise NotAllowed("scoring_model", verb)
    return model


def _require_ready(model: ScoringModel) -> None:
    if not model.factors.exists():
        raise DomainError(_("A model without factors cannot score anybody. Add factors first."))
    if model.segment is not None and model.segment.state != Segment.State.ACCEPTED:
        raise DomainError(_("The segment has not passed its tests yet. Accept it first."))


def _require_asked(model: ScoringModel) -> None:
    if model.state != State.ASKED:
        raise DomainError(_("Nobody has asked for this edition, or it was decided already."))


def _require_other(model: ScoringModel, by: User) -> None:
    if by.pk in _own(model):
        raise DomainError(_("Somebody else must decide about what you wrote or asked for."))


def _own(model: ScoringModel) -> set[int]:
    """Who may not decide about this edition: who wrote it last, and who asked."""
    return {key for key in (model.written_by_id, model.asked_by_id) if key is not None}


def _authors(model: ScoringModel) -> list[User]:
    return list(User.objects.active().filter(pk__in=_own(model)))


def _decided(state: str, by: User, remark: str) -> dict[str, Any]:
    return {"state": state, "decided_by": by, "decided_at": timezone.now(), "remark": remark.strip()[:500]}


def _note(model: ScoringModel, by: User, action: str, changes: dict[str, list[Any]]) -> None:
    said = {name: values for name, values in changes.items() if name == "state"}
    audit.record(action=action, by=by, subject=model, changes=said, reason=model.remark)


def _tell(model: ScoringModel, people: Iterable[User], kind: str, subject: Any) -> None:
    notify_many(
        Notice(
            user=person,
            kind=kind,
            key=f"selection-model:{model.pk}:{model.version}",
            subject=subject,
            params={"model": model.name, "edition": model.edition},
            url=reverse("selection:model-detail", args=[model.pk]),
        )
        for person in people
    )
