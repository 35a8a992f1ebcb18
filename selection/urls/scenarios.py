"""Addresses of scenarios of the portfolio."""

from django.urls import path

from selection.views import scenarios as views
from selection.views.scenario_files import ScenarioFile

SCENARIO = "selection/scenarios/<int:pk>/"

urlpatterns = [
    path("selection/scenarios/", views.ScenarioList.as_view(), name="scenario-list"),
    path("selection/scenarios/new/", views.ScenarioCreate.as_view(), name="scenario-create"),
    path("selection/scenarios/compare/", views.ScenarioCompare.as_view(), name="scenario-compare"),
    path("selection/scenarios/compare/file/", ScenarioFile.as_view(), name="scenario-file"),
    path(SCENARIO, views.ScenarioDetail.as_view(), name="scenario-detail"),
    path(f"{SCENARIO}edit/", views.ScenarioUpdate.as_view(), name="scenario-update"),
    path(f"{SCENARIO}days/", views.ScenarioDays.as_view(), name="scenario-days"),
    path(f"{SCENARIO}moves/new/", views.ScenarioMoveCreate.as_view(), name="scenario-move-create"),
    path(f"{SCENARIO}confirm/", views.ScenarioConfirm.as_view(), name="scenario-confirm"),
    path(f"{SCENARIO}decide/", views.ScenarioDecision.as_view(), name="scenario-decide"),
    path(f"{SCENARIO}delete/", views.ScenarioDelete.as_view(), name="scenario-delete"),
    path("selection/scenario-moves/<int:pk>/delete/", views.ScenarioMoveDelete.as_view(), name="scenario-move-delete"),
]
