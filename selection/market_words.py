"""What is wrong with a market map, in words that name the node and by how much."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kcrm.lib import formats
from selection.calculations.explanation import Reason
from selection.calculations.market_map import MapCheck, MapReason


def problems_of(check: MapCheck, names: Mapping[str, str]) -> list[str]:
    """Each problem of a map as a sentence."""
    return [_problem(one, names) for one in check.reasons]


def _problem(one: Reason, names: Mapping[str, str]) -> str:
    figures = dict(one.figures)
    subject = _named(one.subject, names)
    match one.code:
        case MapReason.CIRCLE:
            return _("The flows run in a circle: %(way)s. A map leads from suppliers to final users.") % {
                "way": subject
            }
        case MapReason.UNKNOWN_NODE:
            return _("A flow leads to or from %(node)s, which is not among the nodes.") % {"node": subject}
        case MapReason.INFLUENCER_WITH_FLOW:
            return _("%(node)s influences and has no flow of its own. Choose another level or take the flow away.") % {
                "node": subject
            }
        case MapReason.NOT_CONSERVED:
            return _out_of_balance(subject, figures)
        case MapReason.LOSS_WITHOUT_INFLOW:
            return _("%(node)s loses %(loss)s and receives nothing.") % {
                "node": subject,
                "loss": formats.number(figures["loss"], 1),
            }
        case MapReason.SHARES_OVER_FULL:
            return _("The shares on %(flow)s total %(total)s, more than the whole.") % {
                "flow": subject,
                "total": formats.percent(figures["total"], 1),
            }
        case MapReason.DECISIONS_NOT_FULL:
            return _("The decisions total %(total)s of the market; they must total 100 %%.") % {
                "total": formats.percent(figures["total"], 1)
            }
        case _:
            return _("Nothing flows yet. Add flows from suppliers to final users.")


def _out_of_balance(node: str, figures: Mapping[str, float]) -> str:
    gap = figures["inflow"] - figures["outflow"] - figures["loss"]
    values = {
        "node": node,
        "inflow": formats.number(figures["inflow"], 1),
        "outflow": formats.number(figures["outflow"], 1),
        "loss": formats.number(figures["loss"], 1),
        "gap": formats.number(abs(gap), 1),
    }
    if gap > 0:
        return (
            _("%(node)s receives %(inflow)s, passes on %(outflow)s and loses %(loss)s: %(gap)s too little goes on.")
            % values
        )
    return (
        _("%(node)s receives %(inflow)s, passes on %(outflow)s and loses %(loss)s: %(gap)s too much goes on.") % values
    )


def _named(subject: str, names: Mapping[str, str]) -> str:
    """The names of nodes in a text that has their keys."""
    return " > ".join(names.get(key, key) for key in subject.split(" > "))
