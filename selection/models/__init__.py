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
from selection.models.market_maps import MapFlow, MapNode, MarketMap, NodeAccount
from selection.models.policies import Capacity, Potential, QuadrantChoice, QuadrantRule
from selection.models.portfolio import PortfolioCell
from selection.models.projects import (
    FunctionChoice,
    ProjectMember,
    ProjectMode,
    ProjectObjective,
    ProjectResource,
    ProjectStep,
    SelectionProject,
    SignOff,
    StepChoice,
)
from selection.models.ratings import Rating
from selection.models.relationships import (
    BandChoice,
    Bond,
    CellText,
    DependenceAssessment,
    DependenceChoice,
    QualityResponse,
    Relationship,
    SideChoice,
    StageAssessment,
    StageChoice,
)
from selection.models.rounds import Consensus, RoundCustomer, RoundRater, ScoringRound, SheetScore
from selection.models.scenarios import Scenario, ScenarioMove
from selection.models.scores import CurrentScore, Score, ScoringRun
from selection.models.scoring import ModelFactor, ScoringModel
from selection.models.segments import ModeChoice, Segment, SegmentPlace
from selection.models.tiers import TierRule
from selection.models.trails import PositionPoint

__all__ = [
    "Alternative",
    "BandChoice",
    "Bond",
    "Capacity",
    "CellText",
    "ClassChoice",
    "Classification",
    "Competitor",
    "Consensus",
    "CurrentScore",
    "CustomerView",
    "Decision",
    "DecisionLine",
    "DependenceAssessment",
    "DependenceChoice",
    "FunctionChoice",
    "MapFlow",
    "MapNode",
    "MarketMap",
    "ModeChoice",
    "ModelFactor",
    "NodeAccount",
    "Notice",
    "PortfolioCell",
    "PositionPoint",
    "Potential",
    "ProjectMember",
    "ProjectMode",
    "ProjectObjective",
    "ProjectResource",
    "ProjectStep",
    "QuadrantChoice",
    "QuadrantRule",
    "QualityResponse",
    "Rating",
    "Relationship",
    "RoundCustomer",
    "RoundRater",
    "Scenario",
    "ScenarioMove",
    "Score",
    "ScoringModel",
    "ScoringRound",
    "ScoringRun",
    "Segment",
    "SegmentPlace",
    "SelectionProject",
    "SheetScore",
    "SideChoice",
    "SignOff",
    "Snapshot",
    "SnapshotRow",
    "StageAssessment",
    "StageChoice",
    "StepChoice",
    "SupplierScore",
    "TierRule",
    "ViewFactor",
]
