"""Addresses of the editor of scoring models."""

from django.urls import path

from selection.views import editions
from selection.views import models as views

MODEL = "selection/models/<int:pk>/"

urlpatterns = [
    path("selection/models/new/", views.ModelCreate.as_view(), name="model-create"),
    path(f"{MODEL}edit/", views.ModelEdit.as_view(), name="model-edit"),
    path(f"{MODEL}next/", views.ModelNext.as_view(), name="model-next"),
    path(f"{MODEL}weights/", views.ModelWeights.as_view(), name="model-weights"),
    path(f"{MODEL}checks/", views.ModelChecks.as_view(), name="model-checks"),
    path(f"{MODEL}sensitivity/", views.ModelSensitivity.as_view(), name="model-sensitivity"),
    path(f"{MODEL}ask/", editions.ModelAsk.as_view(), name="model-ask"),
    path(f"{MODEL}take-back/", editions.ModelTakeBack.as_view(), name="model-take-back"),
    path(f"{MODEL}approve/", editions.ModelApprove.as_view(), name="model-approve"),
    path(f"{MODEL}send-back/", editions.ModelSendBack.as_view(), name="model-send-back"),
    path(f"{MODEL}retire/", editions.ModelRetire.as_view(), name="model-retire"),
]
