"""Scoring models and what they gave; how customers see us, and where they stand."""

from selection.models.customer_views import Alternative, Competitor, CustomerView, SupplierScore, ViewFactor
from selection.models.decisions import (
    ClassChoice,
    Classification,
    Decision,
    DecisionLine,
    Notice,
    Snapshot,
    SnapshotRow,
)
from selection.models.policies import Capacity, Potential, QuadrantChoice, QuadrantRule
from selection.models.portfolio import PortfolioCell
from selection.models.ratings import Rating
from selection.models.rounds import Consensus, RoundCustomer, RoundRater, ScoringRound, SheetScore
from selection.models.scores import CurrentScore, Score, ScoringRun
from selection.models.scoring import ModelFactor, ScoringModel
from selection.models.trails import PositionPoint

__all__ = [
    "Alternative",
    "Capacity",
    "ClassChoice",
    "Classification",
    "Competitor",
    "Consensus",
    "CurrentScore",
    "CustomerView",
    "Decision",
    "DecisionLine",
    "ModelFactor",
    "Notice",
    "PortfolioCell",
    "PositionPoint",
    "Potential",
    "QuadrantChoice",
    "QuadrantRule",
    "Rating",
    "RoundCustomer",
    "RoundRater",
    "Score",
    "ScoringModel",
    "ScoringRound",
    "ScoringRun",
    "SheetScore",
    "Snapshot",
    "SnapshotRow",
    "SupplierScore",
    "ViewFactor",
]
