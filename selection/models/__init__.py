"""Scoring models and what they gave; how customers see us, and where they stand."""

from selection.models.customer_views import Alternative, Competitor, CustomerView, SupplierScore, ViewFactor
from selection.models.ratings import Rating
from selection.models.scores import CurrentScore, Score, ScoringRun
from selection.models.scoring import ModelFactor, ScoringModel
from selection.models.trails import PositionPoint

__all__ = [
    "Alternative",
    "Competitor",
    "CurrentScore",
    "CustomerView",
    "ModelFactor",
    "PositionPoint",
    "Rating",
    "Score",
    "ScoringModel",
    "ScoringRun",
    "SupplierScore",
    "ViewFactor",
]
