"""Money: exact decimals outside, whole ledger units inside, one rounding at the edge.

A *ledger unit* is one ten-thousandth of the currency unit. The ledger and its roll-ups hold ledger units in bigint
columns, because PostgreSQL adds those three times faster than numerics, and because price x quantity x (1 - discount)
has four decimals: rounding each line to cents would let the total drift away from the sum of the documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Final

from babel.numbers import get_currency_precision

LEDGER_DIGITS: Final = 4
UNITS_PER_ONE: Final = 10**LEDGER_DIGITS
LARGEST_UNITS: Final = 2**63 - 1

_STEP: Final = Decimal(1).scaleb(-LEDGER_DIGITS)
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)
Amount = Decimal | int | str


def to_units(amount: Amount) -> int:
    """An amount as ledger units; what lies beyond the fourth decimal is rounded half up (away from zero).

    Raises ValueError for what is not a finite number and for more than a bigint holds. A float is refused with a
    TypeError, because it is not the amount that somebody wrote.
    """
    if isinstance(amount, float):
        raise TypeError("Money is a Decimal, an int or a text, never a float.")
    try:
        exact = Decimal(amount)
    except ArithmeticError:
        raise ValueError(f"{amount!r} is not an amount.") from None
    if not exact.is_finite() or exact.adjusted() > 18:
        raise ValueError(f"{amount!r} is not an amount.")
    units = int(exact.quantize(_STEP, context=_EXACT).scaleb(LEDGER_DIGITS, context=_EXACT))
    if abs(units) > LARGEST_UNITS:
        raise ValueError(f"{amount!r} is too large for the ledger.")
    return units


def from_units(units: int) -> Decimal:
    """Ledger units as an exact amount with four decimals."""
    return Decimal(units).scaleb(-LEDGER_DIGITS, context=_EXACT)


def round_money(amount: Decimal, digits: int = 2) -> Decimal:
    """An amount rounded half up (away from zero): the one rounding, done where a figure leaves the system."""
    return amount.quantize(Decimal(1).scaleb(-digits), context=_EXACT)


def rounded_units(units: int, digits: int = 2) -> Decimal:
    """Ledger units as an amount rounded for display: 110277_3050 is 110277.31."""
    return round_money(from_units(units), digits)


def line_units(price: Decimal, quantity: Decimal, discount: Decimal, rate: Decimal = Decimal(1)) -> tuple[int, int]:
    """Gross and net ledger units of a line: price x quantity, and that x (1 - discount), each rounded once.

    `discount` is a fraction from 0 to 1, `rate` the reporting currency per unit of the line's currency.
    """
    gross = _EXACT.multiply(_EXACT.multiply(price, quantity), rate)
    return to_units(gross), to_units(_EXACT.multiply(gross, _EXACT.subtract(Decimal(1), discount)))


def share(part: Amount, whole: Amount, digits: int = 6) -> Decimal | None:
    """A part as a fraction of a whole, rounded half up; None where the whole is zero: it is then not defined."""
    divisor = Decimal(whole)
    if not divisor:
        return None
    return _EXACT.divide(Decimal(part), divisor).quantize(Decimal(1).scaleb(-digits), context=_EXACT)


def sum_units(units: Iterable[int | None]) -> int:
    """The sum of ledger units; what is unknown adds nothing."""
    return sum(value for value in units if value is not None)


@cache
def currency_digits(currency: str) -> int:
    """How many decimals a currency is written with: 2 for USD, 0 for JPY, 3 for KWD; 2 for an unknown one."""
    return int(get_currency_precision(currency))
