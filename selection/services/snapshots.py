"""Keep where every customer stands, in one statement, for good."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import CurrentScore, ScoringRun, Snapshot

# The set-based twin of `calculations.quadrants.quadrant_of` for classified customers; a test holds them equal.
ROWS: Final = """
INSERT INTO selection_snapshotrow (snapshot_id, customer_id, score, rank, tier, ratio, gap, is_hollow, quadrant,
    sales_units)
SELECT %(snapshot)s, current.customer_id, current.score, current.rank, current.tier, view.ratio, view.gap,
    COALESCE(view.is_hollow OR view.solid_until < %(today)s, false),
    CASE
        WHEN current.rank IS NULL OR run.cut IS NULL OR view.is_strong IS NULL THEN ''
        WHEN current.score >= run.cut
            THEN CASE WHEN view.is_strong THEN 'key' ELSE 'key_development' END
        ELSE CASE WHEN view.is_strong THEN 'maintenance' ELSE 'opportunistic' END
    END,
    score.sales_units
FROM selection_currentscore current
JOIN selection_score score ON score.id = current.source_id
JOIN selection_scoringrun run ON run.id = score.run_id
JOIN customers_customer customer ON customer.id = current.customer_id AND customer.deleted_at IS NULL
LEFT JOIN selection_customerview view ON view.customer_id = current.customer_id
"""


@transaction.atomic
def take_snapshot(*, name: str, note: str = "", by: User) -> Snapshot:
    """Write down the position of every scored customer, each by the cut of its own model (M09).

    Raises NotAllowed, DomainError before the first scoring.
    """
    if not permissions.can_prepare_decisions(by):
        raise NotAllowed("selection_decision", Verb.CREATE)
    if not name.strip():
        raise DomainError(_("Give it a name, such as the quarter."), field="name")
    newest = CurrentScore.objects.order_by("-source__run_id").values_list("source__run", flat=True).first()
    if newest is None:
        raise DomainError(_("Nobody has been scored yet. Score all customers first."))
    run = ScoringRun.objects.get(pk=newest)
    cuts = CurrentScore.objects.aggregate(low=Min("source__run__cut"), high=Max("source__run__cut"))
    cut = cuts["low"] if cuts["low"] == cuts["high"] else None
    snapshot = Snapshot.objects.create(name=name.strip()[:100], note=note.strip(), run=run, cut=cut, made_by=by)
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"snapshot": snapshot.pk, "today": timezone.localdate()})
        count = cursor.rowcount
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=snapshot, changes={"customers": [None, count]})
    return snapshot
