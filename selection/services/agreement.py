"""Agree on scores after a round is released, and let what was agreed count."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.errors import DomainError, StaleVersion
from selection.models import Consensus, ModelFactor, Rating, ScoringRound, SheetScore
from selection.services.rescoring import ask_rescoring
from selection.services.rounds import led_round
from selection.services.sheets import HIGHEST, LOWEST


@transaction.atomic
def agree(
    *,
    round_id: int,
    customer_id: int,
    factor_key: str,
    score: Decimal,
    note: str,
    version: int,
    by: User,
) -> Consensus:
    """Write down what the raters agreed on for a cell. `version` is the agreement's own, 0 where there is none yet.

    Raises DomainError before the round is released, for a score off the scale, or for one away from every rater's
    own score without a reason; StaleVersion where the chair and the office wrote at once.
    """
    found = led_round(round_id, None, by)
    if found.state != ScoringRound.State.RELEASED:
        raise DomainError(_("Agree while the round is being discussed: after its release, before it is closed."))
    factors = found.model.factors.filter(kind=ModelFactor.Kind.JUDGED)
    if not factors.filter(key=factor_key).exists() or not found.candidates.filter(customer_id=customer_id).exists():
        raise DomainError(_("This round does not score that."))
    if not LOWEST <= score <= HIGHEST:
        raise DomainError(_("A score lies between 1 and 10."), field="score")
    cells = SheetScore.objects.filter(round=found, customer_id=customer_id, factor_key=factor_key)
    given = [cell.score for cell in cells if cell.score is not None]
    if not note.strip() and not (given and min(given) <= score <= max(given)):
        raise DomainError(_("Nobody gave such a score: say why it was agreed."), field="note")
    place = {"round": found, "customer_id": customer_id, "factor_key": factor_key}
    row = Consensus.objects.select_for_update().filter(**place).first()
    if (row.version if row else 0) != version:
        raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=row)
    values = {"score": score, "note": note.strip(), "agreed_by": by}
    if row is None:
        row = Consensus.objects.create(**place, **values)
        changes = {"score": [None, score]}
    else:
        changes = row.apply(values)
    if changes:
        audit.record(
            action=AuditEntry.Action.UPDATE, by=by, subject=found, label=f"{found}: {factor_key}", changes=changes
        )
    return row


@transaction.atomic
def close_round(*, round_id: int, version: int, by: User) -> ScoringRound:
    """Let the round count: each rater's scores become his ratings, agreed scores replace their mean.

    The customers of the round are scored anew by the next scoring. Raises DomainError before the release.
    """
    found = led_round(round_id, version, by)
    if found.state != ScoringRound.State.RELEASED:
        raise DomainError(_("Open the scores to the raters first, so that they can disagree."))
    factors = {factor.key: factor for factor in found.model.factors.filter(kind=ModelFactor.Kind.JUDGED)}
    cells = SheetScore.objects.filter(round=found, score__isnull=False, factor_key__in=factors)
    ratings = [
        Rating(
            factor=factors[cell.factor_key],
            customer_id=cell.customer_id,
            rater_id=cell.rater_id,
            score=cell.score,
            evidence=cell.evidence,
            note="\n".join(text for text in (cell.source, cell.note) if text),
            rated_on=timezone.localtime(cell.updated_at).date(),
        )
        for cell in cells
    ]
    Rating.objects.bulk_create(
        ratings,
        update_conflicts=True,
        unique_fields=["factor", "customer", "rater"],
        update_fields=["score", "evidence", "note", "rated_on", "updated_at"],
    )
    changes = found.apply({"state": ScoringRound.State.CLOSED, "closed_at": timezone.now()})
    audit.record(
        action=AuditEntry.Action.APPROVE,
        by=by,
        subject=found,
        changes={"state": changes["state"], "ratings": [None, len(ratings)]},
    )
    ask_rescoring()
    return found
