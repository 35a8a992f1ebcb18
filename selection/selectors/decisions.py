"""A decision as its page, its minutes and its slides show it; two snapshots side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from selection.models import ClassChoice, Decision, DecisionLine, Notice, Snapshot, SnapshotRow

MANY_OVERRIDES = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """What a reader sees of a decision: his lines, how many in each class, how many against the figures, who is told.

    `override_share` is None without lines; `is_bent` says that more than a fifth was chosen against the figures.
    """

    decision: Decision
    lines: Sequence[DecisionLine]
    positions: dict[int, SnapshotRow]
    counts: Sequence[tuple[str, int]]
    moved: int
    overrides: int
    override_share: Decimal | None
    is_bent: bool
    notices: Sequence[Notice]
    acknowledged: int


def decision_sheet(decision: Decision, user: User) -> DecisionSheet:
    """The sheet of a decision, with the lines of customers that the reader sees."""
    rows: QuerySet[DecisionLine] = DecisionLine.objects.visible_to(user).filter(decision=decision)
    lines = list(rows.select_related("customer"))
    keys = [line.customer_id for line in lines]
    positions = {
        row.customer_id: row for row in SnapshotRow.objects.filter(snapshot=decision.snapshot_id, customer__in=keys)
    }
    order = {choice: place for place, choice in enumerate(ClassChoice.values)}
    lines.sort(key=lambda line: (order[line.chosen], _rank(positions.get(line.customer_id)), line.customer.name_sort))
    counts = Counter(line.chosen for line in lines)
    overrides = sum(line.is_override for line in lines)
    share = Decimal(overrides) / len(lines) if lines else None
    notices = list(decision.notices.select_related("person").order_by("person__full_name"))
    return DecisionSheet(
        decision=decision,
        lines=lines,
        positions=positions,
        counts=[(str(ClassChoice(value).label), counts[value]) for value in ClassChoice.values],
        moved=sum(line.chosen != line.former for line in lines),
        overrides=overrides,
        override_share=share,
        is_bent=share is not None and share > MANY_OVERRIDES,
        notices=notices,
        acknowledged=sum(notice.acknowledged_at is not None for notice in notices),
    )


def _rank(row: SnapshotRow | None) -> int:
    return row.rank if row is not None and row.rank is not None else 1_000_000_000


@dataclass(frozen=True, slots=True)
class Move:
    """A customer whose place differs between two snapshots; a side is None where the customer was not in it."""

    customer_id: int
    name: str
    before: SnapshotRow | None
    after: SnapshotRow | None

    @property
    def score_change(self) -> Decimal | None:
        """How much more attractive; None where one side is not known."""
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


def moves_between(before: Snapshot, after: Snapshot, user: User, *, at_most: int = 500) -> list[Move]:
    """The customers that the reader sees whose quadrant or tier changed, or who came or went; best rank first."""
    other = SnapshotRow.objects.filter(snapshot=before.pk)
    changed = (
        SnapshotRow.objects.visible_to(user)
        .filter(snapshot=after.pk)
        .exclude(
            customer__in=other.filter(
                customer__snapshot__snapshot=after.pk,
                customer__snapshot__quadrant=F("quadrant"),
                customer__snapshot__tier=F("tier"),
            ).values("customer")
        )
    )
    rows = list(changed.select_related("customer").order_by(F("rank").asc(nulls_last=True))[:at_most])
    former = {row.customer_id: row for row in other.filter(customer__in=[row.customer_id for row in rows])}
    moves = [Move(row.customer_id, row.customer.name, former.get(row.customer_id), row) for row in rows]
    present = SnapshotRow.objects.filter(snapshot=after.pk).values("customer")
    gone = SnapshotRow.objects.visible_to(user).filter(snapshot=before.pk).exclude(customer__in=present)
    moves += [Move(row.customer_id, row.customer.name, row, None) for row in gone.select_related("customer")[:at_most]]
    return moves


def counts_of(snapshot: Snapshot, user: User) -> dict[str, int]:
    """How many customers that the reader sees stand in each quadrant; the empty key counts those without one."""
    rows = SnapshotRow.objects.visible_to(user).filter(snapshot=snapshot.pk)
    return dict(rows.order_by().values_list("quadrant").annotate(count=Count("pk")))


def override_record() -> tuple[int, int]:
    """How many lines of decisions in force stand against the figures, and how many lines there are."""
    rows = DecisionLine.objects.filter(decision__state=Decision.State.IN_FORCE)
    found = rows.aggregate(all=Count("pk"), bent=Count("pk", filter=~Q(chosen=F("calculated"))))
    return found["bent"], found["all"]
