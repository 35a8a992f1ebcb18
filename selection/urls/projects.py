"""Addresses of selection projects."""

from django.urls import path

from selection.views import project_gates as gates
from selection.views import project_links as links
from selection.views import project_parts as parts
from selection.views import projects as views

ONE = "selection/projects/<int:pk>/"
STEP = "selection/projects/<int:pk>/steps/<slug:step>/"

urlpatterns = [
    path("selection/projects/", views.ProjectList.as_view(), name="project-list"),
    path("selection/projects/new/", views.ProjectCreate.as_view(), name="project-create"),
    path(ONE, views.ProjectDetail.as_view(), name="project-detail"),
    path(ONE + "edit/", views.ProjectUpdate.as_view(), name="project-update"),
    path(ONE + "call-off/", views.CallOff.as_view(), name="project-call-off"),
    path(ONE + "dossier.pdf", views.Dossier.as_view(), name="project-dossier"),
    path(ONE + "objectives/new/", parts.ObjectiveCreate.as_view(), name="project-objective-create"),
    path(ONE + "objectives/<int:row>/", parts.ObjectiveUpdate.as_view(), name="project-objective-update"),
    path(ONE + "objectives/<int:row>/delete/", parts.ObjectiveDelete.as_view(), name="project-objective-delete"),
    path(ONE + "resources/", parts.ResourceSet.as_view(), name="project-resource"),
    path(ONE + "modes/<slug:mode>/", parts.ModeUpdate.as_view(), name="project-mode"),
    path(ONE + "fit/", parts.FitUpdate.as_view(), name="project-fit"),
    path(ONE + "members/new/", parts.MemberCreate.as_view(), name="project-member-create"),
    path(ONE + "members/<int:row>/", parts.MemberUpdate.as_view(), name="project-member-update"),
    path(ONE + "members/<int:row>/leave/", parts.MemberLeave.as_view(), name="project-member-leave"),
    path(ONE + "answer/", links.MemberAnswer.as_view(), name="project-answer"),
    path(ONE + "market/", links.MarketLink.as_view(), name="project-market"),
    path(ONE + "scoring/", links.ScoringLink.as_view(), name="project-scoring"),
    path(ONE + "decision/", links.DecisionLink.as_view(), name="project-decision"),
    path(STEP, views.ProjectStepPage.as_view(), name="project-step"),
    path(STEP + "edit/", views.StepUpdate.as_view(), name="project-step-update"),
    path(STEP + "ask/", gates.GateAsk.as_view(), name="project-ask"),
    path(STEP + "sign-off/", gates.GateSign.as_view(), name="project-sign-off"),
    path(STEP + "waive/", gates.GateWaive.as_view(), name="project-waive"),
    path(STEP + "refuse/", gates.GateRefuse.as_view(), name="project-refuse"),
    path(STEP + "reopen/", gates.StepReopen.as_view(), name="project-reopen"),
]
