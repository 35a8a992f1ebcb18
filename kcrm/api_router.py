"""Every REST resource of the product, app by app: /api/v1/..."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api import ApiTokenResource, AuditEntryResource, MeView, UserResource
from bulk.api import BulkEditResource
from customers.api.account_teams import MembershipResource
from customers.api.contacts import ContactResource, ContactRoleResource
from customers.api.customers import BuyingUnitResource, SiteResource, TagResource
from customers.api.duplicates import DuplicateResource, MergeResource
from customers.api.hand_overs import HandOverResource
from customers.api.imports import ImportResource
from customers.api.interactions import InteractionResource
from customers.api.papers import AgreementResource, DocumentResource
from customers.api.privacy import ConsentResource
from customers.api.search import SearchView
from customers.api.tasks import TaskResource
from exports.api import ExportRequestResource
from feed.api.changes import ChangesView
from feed.api.webhooks import DeliveryResource, WebhookResource
from fields.api import CustomFieldResource
from jobs.api import JobResource, NotificationResource
from kcrm.customers import CustomerResource
from planning.api import CoverageRuleResource
from profitability.api.ledger import LedgerDocumentResource, LedgerLineResource, SalesSummaryResource
from profitability.api.months import ClosedMonthResource
from profitability.api.products import ProductGroupResource, ProductResource
from selection.api.decisions import (
    ClassificationResource,
    DecisionLineResource,
    DecisionResource,
    SnapshotResource,
    SnapshotRowResource,
)
from selection.api.grid import CellTextResource
from selection.api.market_maps import MarketMapResource
from selection.api.matrix import PositionResource, PotentialResource
from selection.api.models import FactorResource, ScoringModelResource
from selection.api.policies import CapacityResource, QuadrantRuleResource
from selection.api.project_parts import (
    ObjectiveResource,
    ProjectResourceResource,
    SelectionMemberResource,
    SelectionStepResource,
    SellingModeResource,
)
from selection.api.projects import ProjectResource
from selection.api.relationships import (
    BondResource,
    DependenceResource,
    QualityResource,
    RelationshipResource,
    StageResource,
)
from selection.api.reviews import ReviewResource
from selection.api.rounds import ConsensusResource, RoundResource, SheetScoreResource
from selection.api.scenarios import ScenarioMoveResource, ScenarioResource
from selection.api.scoring import RatingResource, ScoreResource
from selection.api.segments import SegmentPlaceResource, SegmentResource
from selection.api.strengths import (
    AlternativeResource,
    CustomerViewResource,
    SupplierScoreResource,
    ViewFactorResource,
)
from selection.api.tiers import TierRuleResource
from teams.api import OrgUnitResource, UnitPlaceResource

router = SimpleRouter()
router.register("users", UserResource, basename="user")
router.register("audit-entries", AuditEntryResource, basename="audit-entry")
router.register("api-tokens", ApiTokenResource, basename="api-token")
router.register("custom-fields", CustomFieldResource, basename="custom-field")
router.register("agreements", AgreementResource, basename="agreement")
router.register("contacts", ContactResource, basename="contact")
router.register("contact-roles", ContactRoleResource, basename="contact-role")
router.register("consents", ConsentResource, basename="consent")
router.register("documents", DocumentResource, basename="document")
router.register("interactions", InteractionResource, basename="interaction")
router.register("org-units", OrgUnitResource, basename="org-unit")
router.register("unit-places", UnitPlaceResource, basename="unit-place")
router.register("team-memberships", MembershipResource, basename="team-membership")
router.register("coverage-rules", CoverageRuleResource, basename="coverage-rule")
router.register("tasks", TaskResource, basename="task")
router.register("customers", CustomerResource, basename="customer")
router.register("duplicates", DuplicateResource, basename="duplicate")
router.register("merges", MergeResource, basename="merge")
router.register("hand-overs", HandOverResource, basename="hand-over")
router.register("imports", ImportResource, basename="import")
router.register("sites", SiteResource, basename="site")
router.register("buying-units", BuyingUnitResource, basename="buying-unit")
router.register("tags", TagResource, basename="tag")

router.register("scores", ScoreResource, basename="score")
router.register("scoring-models", ScoringModelResource, basename="scoring-model")
router.register("segments", SegmentResource, basename="segment")
router.register("segment-places", SegmentPlaceResource, basename="segment-place")
router.register("market-maps", MarketMapResource, basename="market-map")
router.register("scoring-factors", FactorResource, basename="scoring-factor")
router.register("scoring-rounds", RoundResource, basename="scoring-round")
router.register("sheet-scores", SheetScoreResource, basename="sheet-score")
router.register("agreed-scores", ConsensusResource, basename="agreed-score")
router.register("ratings", RatingResource, basename="rating")
router.register("positions", PositionResource, basename="position")
router.register("reviews-due", ReviewResource, basename="review-due")
router.register("potentials", PotentialResource, basename="potential")
router.register("quadrant-rules", QuadrantRuleResource, basename="quadrant-rule")
router.register("tier-rules", TierRuleResource, basename="tier-rule")
router.register("capacities", CapacityResource, basename="capacity")
router.register("grid-cells", CellTextResource, basename="grid-cell")
router.register("relationships", RelationshipResource, basename="relationship")
router.register("bonds", BondResource, basename="bond")
router.register("stage-assessments", StageResource, basename="stage-assessment")
router.register("quality-responses", QualityResource, basename="quality-response")
router.register("dependence-assessments", DependenceResource, basename="dependence-assessment")
router.register("customer-views", CustomerViewResource, basename="customer-view")
router.register("view-factors", ViewFactorResource, basename="view-factor")
router.register("alternatives", AlternativeResource, basename="alternative")
router.register("supplier-scores", SupplierScoreResource, basename="supplier-score")
router.register("snapshots", SnapshotResource, basename="snapshot")
router.register("snapshot-rows", SnapshotRowResource, basename="snapshot-row")
router.register("selection-projects", ProjectResource, basename="selection-project")
router.register("selection-steps", SelectionStepResource, basename="selection-step")
router.register("selection-objectives", ObjectiveResource, basename="selection-objective")
router.register("selection-resources", ProjectResourceResource, basename="selection-resource")
router.register("selling-modes", SellingModeResource, basename="selling-mode")
router.register("selection-members", SelectionMemberResource, basename="selection-member")
router.register("scenarios", ScenarioResource, basename="scenario")
router.register("scenario-moves", ScenarioMoveResource, basename="scenario-move")
router.register("decisions", DecisionResource, basename="decision")
router.register("decision-lines", DecisionLineResource, basename="decision-line")
router.register("classifications", ClassificationResource, basename="classification")
router.register("bulk-edits", BulkEditResource, basename="bulk-edit")
router.register("export-requests", ExportRequestResource, basename="export-request")
router.register("jobs", JobResource, basename="job")
router.register("notifications", NotificationResource, basename="notification")
router.register("webhooks", WebhookResource, basename="webhook")
router.register("webhook-deliveries", DeliveryResource, basename="webhook-delivery")
router.register("products", ProductResource, basename="product")
router.register("product-groups", ProductGroupResource, basename="product-group")
router.register("ledger-documents", LedgerDocumentResource, basename="ledger-document")
router.register("ledger-lines", LedgerLineResource, basename="ledger-line")
router.register("closed-months", ClosedMonthResource, basename="closed-month")
router.register("sales-summaries", SalesSummaryResource, basename="sales-summary")

urlpatterns = [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", login_not_required(SpectacularSwaggerSplitView.as_view(url_name="api:schema")), name="docs"),
    path("search/", SearchView.as_view(), name="search"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("me/", MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
