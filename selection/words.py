"""The field's words for factors and figures, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kcrm.lib import formats
from selection.calculations.balance import BalanceReason
from selection.calculations.bonds import BondLevel, SwitchingItem
from selection.calculations.compliance import ComplianceVerdict, PolicyRule
from selection.calculations.dependence import (
    CustomerDependence,
    Dependence,
    OurDependence,
    PurchaseCategory,
    SupplierView,
)
from selection.calculations.explanation import Reason
from selection.calculations.factor_sets import FactorSetReason
from selection.calculations.loyalty import ProfitLoyalty
from selection.calculations.metric_dictionary import Metric
from selection.calculations.model_conflicts import Model, ModelView, Stance
from selection.calculations.nine_cell import CellStrategy, StatusPart
from selection.calculations.policies import CreditRule, PlanDepth, PriceRule, ServiceLevel, SponsorRule
from selection.calculations.quadrants import Quadrant
from selection.calculations.relationship_quality import Dimension
from selection.calculations.scenarios import Figure
from selection.calculations.selling_modes import SellingMode
from selection.calculations.stages import StageItem
from selection.calculations.supplier_remarks import StrengthReason
from selection.models.scores import TierChoice

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


QUADRANT_NAMES: Final[Mapping[str, Any]] = {
    Quadrant.KEY: _("Key"),
    Quadrant.KEY_DEVELOPMENT: _("Key development"),
    Quadrant.MAINTENANCE: _("Maintenance"),
    Quadrant.OPPORTUNISTIC: _("Opportunistic"),
}
QUADRANT_ROLES: Final[Mapping[str, str]] = {
    Quadrant.KEY: "key",
    Quadrant.KEY_DEVELOPMENT: "develop",
    Quadrant.MAINTENANCE: "maintain",
    Quadrant.OPPORTUNISTIC: "opportunistic",
}
"""The token of each quadrant's colour and shape."""

RULE_NAMES: Final[Mapping[str, Any]] = {
    PolicyRule.CONTACTS: _("Contacts"),
    PolicyRule.STEERING_MEETINGS: _("Meetings"),
    PolicyRule.REVIEWS: _("Reviews"),
    PolicyRule.SPONSOR: _("Executive sponsor"),
    PolicyRule.PLAN: _("Account plan"),
    PolicyRule.SERVICE: _("Service"),
    PolicyRule.DISCOUNT: _("Discount"),
    PolicyRule.COST_TO_SERVE: _("Cost to serve"),
    PolicyRule.TIME_BOX: _("Quarters in development"),
}
VERDICT_NAMES: Final[Mapping[str, Any]] = {
    ComplianceVerdict.MET: _("kept"),
    ComplianceVerdict.SHORT: _("short"),
    ComplianceVerdict.OVER: _("over"),
    ComplianceVerdict.NOT_OWED: _("not owed"),
    ComplianceVerdict.UNKNOWN: _("not known"),
}
POLICY_WORDS: Final[Mapping[str, Any]] = {
    SellingMode.KEY_ACCOUNT: _("key account manager with a team"),
    SellingMode.FARMER: _("inside sales or distributor, on a fixed round"),
    SellingMode.HUNTER: _("desk, web or distributor, when capacity is free"),
    PlanDepth.FULL: _("full account plan"),
    PlanDepth.PROJECT: _("project plan with two or three milestones"),
    PlanDepth.ONE_PAGE: _("one page"),
    PlanDepth.NONE: _("none"),
    SponsorRule.YES: _("yes"),
    SponsorRule.UNTIL_DECISION: _("until the decision"),
    SponsorRule.NO: _("no"),
    ServiceLevel.TAILORED: _("tailored"),
    ServiceLevel.PILOT: _("pilot"),
    ServiceLevel.STANDARD: _("standard"),
    ServiceLevel.BASIC: _("basic"),
    PriceRule.VALUE: _("by value"),
    PriceRule.INVESTMENT_WITH_END_DATE: _("investment price with an end date"),
    PriceRule.HOLD: _("held as last year"),
    PriceRule.LIST: _("list price"),
    CreditRule.ASSESSED_LIMIT: _("assessed limit"),
    CreditRule.STANDARD_LIMIT: _("standard limit"),
    CreditRule.PREPAY_OR_SMALL_LIMIT: _("prepayment or a small limit"),
}
BALANCE_REMARKS: Final[Mapping[str, Any]] = {
    BalanceReason.OVER_CAPACITY: _(
        "%(subject)s is promised more days than there are: %(missing_days)s days are missing."
    ),
    BalanceReason.MANAGER_OVERLOADED: _("%(subject)s would look after %(accounts)s key accounts; four are enough."),
    BalanceReason.MANAGER_WITHOUT_ACCOUNT: _("%(subject)s would look after no key account."),
    BalanceReason.CONCENTRATED: _("Sales are highly concentrated: HHI %(hhi)s."),
    BalanceReason.LARGE_CUSTOMER: _("%(subject)s alone brings %(share)s of sales."),
    BalanceReason.TOO_MUCH_DEVELOPMENT: _("%(share)s of the chosen accounts are in development at once."),
    BalanceReason.NO_PAYBACK: _("No chosen account pays back this year."),
}


