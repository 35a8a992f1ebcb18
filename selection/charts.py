"""Scores as charts: plain descriptions that the chart frame draws, each with its table."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kcrm.lib import formats
from selection.selectors.distributions import Distribution
from selection.selectors.stability import Stability, StabilityRow


def histogram(found: Distribution, *, name: str) -> dict[str, Any]:
    """How many present customers get which score."""
    counts = [count for _score, count in found.counts]
    return {
        "id": "scale-preview",
        "title": _("What %(factor)s gives on present customers") % {"factor": name},
        "note": _("%(known)s have the figure, %(unknown)s stay unscored")
        % {"known": formats.number(sum(counts)), "unknown": formats.number(found.unknown)},
        "summary": _("Customers by score"),
        "size": "short",
        "spec": {
            "kind": "bar",
            "x": {"label": _("Score"), "categories": [str(score) for score, _count in found.counts]},
            "y": {"label": _("Customers"), "digits": 0},
            "labels": True,
            "series": [{"name": _("Customers"), "values": counts}],
        },
        "table": {
            "columns": [{"label": _("Score"), "numeric": True}, {"label": _("Customers"), "numeric": True}],
            "rows": [[str(score), formats.number(count)] for score, count in found.counts],
        },
    }


def rank_chart(found: Stability) -> dict[str, Any]:
    """Each customer's rank against the best and the worst that other weights give it."""

    def points(series: str) -> list[dict[str, Any]]:
        places = {
            "best": lambda row: row.range.best,
            "worst": lambda row: row.range.worst,
            "equal": lambda row: row.equal,
        }
        return [
            {
                "label": row.name,
                "x": row.range.base_rank,
                "y": places[series](row),
                "href": reverse("selection:customer-score", args=[row.customer_id]),
            }
            for row in found.rows
            if places[series](row) is not None
        ]

    names = {"best": _("Best rank, weights 20 % up or down"), "worst": _("Worst rank, weights 20 % up or down"),
             "equal": _("Rank with equal weights")}  # fmt: skip
    last = max((row.range.worst for row in found.rows), default=1) + 1
    return {
        "id": "rank-stability",
        "title": _("How far each rank moves"),
        "note": _("on the diagonal nothing moves"),
        "summary": _("Ranks under other weights against ranks as they are"),
        "size": "tall",
        "spec": {
            "kind": "scatter",
            "x": {"label": _("Rank"), "min": 0, "max": last, "digits": 0},
            "y": {"label": _("Rank under other weights"), "min": 0, "max": last, "digits": 0},
            "series": [{"name": name, "points": points(key)} for key, name in names.items()],
        },
        "table": {
            "columns": [
                {"label": _("Customer"), "numeric": False},
                *({"label": label, "numeric": True} for label in (_("Rank"), *names.values())),
            ],
            "rows": [[row.name, *map(_rank, _ranks(row))] for row in found.rows],
        },
    }


def _ranks(row: StabilityRow) -> tuple[int | None, ...]:
    return row.range.base_rank, row.range.best, row.range.worst, row.equal


def _rank(rank: int | None) -> str:
    return formats.number(rank) if rank else "–"
