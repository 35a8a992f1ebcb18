"""The field's words for factors and figures, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kcrm.lib import formats
from selection.calculations.explanation import Reason
from selection.calculations.factor_sets import FactorSetReason
from selection.calculations.metric_dictionary import Metric
from selection.calculations.supplier_remarks import StrengthReason

METRIC_NAMES: Final[Mapping[str, Any]] = {
    Metric.SALES_12_MONTHS: _("Net sales, 12 months"),
    Metric.SALES_GROWTH: _("Growth of net sales"),
    Metric.CONTRIBUTION_12_MONTHS: _("Contribution, 12 months"),
    Metric.CONTRIBUTION_MARGIN: _("Contribution margin"),
    Metric.SHARE_OF_WALLET: _("Share of wallet"),
    Metric.CATEGORY_SPEND: _("What the customer spends on the category"),
    Metric.ORDER_REGULARITY: _("Order regularity"),
    Metric.DAYS_SINCE_LAST_ORDER: _("Days since the last order"),
    Metric.BREADTH_OF_RANGE: _("Breadth of range"),
    Metric.DISCOUNT_SHARE: _("Discount taken"),
    Metric.TENURE: _("Years with us"),
    Metric.ACTIVE_CONTACTS: _("Contacts in use"),
    Metric.DAYS_PAID_LATE: _("Days paid late"),
    Metric.SATISFACTION: _("Satisfaction"),
}

LIBRARY: Final[Mapping[str, Any]] = {
    **METRIC_NAMES,
    "strategic_fit": _("Strategic fit"),
    "financial_soundness": _("Financial soundness"),
    "ease_of_access": _("Ease of access"),
    "closeness": _("Closeness of the relationship"),
    "early_adopter": _("Adopts new things early"),
    "values_our_offer": _("Values what we offer"),
    "low_competition": _("Little competition"),
    "market_standing": _("Standing in its market"),
}

REMARKS: Final[Mapping[str, Any]] = {
    FactorSetReason.TOO_FEW: _("Fewer than four factors: one opinion decides too much."),
    FactorSetReason.TOO_MANY: _("More than eight factors: nobody will keep them apart."),
    FactorSetReason.MORE_THAN_ADVISED: _("More than six factors: consider dropping one."),
    FactorSetReason.WEIGHTS_NOT_100: _("The weights do not total 100."),
    FactorSetReason.TOO_MUCH_PAST: _(
        "More than 60 % of the weight looks at past sales; the choice is about the future."
    ),
}

STRENGTH_REMARKS: Final[Mapping[str, Any]] = {
    StrengthReason.NO_ALTERNATIVE: _("No rival is named, so there is no relative strength: unknown territory."),
    StrengthReason.SOLE_SOURCE: _(
        "We are the only source: compare us with what the customer would do without us, such as making it itself."
    ),
    StrengthReason.US_UNSCORED: _("Nothing is known yet of how the customer sees us."),
    StrengthReason.ALTERNATIVES_UNSCORED: _("No alternative is scored on a factor on which we are."),
    StrengthReason.LOW_COVERAGE: _("%(unscored)s of the weight is not scored for both sides: too much to compare."),
    StrengthReason.NO_RIVAL: _("No rival is among the alternatives; are we really the only supplier?"),
    StrengthReason.EXPECTATION: _("The customer does not buy yet: the scores are expectations."),
    StrengthReason.HOLLOW: _("Only %(confidence)s of the weight is told or observed; the rest is our guess."),
    StrengthReason.STALE: _("%(share)s of the weight rests on evidence older than twelve months."),
}

STRENGTH_REASONS: Final[Mapping[str, Any]] = {
    "": _("Nothing is written down yet."),
    StrengthReason.NO_ALTERNATIVE: _("No rival is named."),
    StrengthReason.SOLE_SOURCE: _("Sole source: nothing to compare with is named."),
    StrengthReason.US_UNSCORED: _("We are not scored."),
    StrengthReason.ALTERNATIVES_UNSCORED: _("No alternative is scored."),
    StrengthReason.LOW_COVERAGE: _("Too little is scored for both sides."),
}

EVIDENCE_HELP: Final = _("What did you see or hear that made you choose this score?")


def factor_name(key: str, name: str) -> str:
    """What to call a factor: the name it was given, else the library's, else its key."""
    return name or str(LIBRARY.get(key, key.replace("_", " ").capitalize()))


def strength_remark(found: Reason) -> str:
    """What limits a relative strength, as a sentence."""
    values = {name: formats.percent(value, 0) for name, value in found.figures}
    return str(STRENGTH_REMARKS[StrengthReason(found.code)]) % values