FIGURE_NAMES: Final[Mapping[Figure, Any]] = {
    Figure.ACCOUNTS: _("Customers: %(subject)s"),
    Figure.DEVELOPMENT_SHARE: _("Share of the chosen in development"),
    Figure.CONTRIBUTION: _("Contribution"),
    Figure.CONTRIBUTION_UNKNOWN: _("Customers without a known contribution"),
    Figure.TOP_1: _("Largest customer"),
    Figure.TOP_5: _("The largest five together"),
    Figure.TOP_10: _("The largest ten together"),
    Figure.HHI: _("Concentration, HHI"),
    Figure.LOAD: _("Load: %(subject)s"),
    Figure.DAYS: _("Days promised: %(subject)s"),
    Figure.MISSING_DAYS: _("Days missing: %(subject)s"),
    Figure.OVERLOADED_MANAGERS: _("Managers with too many key accounts"),
    Figure.PAID_BACK: _("Accounts paid back"),
    Figure.REMARKS: _("Remarks on the balance"),
}
SHARES: Final = frozenset({Figure.DEVELOPMENT_SHARE, Figure.TOP_1, Figure.TOP_5, Figure.TOP_10, Figure.LOAD})


def figure_name(figure: Figure, subject: str) -> str:
    """A line of a comparison in words; `subject` is the quadrant or the function in words."""
    return str(FIGURE_NAMES[figure]) % {"subject": subject}


def figure_value(figure: Figure, value: Any, *, signed: bool = False) -> str:
    """A value of such a line; `signed` for a difference."""
    if value is None:
        return ""
    if figure in SHARES:
        return formats.percent(value, 1, signed=signed)
    return formats.number(value, 0, signed=signed)


def balance_remark(found: Reason, subject: str) -> str:
    """What is out of balance, as a sentence; `subject` is the account, manager or function in words."""
    values = {
        name: formats.percent(value, 0) if name == "share" else formats.number(value) for name, value in found.figures
    }
    return str(BALANCE_REMARKS[BalanceReason(found.code)]) % {**values, "subject": subject}


def policy_word(value: Any) -> str:
    """A rule of a policy or what a customer got, in words; a share as percent, a number as it is."""
    if value is None:
        return ""
    if isinstance(value, float) and 0 < value < 1:
        return formats.percent(value)
    if isinstance(value, int | float):
        return formats.number(value)
    return str(POLICY_WORDS.get(value, value))


