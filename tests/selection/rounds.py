"""A scoring round to test with: one model, some customers, three people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from customers.models import Customer
from selection.models import ScoringModel, ScoringRound
from selection.services.models import create_model
from selection.services.rounds import open_round
from selection.services.sheets import Cell, Kept, save_cells
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.selection.approving import put_into_force

TODAY, DUE = date(2026, 3, 2), date(2026, 3, 16)
KEYS = ("fit", "access", "growth", "standing", "closeness", "openness")


@dataclass(frozen=True, slots=True)
class Table:
    """A round with its people and customers."""

    round: ScoringRound
    model: ScoringModel
    office: User
    chair: User
    raters: list[User]
    customers: list[Customer]

    def type(self, rater: User, customer: int, key: str, text: str, version: int | None = 0, **more: str) -> Kept:
        """Fill one cell."""
        cell = Cell(self.customers[customer].pk, key, text, version, **more)
        return save_cells(round_id=self.round.pk, cells=[cell], by=rater)[0]

    def fill(self, rater: User, text: str) -> None:
        """Fill a whole sheet with the same."""
        keys = [factor.key for factor in self.model.factors.all()]
        cells = [Cell(customer.pk, key, text, None) for customer in self.customers for key in keys]
        save_cells(round_id=self.round.pk, cells=cells, by=rater)


def factors(keys=KEYS[:2]):
    """Judged factors whose weights total 100."""
    first = 100 - sum(100 // len(keys) for _ in keys[1:])
    return [
        {
            "key": key,
            "kind": "judged",
            "weight": 100 // len(keys) if at else first,
            "anchors": {"1": "none", "4": "little", "7": "good", "10": "best"},
        }
        for at, key in enumerate(keys)
    ]


def table(*, customers: int = 2, keys=KEYS[:2]) -> Table:
    """A round of two raters and a chair."""
    office = personas.programme_office()
    model = create_model(name="Attractiveness", factors=factors(keys), by=office)
    model = put_into_force(model_id=model.pk, version=model.version, by=office)
    chair = UserFactory(full_name="Chen Chair")
    raters = [UserFactory(full_name="Rosa Rater"), UserFactory(full_name="Ravi Rater")]
    scored = [CustomerFactory(name=f"Customer {number}") for number in range(customers)]
    made = open_round(
        name="Key accounts",
        model_id=model.pk,
        customer_ids=[one.pk for one in scored],
        rater_ids=[one.pk for one in raters],
        chair_id=chair.pk,
        due_on=DUE,
        today=TODAY,
        by=office,
    )
    return Table(made, model, office, chair, raters, scored)
