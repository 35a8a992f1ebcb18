"""Addresses of relationships and of the nine-cell grid."""

from django.urls import path

from selection.views import grid, relationships

CUSTOMER = "selection/customers/<int:customer_id>/relationship/"

urlpatterns = [
    path("selection/grid/", grid.NineCellGrid.as_view(), name="grid"),
    path("selection/grid/<slug:attractiveness>/<slug:status>/", grid.CellTextUpdate.as_view(), name="cell-update"),
    path(CUSTOMER, relationships.CustomerRelationship.as_view(), name="customer-relationship"),
    path(f"{CUSTOMER}bonds/", relationships.BondsUpdate.as_view(), name="bonds-update"),
    path(f"{CUSTOMER}leaving/", relationships.SwitchingUpdate.as_view(), name="switching-update"),
    path(f"{CUSTOMER}stage/<slug:side>/", relationships.StageUpdate.as_view(), name="stage-update"),
    path(f"{CUSTOMER}quality/<slug:side>/", relationships.QualityUpdate.as_view(), name="quality-update"),
    path(f"{CUSTOMER}dependence/", relationships.DependenceUpdate.as_view(), name="dependence-update"),
]