STAGE_QUESTIONS: Final[Mapping[str, Any]] = {
    StageItem.CONTACT_BREADTH: _("How many of their people know how many of ours?"),
    StageItem.OPENNESS: _("How openly do both sides share information?"),
    StageItem.JOINT_PLANNING: _("How far ahead do both sides plan together?"),
    StageItem.LINKED_PROCESSES: _("How closely are processes and systems linked?"),
    StageItem.TRUST_IN_TROUBLE: _("How do both sides behave when something goes wrong?"),
    StageItem.EXIT_DIFFICULTY: _("How hard would it be to part?"),
}
STAGE_ANSWERS: Final = ((1, _("1 hardly")), (2, _("2 somewhat")), (3, _("3 much")), (4, _("4 fully")))
BOND_ANSWERS: Final = (
    (0, _("0 none")),
    (1, _("1 wanted only")),
    (2, _("2 at one place or person")),
    (3, _("3 at several places")),
    (4, _("4 both have invested")),
)
LEVEL_NAMES: Final[Mapping[str, Any]] = {
    BondLevel.FINANCIAL: _("financial"),
    BondLevel.SOCIAL: _("social"),
    BondLevel.CUSTOMISATION: _("made to measure"),
    BondLevel.STRUCTURAL: _("structural"),
}
COST_NAMES: Final[Mapping[str, Any]] = {
    SwitchingItem.REQUALIFICATION: _("Approving another supplier"),
    SwitchingItem.TOOLING: _("Tools and equipment"),
    SwitchingItem.TRAINING: _("Training of its people"),
    SwitchingItem.DATA_MIGRATION: _("Moving data and links"),
    SwitchingItem.DUAL_RUNNING: _("Running two suppliers for a time"),
    SwitchingItem.PENALTIES: _("Penalties of contracts"),
}
QUALITY_QUESTIONS: Final[Mapping[str, tuple[Any, Any]]] = {
    Dimension.TRUST: (_("They keep their word."), _("They tell us the truth, bad news as well.")),
    Dimension.COMMITMENT: (_("They want this to last."), _("They put effort into it.")),
    Dimension.SATISFACTION: (_("We are content with what we get."), _("We would choose them again.")),
    Dimension.COOPERATION: (_("Problems are solved together."), _("Both sides give and take.")),
    Dimension.CONFLICT: (_("We often disagree."), _("Quarrels cost us time and nerves.")),
}
DIMENSION_NAMES: Final[Mapping[str, Any]] = {
    Dimension.TRUST: _("Trust"),
    Dimension.COMMITMENT: _("Commitment"),
    Dimension.SATISFACTION: _("Satisfaction"),
    Dimension.COOPERATION: _("Cooperation"),
    Dimension.CONFLICT: _("Absence of conflict"),
}
DEPENDENCE_QUESTIONS: Final[Mapping[str, Any]] = {
    CustomerDependence.INDISPENSABLE_FLOW: _("How indispensable is what it buys from us?"),
    CustomerDependence.NEED_FOR_OUR_KNOWLEDGE: _("How much does it need our know-how?"),
    CustomerDependence.FEW_OTHER_SUPPLIERS: _("How few other suppliers could it turn to?"),
    CustomerDependence.ITS_SWITCHING_COST: _("How dear would leaving be for it?"),
    OurDependence.MONEY: _("How much of our sales is it?"),
    OurDependence.NEED_FOR_ITS_KNOWLEDGE: _("How much do we need its know-how?"),
    OurDependence.FEW_OTHER_BUYERS: _("How few other buyers could we turn to?"),
    OurDependence.OUR_SWITCHING_COST: _("How dear would losing it be for us?"),
}
PART_NAMES: Final[Mapping[str, Any]] = {
    StatusPart.BONDS: _("Bonds"),
    StatusPart.SHARE_OF_WALLET: _("Share of wallet"),
    StatusPart.STAGE: _("Stage"),
    StatusPart.QUALITY: _("Relationship quality"),
    StatusPart.TENURE: _("Years of trade"),
}
STRATEGY_WORDS: Final[Mapping[str, Any]] = {
    CellStrategy.PARTNER: _("Partner, protect, extend"),
    CellStrategy.INVEST: _("Invest to build"),
    CellStrategy.BREAK_IN: _("Break in by a plan with a stop date"),
    CellStrategy.CROSS_SELL: _("Cross-sell and hold"),
    CellStrategy.SELECTIVE: _("Grow selectively, keep prices"),
    CellStrategy.TEST: _("Test one offer"),
    CellStrategy.HARVEST: _("Harvest, cut the cost to serve"),
    CellStrategy.CASH: _("Manage for cash, standardise"),
    CellStrategy.EXIT: _("Move to a channel, or part"),
}
DEPENDENCE_WORDS: Final[Mapping[str, Any]] = {
    Dependence.INTERDEPENDENT: _("Interdependent partners"),
    Dependence.WE_LEAD: _("We lead"),
    Dependence.CAPTIVE_SUPPLIER: _("Captive supplier"),
    Dependence.MARKET_EXCHANGE: _("Market exchange"),
}
DEPENDENCE_ADVICE: Final[Mapping[str, Any]] = {
    Dependence.INTERDEPENDENT: _("Both would lose: plan together, share what you know."),
    Dependence.WE_LEAD: _("It needs us more than we need it: do not abuse it."),
    Dependence.CAPTIVE_SUPPLIER: _("We need it more than it needs us: find other buyers, build bonds."),
    Dependence.MARKET_EXCHANGE: _("Neither needs the other: keep it cheap, or find a reason for more."),
}
CATEGORY_WORDS: Final[Mapping[str, Any]] = {
    PurchaseCategory.STRATEGIC: _("strategic"),
    PurchaseCategory.LEVERAGE: _("leverage"),
    PurchaseCategory.BOTTLENECK: _("bottleneck"),
    PurchaseCategory.ROUTINE: _("routine"),
}
SUPPLIER_VIEW_WORDS: Final[Mapping[str, Any]] = {
    SupplierView.CORE: _("core customer"),
    SupplierView.DEVELOPMENT: _("customer to develop"),
    SupplierView.EXPLOITABLE: _("customer that pays for others"),
    SupplierView.NUISANCE: _("nuisance"),
}
LOYALTY_WORDS: Final[Mapping[str, Any]] = {
    ProfitLoyalty.TRUE_FRIEND: _("True friends"),
    ProfitLoyalty.BUTTERFLY: _("Butterflies"),
    ProfitLoyalty.BARNACLE: _("Barnacles"),
    ProfitLoyalty.STRANGER: _("Strangers"),
}
LOYALTY_ADVICE: Final[Mapping[str, Any]] = {
    ProfitLoyalty.TRUE_FRIEND: _("Delight them, and do not contact them too often."),
    ProfitLoyalty.BUTTERFLY: _("Earn while they are active, and stop early."),
    ProfitLoyalty.BARNACLE: _("Find out what else they buy: cross-sell, or keep costs strictly down."),
    ProfitLoyalty.STRANGER: _("Earn on each deal, and invest nothing."),
}
MODEL_NAMES: Final[Mapping[str, Any]] = {
    Model.KAISM: _("KAISM matrix"),
    Model.NINE_CELL: _("Nine-cell grid"),
    Model.TIER: _("Tier"),
    Model.PROFIT_LOYALTY: _("Profit and loyalty"),
}
STANCE_WORDS: Final[Mapping[str, Any]] = {
    Stance.INVEST: _("put more in"),
    Stance.HOLD: _("hold"),
    Stance.REDUCE: _("take out"),
}


def verdict_words(view: ModelView) -> list[tuple[str, str, str, str]]:
    """Every verdict as (model, what it says, what that comes down to, css); a silent model says nothing."""
    said: Mapping[str, Mapping[str, Any]] = {
        Model.KAISM: QUADRANT_NAMES,
        Model.NINE_CELL: STRATEGY_WORDS,
        Model.TIER: dict(TierChoice.choices),
        Model.PROFIT_LOYALTY: LOYALTY_WORDS,
    }
    css = {Stance.INVEST: "good", Stance.REDUCE: "bad", Stance.HOLD: ""}
    found = {verdict.model: verdict for verdict in view.verdicts}
    return [
        (
            str(MODEL_NAMES[model]),
            str(said[model][found[model].answer]),
            str(STANCE_WORDS[found[model].stance]),
            css[found[model].stance],
        )
        if model in found
        else (str(MODEL_NAMES[model]), "", "", "")
        for model in Model
    ]
