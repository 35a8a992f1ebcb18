"""Work that selection does later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from jobs.handlers import handler

if TYPE_CHECKING:
    from jobs.running import RunningJob


@handler(
    "selection.score-customers",
    title=_("Score all customers"),
    heavy=True,
    per_person=1,
    labels={"customers": _("Customers"), "classified": _("Classified"), "provisional": _("Provisional")},
)
def score_customers(job: RunningJob) -> dict[str, Any]:
    """Score all customers for one run; starting again begins the run afresh and gives the same rows."""
    from selection.services.scoring import score_all  # numpy stays out of the web processes

    return score_all(run_id=job.args["run_id"], job=job)
