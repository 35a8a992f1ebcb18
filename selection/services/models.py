"""Make factor sets and change drafts; `selection.services.editions` puts them into force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.paired_comparison import Judgement, paired_weights
from selection.models import ModelFactor, ScoringModel, Segment
from selection.scales import scale_of
from selection.selectors.figures import AVAILABLE
from selection.services.rescoring import ask_scoring_of_moved

WHOLE: Decimal = Decimal(100)
NOT_YET: Final = (ScoringModel.State.DRAFT, ScoringModel.State.ASKED)


@transaction.atomic
def create_model(
    *, name: str, purpose: str = "", factors: Sequence[Mapping[str, Any]], by: User, segment_id: int | None = None
) -> ScoringModel:
    """A draft of a factor set, of a segment or of the rest; the next edition where the name exists already.

    Each factor is a mapping with the fields of `ModelFactor`. Raises DomainError for a scale or figure that does not
    exist, a factor named twice, weights that do not total 100, or a name that is that of another segment's model.
    """
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.CREATE)
    newest = ScoringModel.objects.select_for_update().filter(name=name).order_by("-edition").first()
    if newest is not None and newest.segment_id != segment_id:
        raise DomainError(_("Another segment's model has this name. Choose another."), field="name")
    if segment_id is not None and not Segment.objects.in_use().filter(pk=segment_id).exists():
        raise DomainError(_("This segment was given up; nobody goes into it any more."), field="segment")
    model = ScoringModel.objects.create(
        name=name,
        purpose=purpose,
        segment_id=segment_id,
        edition=newest.edition + 1 if newest else 1,
        supersedes=newest,
        written_by=by,
    )
    _put_factors(model, factors)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=model, changes={"factors": [None, list(factors)]})
    return model


@transaction.atomic
def change_factors(*, model_id: int, version: int, factors: Sequence[Mapping[str, Any]], by: User) -> ScoringModel:
    """Replace the factors of a draft. Raises DomainError once the edition is in force: make the next one instead."""
    model: ScoringModel = ScoringModel.objects.visible_to(by).locked(model_id, version)
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    _require_draft(model)
    before = [factor.key for factor in model.factors.all()]
    model.factors.all().delete()
    _put_factors(model, factors)
    if not model.apply({"written_by": by}):
        model.touch()
    after = [factor["key"] for factor in factors]
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=model, changes={"factors": [before, after]})
    return model


@transaction.atomic
def next_edition(*, model_id: int, by: User) -> ScoringModel:
    """A draft that begins as a copy of this edition. Raises DomainError while the next one is a draft already."""
    model: ScoringModel = ScoringModel.objects.visible_to(by).get(pk=model_id)
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.CREATE)
    if ScoringModel.objects.filter(name=model.name, state__in=NOT_YET).exists():
        raise DomainError(_("There is a draft of the next edition already. Go on with that one."))
    copied = ("key", "name", "kind", "metric", "scale", "anchors", "weight", "minimum", "horizon")
    factors = [{name: getattr(factor, name) for name in copied} for factor in model.factors.all()]
    made = create_model(name=model.name, purpose=model.purpose, factors=factors, segment_id=model.segment_id, by=by)
    made.apply({"comparisons": model.comparisons})
    return made


@transaction.atomic
def weigh_by_pairs(
    *,
    model_id: int,
    version: int,
    judgements: Sequence[Judgement],
    comparisons: Sequence[Sequence[str]],
    by: User,
) -> ScoringModel:
    """Give a draft's factors the weights that these comparisons mean, and keep the comparisons with it.

    Raises DomainError while pairs are missing, where the comparisons contradict each other, or once in force.
    """
    model: ScoringModel = ScoringModel.objects.visible_to(by).locked(model_id, version)
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    _require_draft(model)
    factors = list(model.factors.select_for_update())
    found = paired_weights([factor.key for factor in factors], judgements)
    if found.points is None:
        raise DomainError(_("Compare every pair first."))
    if not found.consistent:
        raise DomainError(_("These comparisons contradict each other too much. Look at the ones that are named."))
    before = {factor.key: factor.weight for factor in factors}
    for factor in factors:
        factor.apply({"weight": Decimal(found.points[factor.key])})
    model.apply({"comparisons": [list(one) for one in comparisons], "written_by": by})
    changes = {"weights": [before, found.points]}
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=model, changes=changes)
    return model


@transaction.atomic
def take_out_of_force(*, model_id: int, version: int, by: User) -> ScoringModel:
    """Let a segment do without a model of its own: its customers are scored by the model for the rest again."""
    model: ScoringModel = ScoringModel.objects.visible_to(by).locked(model_id, version)
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    if model.state != ScoringModel.State.ACTIVE or model.segment_id is None:
        raise DomainError(_("Only a segment's model that is in force can be taken out of force."))
    changes = model.apply({"state": ScoringModel.State.RETIRED})
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=model, changes=changes)
    ask_scoring_of_moved()
    return model


def _require_draft(model: ScoringModel) -> None:
    if model.state == ScoringModel.State.ASKED:
        raise DomainError(_("This edition waits for approval. Take it back before you change it."))
    if model.state != ScoringModel.State.DRAFT:
        raise DomainError(_("This edition has scored customers and stays as it is. Make a new edition."))


def _put_factors(model: ScoringModel, factors: Sequence[Mapping[str, Any]]) -> None:
    keys = [factor["key"] for factor in factors]
    if len(set(keys)) != len(keys):
        raise DomainError(_("Each factor can stand in a model once."), field="factors")
    total = sum((Decimal(str(factor["weight"])) for factor in factors), Decimal(0))
    if total != WHOLE:
        raise DomainError(
            _("The weights total %(total)s; they must total 100.") % {"total": f"{total.normalize():f}"},
            field="factors",
        )
    for factor in factors:
        if factor["kind"] == ModelFactor.Kind.METRIC:
            if factor.get("metric") not in AVAILABLE:
                raise DomainError(_("Choose the figure that measures this factor."), field="factors")
            scale_of(factor.get("scale") or {})
    ModelFactor.objects.bulk_create(
        ModelFactor(model=model, position=position, **factor) for position, factor in enumerate(factors, start=1)
    )
