"""Open scoring rounds, appoint their raters, release what they gave, go on with a model's next edition."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.querysets import visible_customers
from jobs.notices import notification_kind
from jobs.services.notifications import Notice, notify_many
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.formats import listing
from selection import permissions
from selection.calculations.selection_team import rater_progress, scores_may_be_released
from selection.models import ModelFactor, RoundCustomer, RoundRater, ScoringModel, ScoringRound, SheetScore
from selection.selectors.scopes import customers_of

APPOINTED: Final = notification_kind("round-appointed", gettext_lazy("You are asked to score customers"))
RELEASED: Final = notification_kind("round-released", gettext_lazy("The scores of a round are open to its raters"))
MOST_CUSTOMERS: Final = 200
MOST_RATERS: Final = 20


@transaction.atomic
def open_round(
    *,
    name: str,
    model_id: int,
    customer_ids: Collection[int],
    rater_ids: Collection[int],
    chair_id: int,
    due_on: date,
    today: date,
    purpose: str = "",
    by: User,
) -> ScoringRound:
    """Ask these people to score these customers with this model by that day, each for himself.

    Raises DomainError for a model without judged factors, nobody to score or to be scored, or a day that is past.
    """
    if not permissions.can_run_rounds(by):
        raise NotAllowed("scoring_round", Verb.CREATE)
    model = ScoringModel.objects.visible_to(by).get(pk=model_id)
    _require_judged(model)
    if due_on < today:
        raise DomainError(_("The day is past. Give the raters some days."), field="due_on")
    made = ScoringRound.objects.create(
        name=name, purpose=purpose, model=model, chair=_person(chair_id, "chair"), due_on=due_on
    )
    _add_customers(made, customer_ids, by)
    _appoint(made, rater_ids)
    changes = {"customers": [0, len(set(customer_ids))], "raters": [0, len(set(rater_ids))]}
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=made, changes=changes)
    return made


@transaction.atomic
def change_round(
    *,
    round_id: int,
    version: int,
    by: User,
    name: str | None = None,
    due_on: date | None = None,
    add_raters: Collection[int] = (),
    add_customers: Collection[int] = (),
) -> ScoringRound:
    """Move the day, name more raters, add more customers while the round is being scored."""
    found = _led(round_id, version, by)
    _require(found, ScoringRound.State.OPEN)
    given = {"name": name, "due_on": due_on}
    changes = found.apply({key: value for key, value in given.items() if value is not None})
    if add_raters or add_customers:
        if not permissions.can_run_rounds(by):
            raise NotAllowed("scoring_round", Verb.UPDATE)
        if add_customers:
            _add_customers(found, add_customers, by)
        if add_raters:
            _appoint(found, add_raters)
        changes["added"] = [None, {"raters": sorted(add_raters), "customers": sorted(add_customers)}]
        found.touch()
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, changes=changes)
    return found


@transaction.atomic
def let_rater_leave(*, round_id: int, user_id: int, today: date, by: User) -> RoundRater:
    """Take a rater out of the round from now on; the scores given stay and age like any other evidence (M01)."""
    found = ScoringRound.objects.visible_to(by).get(pk=round_id)
    if not permissions.can_lead(by, found):
        raise NotAllowed("scoring_round", Verb.UPDATE)
    seat: RoundRater = RoundRater.objects.select_for_update().get(round=found, user_id=user_id, left_on=None)
    changes = {"left_on": [None, today]}
    seat.left_on = today
    seat.touch()
    seat.save(update_fields=["left_on"])
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, label=f"{found}: {seat}", changes=changes)
    return seat


@transaction.atomic
def release_round(*, round_id: int, version: int, by: User) -> ScoringRound:
    """Open everybody's scores to the raters and the chair; from now on the sheets stand still (M07).

    Raises DomainError while a rater who has not left still has empty cells; "don't know" fills a cell.
    """
    found = _led(round_id, version, by)
    _require(found, ScoringRound.State.OPEN)
    _require_all_given(found)
    changes = found.apply({"state": ScoringRound.State.RELEASED, "released_at": timezone.now()})
    audit.record(action=AuditEntry.Action.APPROVE, by=by, subject=found, changes={"state": changes["state"]})
    url = reverse("selection:round-detail", args=[found.pk])
    told = {seat.user for seat in found.raters.filter(left_on=None).select_related("user")} | {found.chair}
    notify_many(
        Notice(
            user=person,
            kind=RELEASED,
            key=f"round-released:{found.pk}",
            subject=gettext_lazy("Everybody's scores in %(round)s are open: see where you disagree"),
            params={"round": found.name},
            url=url,
        )
        for person in told
    )
    return found


@transaction.atomic
def cancel_round(*, round_id: int, version: int, by: User) -> ScoringRound:
    """Call a round off; what was typed stays, unseen by others, and counts nowhere."""
    found = _led(round_id, version, by)
    _require(found, ScoringRound.State.OPEN)
    changes = found.apply({"state": ScoringRound.State.CANCELLED})
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, changes=changes)
    return found


@transaction.atomic
def adopt_edition(*, round_id: int, version: int, model_id: int, by: User) -> ScoringRound:
    """Go on with another edition of the same model; scores of factors that both have stay as they are (M01).

    A factor that came in is unscored for everybody. Raises DomainError for another model.
    """
    found = _led(round_id, version, by)
    _require(found, ScoringRound.State.OPEN)
    model = ScoringModel.objects.filter(pk=model_id).first()
    if model is None or model.name != found.model.name:
        raise DomainError(_("A round goes on with an edition of the same model only."), field="model")
    _require_judged(model)
    changes = found.apply({"model": model})
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, changes=changes)
    return found


def led_round(round_id: int, version: int | None, by: User) -> ScoringRound:
    """The round, locked, for who leads it. Raises DoesNotExist, StaleVersion, NotAllowed."""
    return _led(round_id, version, by)


def _led(round_id: int, version: int | None, by: User) -> ScoringRound:
    found: ScoringRound = ScoringRound.objects.visible_to(by).locked(round_id, version)
    if not permissions.can_lead(by, found):
        raise NotAllowed("scoring_round", Verb.UPDATE)
    return found


def _require(found: ScoringRound, state: str) -> None:
    if found.state != state:
        raise DomainError(
            _("This round is %(state)s; that cannot be done any more.") % {"state": found.get_state_display()}
        )


def _require_all_given(found: ScoringRound) -> None:
    keys = found.model.factors.filter(kind=ModelFactor.Kind.JUDGED).values("key")
    customers = found.candidates.filter(customer__deleted_at=None)
    answered = dict(
        SheetScore.objects.filter(round=found, factor_key__in=keys, customer__in=customers.values("customer_id"))
        .filter(Q(score__isnull=False) | Q(unknown=True))
        .order_by()
        .values_list("rater_id")
        .annotate(count=Count("pk"))
    )
    seats = {seat.user_id: str(seat.user) for seat in found.raters.filter(left_on=None).select_related("user")}
    asked = dict.fromkeys(map(str, seats), len(keys) * customers.count())
    progress = rater_progress(asked, {str(pk): count for pk, count in answered.items()})
    if not scores_may_be_released(progress):
        late = listing(seats[int(one.rater)] for one in progress if not one.complete)
        raise DomainError(
            _(
                "Blind scoring is not over: cells of %(people)s are still empty. "
                "A don't know fills a cell; who cannot score any more can be let go."
            )
            % {"people": late or _("the raters")}
        )


def _require_judged(model: ScoringModel) -> None:
    if not model.factors.filter(kind=ModelFactor.Kind.JUDGED).exists():
        raise DomainError(_("Every factor of this model is measured; nobody needs to judge it."), field="model")


def _person(user_id: int, field: str) -> User:
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise DomainError(_("Choose somebody who works here."), field=field)
    return person


def _add_customers(made: ScoringRound, customer_ids: Collection[int], by: User) -> None:
    rows = list(visible_customers(by).filter(pk__in=set(customer_ids)).values_list("pk", flat=True))
    if not rows or len(rows) != len(set(customer_ids)):
        raise DomainError(_("Choose the customers to score."), field="customers")
    if customers_of(made.model, day=timezone.localdate()).filter(pk__in=rows).count() != len(rows):
        raise DomainError(
            _("Some of these customers belong to a segment with other factors. One round scores one segment."),
            field="customers",
        )
    if made.candidates.exclude(customer_id__in=rows).count() + len(rows) > MOST_CUSTOMERS:
        raise DomainError(
            _("A round scores at most %(count)s customers; make two.") % {"count": MOST_CUSTOMERS}, field="customers"
        )
    RoundCustomer.objects.bulk_create([RoundCustomer(round=made, customer_id=pk) for pk in rows], ignore_conflicts=True)


def _appoint(made: ScoringRound, rater_ids: Collection[int]) -> None:
    people: Sequence[Any] = [_person(pk, "raters") for pk in sorted(set(rater_ids))]
    if not people:
        raise DomainError(_("Choose who scores: five to eight people from several functions."), field="raters")
    if len(people) > MOST_RATERS:
        raise DomainError(_("At most %(count)s people score in a round.") % {"count": MOST_RATERS}, field="raters")
    for person in people:
        seat, is_new = RoundRater.objects.get_or_create(round=made, user=person)
        if not is_new and seat.left_on is not None:
            seat.left_on = None
            seat.touch()
            seat.save(update_fields=["left_on"])
    notify_many(
        Notice(
            user=person,
            kind=APPOINTED,
            key=f"round-appointed:{made.pk}",
            subject=gettext_lazy("You are asked to score customers in %(round)s by %(day)s"),
            params={"round": made.name, "day": made.due_on},
            url=reverse("selection:sheet", args=[made.pk]),
        )
        for person in people
    )
