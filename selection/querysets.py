"""Which scoring models, which customers' views."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, Func, JSONField, OuterRef, Q, QuerySet

from customers.permissions import token_covers
from customers.querysets import CustomerPartQuerySet
from kcrm.lib.access import Verb, allows, allows_anywhere, global_standings, token_allows
from kcrm.lib.models import VersionedQuerySet
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User


def _reads(user: User, resource: str) -> bool:
    return token_covers(user, resource, Verb.READ) and allows_anywhere(resource, Verb.READ, reach_of(user).actors())


class ScoringModelQuerySet(VersionedQuerySet):
    """Editions of factor sets."""

    def visible_to(self, user: User) -> Self:
        """All editions for those who may read models at all, none for others."""
        return self if allows_anywhere("scoring_model", Verb.READ, reach_of(user).actors()) else self.none()

    def in_force(self) -> Self:
        """The editions that score customers now: one a segment, and one for the rest."""
        return self.filter(state="active")


class SegmentQuerySet(VersionedQuerySet):
    """Segments."""

    def visible_to(self, user: User) -> Self:
        """All segments for those who may read them at all, none for others."""
        return self if _reads(user, "segment") else self.none()

    def in_use(self) -> Self:
        """Those that customers can be put into."""
        return self.exclude(state="retired")


class SegmentPlaceQuerySet(CustomerPartQuerySet):
    """Places of customers in segments."""

    def on_day(self, day: date) -> Self:
        """Those that hold on this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class MarketMapQuerySet(VersionedQuerySet):
    """Editions of market maps."""

    def visible_to(self, user: User) -> Self:
        """All maps for those who may read them at all, none for others."""
        return self if _reads(user, "market_map") else self.none()


class ScoringRunQuerySet(models.QuerySet):
    """Scorings of all customers."""

    def given_up(self) -> Self:
        """Unfinished ones that no job will finish: theirs was cancelled, or gave up after its last attempt."""
        live = apps.get_model("jobs.Job").objects.live()
        number = Func(OuterRef("pk"), function="to_jsonb", output_field=JSONField())
        named = Exists(live.filter(kind="selection.score-customers", args__run_ids__contains=number))
        nightly = Q(key__startswith="nightly:") & Exists(live.filter(kind="selection.score-nightly"))
        moved = Q(key__startswith="moved:") & Exists(live.filter(kind="selection.score-moved"))
        return self.filter(~named, ~nightly, ~moved, state="running")


class CustomerViewQuerySet(CustomerPartQuerySet):
    """How customers see us."""

    def placed(self) -> Self:
        """Those that stand on the matrix."""
        return self.filter(is_strong__isnull=False)


class SettingQuerySet(VersionedQuerySet):
    """Rules of the method that everybody who reads scoring models may read."""

    def visible_to(self, user: User) -> Self:
        """All of them, or none."""
        return self if allows_anywhere("scoring_model", Verb.READ, reach_of(user).actors()) else self.none()


class ScoringRoundQuerySet(VersionedQuerySet):
    """Scoring rounds."""

    def visible_to(self, user: User) -> Self:
        """All rounds for those whose role reads them; for others the rounds that they chair or score in."""
        token = getattr(user, "api_token", None)
        if token is not None and not token_allows("scoring_round", Verb.READ, token.scopes):
            return self.none()
        if allows("scoring_round", Verb.READ, global_standings(user.roles)):
            return self
        seats = self.model._default_manager.filter(raters__user=user, raters__left_on=None).values("pk")
        return self.filter(Q(chair=user) | Q(pk__in=seats))

    def being_scored(self) -> Self:
        """Those that take scores."""
        return self.filter(state="open")


class SheetScoreQuerySet(VersionedQuerySet):
    """Cells of score sheets."""

    def readable_by(self, user: User, rounds: QuerySet[Any]) -> Self:
        """One's own cells, and everybody's once their round is released; of these rounds alone."""
        return self.filter(Q(rater=user) | Q(round__released_at__isnull=False), round__in=rounds)


class ScenarioQuerySet(VersionedQuerySet):
    """Portfolios that could be."""

    def visible_to(self, user: User) -> Self:
        """All of them for those who may read scenarios at all; what each moves is narrowed to customers in sight."""
        return self if _reads(user, "scenario") else self.none()


class SnapshotQuerySet(models.QuerySet):
    """Snapshots."""

    def visible_to(self, user: User) -> Self:
        """All snapshots for those who may read decisions at all; which rows they see is asked of the rows."""
        return self if allows_anywhere("selection_decision", Verb.READ, reach_of(user).actors()) else self.none()


class DecisionQuerySet(VersionedQuerySet):
    """Decisions about customers."""

    def visible_to(self, user: User) -> Self:
        """All for those who keep or watch decisions; for others what they were told, and what was proposed about a
        customer they see."""
        if not token_covers(user, "selection_decision", Verb.READ):
            return self.none()
        if allows("selection_decision", Verb.READ, global_standings(user.roles)):
            return self
        told = apps.get_model("selection", "Notice").objects.filter(person=user, told_at__isnull=False)
        known = Q(pk__in=told.values("decision"))
        if allows_anywhere("selection_decision", Verb.READ, reach_of(user).actors()):
            lines = apps.get_model("selection", "DecisionLine").objects.visible_to(user)
            known |= ~Q(state="draft") & Q(pk__in=lines.values("decision"))
        return self.filter(known)

    def due(self, day: date) -> Self:
        """Approved decisions whose day has come."""
        return self.filter(state="approved", effective_on__lte=day)


class ProjectQuerySet(VersionedQuerySet):
    """Selection projects."""

    def visible_to(self, user: User) -> Self:
        """All for those whose role reads them; for others those that they run, sponsor or work in, and those whose
        decision they may read."""
        if not token_covers(user, "selection_project", Verb.READ):
            return self.none()
        if allows("selection_project", Verb.READ, global_standings(user.roles)):
            return self
        found = self.model._default_manager
        seats = found.filter(members__user=user, members__left_on=None).values("pk")
        steps = found.filter(steps__responsible=user).values("pk")
        told = apps.get_model("selection", "Decision").objects.visible_to(user).exclude(state="draft")
        mine = Q(leader=user) | Q(sponsor=user) | Q(pk__in=seats) | Q(pk__in=steps)
        return self.filter(mine | Q(decision__in=told.values("pk")))

    def due_for_recheck(self, today: date) -> Self:
        """Finished ones whose re-check has come and has not begun; whoever ran them still works here."""
        live = self.model._default_manager.filter(former=OuterRef("pk")).exclude(state="called_off")
        return self.filter(~Exists(live), state="done", recheck_on__lte=today, leader__is_active=True)


class OfProjectQuerySet(VersionedQuerySet):
    """Rows that belong to a project."""

    def visible_to(self, user: User) -> Self:
        """Those of the projects that the user sees."""
        return self.filter(project__in=apps.get_model("selection", "SelectionProject").objects.visible_to(user))


class SignOffQuerySet(VersionedQuerySet):
    """Words about gates."""

    def visible_to(self, user: User) -> Self:
        """Those of the projects that the user sees."""
        projects = apps.get_model("selection", "SelectionProject").objects.visible_to(user)
        return self.filter(step__project__in=projects)

    def valid(self) -> Self:
        """Words that stand: asked for, or passed and not opened again."""
        return self.filter(state__in=["asked", "signed", "waived"])

    def passed(self) -> Self:
        """Words that opened their gate and still stand."""
        return self.filter(state__in=["signed", "waived"])
