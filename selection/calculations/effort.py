"""How many days a year an account of each quadrant takes, function by function: where a company begins (M04, M17)."""

from __future__ import annotations

from collections.abc import Mapping

from selection.calculations.load import Effort
from selection.calculations.quadrants import Quadrant

DEFAULT_EFFORT: Mapping[Quadrant, Effort] = {
    Quadrant.KEY: (("key_account_manager", 50.0), ("service", 12.0), ("logistics", 8.0), ("technical", 6.0)),
    Quadrant.KEY_DEVELOPMENT: (("key_account_manager", 35.0), ("service", 6.0), ("technical", 10.0)),
    Quadrant.MAINTENANCE: (("inside_sales", 8.0), ("service", 3.0)),
    Quadrant.OPPORTUNISTIC: (("inside_sales", 2.0),),
}
"""Days a year. A default: every company sets its own, and the programme office keeps them beside the policy."""
