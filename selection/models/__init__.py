"""Scoring models and what they gave."""

from selection.models.ratings import Rating
from selection.models.scores import CurrentScore, Score, ScoringRun
from selection.models.scoring import ModelFactor, ScoringModel

__all__ = ["CurrentScore", "ModelFactor", "Rating", "Score", "ScoringModel", "ScoringRun"]
