"""Addresses of this app, one module a noun."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from selection.urls import (
    decisions,
    market_maps,
    matrix,
    models,
    models_compared,
    projects,
    relationships,
    rounds,
    scenarios,
    scoring,
    segments,
    strengths,
)

app_name = "selection"

urlpatterns: list[URLPattern | URLResolver] = [
    *market_maps.urlpatterns,
    *matrix.urlpatterns,
    *models.urlpatterns,
    *models_compared.urlpatterns,
    *rounds.urlpatterns,
    *decisions.urlpatterns,
    *projects.urlpatterns,
    *relationships.urlpatterns,
    *segments.urlpatterns,
    *scenarios.urlpatterns,
    *scoring.urlpatterns,
    *strengths.urlpatterns,
]
