"""Hunter, farmer, key account: which way of selling fits, and where mode, pay and measures disagree (M06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import reaches
from selection.calculations.quadrants import Quadrant

FIT_FROM = 50.0


class SellingMode(StrEnum):
    """A way of selling."""

    HUNTER = "hunter"
    FARMER = "farmer"
    KEY_ACCOUNT = "key_account"


class SellingMeasure(StrEnum):
    """What a seller is measured on."""

    LEADS = "leads"
    CONVERSION = "conversion"
    COST_PER_WIN = "cost_per_win"
    CALL_PLAN_ADHERENCE = "call_plan_adherence"
    RETENTION = "retention"
    MIX = "mix"
    PLAN_MILESTONES = "plan_milestones"
    CUSTOMER_VIEW = "customer_view"
    SHARE_OF_WALLET = "share_of_wallet"
    CONTRIBUTION = "contribution"


MEASURES: dict[SellingMode, frozenset[SellingMeasure]] = {
    SellingMode.HUNTER: frozenset({SellingMeasure.LEADS, SellingMeasure.CONVERSION, SellingMeasure.COST_PER_WIN}),
    SellingMode.FARMER: frozenset({SellingMeasure.CALL_PLAN_ADHERENCE, SellingMeasure.RETENTION, SellingMeasure.MIX}),
    SellingMode.KEY_ACCOUNT: frozenset(
        {
            SellingMeasure.PLAN_MILESTONES,
            SellingMeasure.CUSTOMER_VIEW,
            SellingMeasure.SHARE_OF_WALLET,
            SellingMeasure.CONTRIBUTION,
        }
    ),
}
"""What each mode is measured on; a measure of another mode pulls its seller away from it."""

MODE_OF_QUADRANT: dict[Quadrant, SellingMode] = {
    Quadrant.KEY: SellingMode.KEY_ACCOUNT,
    Quadrant.KEY_DEVELOPMENT: SellingMode.KEY_ACCOUNT,
    Quadrant.MAINTENANCE: SellingMode.FARMER,
    Quadrant.OPPORTUNISTIC: SellingMode.HUNTER,
}


class ModeReason(StrEnum):
    """Where mode, pay and measures disagree."""

    WRONG_MODE = "mode_does_not_fit_quadrant"
    WRONG_PAY = "pay_plan_rewards_another_mode"
    NO_MEASURES = "no_measure_of_the_mode"
    FOREIGN_MEASURE = "measure_of_another_mode"


@dataclass(frozen=True, slots=True)
class ModeCheck:
    """How an account is sold to against how it should be; ``fitting`` lists the modes that fit, the default first."""

    fitting: tuple[SellingMode, ...]
    mode: SellingMode | None
    reasons: tuple[Reason, ...]

    @property
    def mismatched(self) -> bool:
        """Says whether anything needs attention."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class ProgrammeFit:
    """Whether key-account management fits the company: six answers of 0-100, their mean, and the verdict.

    ``score`` and ``fits`` are None while an answer is missing: half a test proves nothing.
    """

    answers: tuple[tuple[str, float | None], ...]
    score: float | None
    fits: bool | None


def fitting_modes(quadrant: Quadrant | None, *, prospect: bool = False) -> tuple[SellingMode, ...]:
    """Lists the modes that fit an account, the default first (M06).

    A prospect without a quadrant is hunted; one worth developing may also be opened by a senior hunter (A9). An
    account that buys but has no quadrant yet has no fitting mode: nothing to compare with.
    """
    if quadrant is None:
        return (SellingMode.HUNTER,) if prospect else ()
    default = MODE_OF_QUADRANT[quadrant]
    if prospect and quadrant in {Quadrant.KEY_DEVELOPMENT, Quadrant.MAINTENANCE}:
        return default, SellingMode.HUNTER
    return (default,)


def mode_check(
    quadrant: Quadrant | None,
    *,
    mode: SellingMode | None,
    paid_as: SellingMode | None = None,
    measures: Sequence[SellingMeasure] = (),
    prospect: bool = False,
) -> ModeCheck:
    """Compares the mode of an account with its quadrant, and the owner's pay and measures with the mode (M06).

    ``paid_as`` is the mode that the owner's pay plan rewards; None where that is not known. Measures are only judged
    where some are given.
    """
    fitting = fitting_modes(quadrant, prospect=prospect)

    def remarks() -> Iterable[Reason]:
        if mode is None:
            return
        if fitting and mode not in fitting:
            yield reason(ModeReason.WRONG_MODE, mode)
        if paid_as is not None and paid_as is not mode:
            yield reason(ModeReason.WRONG_PAY, paid_as)
        if measures and not MEASURES[mode].intersection(measures):
            yield reason(ModeReason.NO_MEASURES, mode)
        for measure in measures:
            if measure not in MEASURES[mode]:
                yield reason(ModeReason.FOREIGN_MEASURE, measure)

    return ModeCheck(fitting=fitting, mode=mode, reasons=tuple(remarks()))


def programme_fit(
    *,
    concentration: float | None,
    purchase_complexity: float | None,
    number_of_contacts: float | None,
    potential: float | None,
    customers_willing: float | None,
    able_to_tailor: float | None,
) -> ProgrammeFit:
    """Tests whether key-account management fits the company before it is set up; below 50 keep the regular round.

    Each answer is 0-100, more meaning a better fit; the score is their plain mean (M06).
    """
    answers = (
        ("concentration", concentration),
        ("purchase_complexity", purchase_complexity),
        ("number_of_contacts", number_of_contacts),
        ("potential", potential),
        ("customers_willing", customers_willing),
        ("able_to_tailor", able_to_tailor),
    )
    known = [answer for _, answer in answers if answer is not None]
    if any(not 0 <= answer <= 100 for answer in known):
        raise ValueError("an answer lies between 0 and 100")
    score = sum(known) / len(known) if len(known) == len(answers) else None
    return ProgrammeFit(answers=answers, score=score, fits=None if score is None else reaches(score, FIT_FROM))
