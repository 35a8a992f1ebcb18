"""Addresses of scoring rounds and score sheets."""

from django.urls import path

from selection.views import rounds, sheets

ROUND = "selection/rounds/<int:pk>/"

urlpatterns = [
    path("selection/rounds/", rounds.RoundList.as_view(), name="round-list"),
    path("selection/rounds/new/", rounds.RoundCreate.as_view(), name="round-create"),
    path(ROUND, rounds.RoundDetail.as_view(), name="round-detail"),
    path(f"{ROUND}change/", rounds.RoundChange.as_view(), name="round-change"),
    path(f"{ROUND}release/", rounds.RoundRelease.as_view(), name="round-release"),
    path(f"{ROUND}close/", rounds.RoundClose.as_view(), name="round-close"),
    path(f"{ROUND}cancel/", rounds.RoundCancel.as_view(), name="round-cancel"),
    path(f"{ROUND}edition/", rounds.RoundEdition.as_view(), name="round-edition"),
    path(f"{ROUND}leave/", rounds.RaterLeave.as_view(), name="rater-leave"),
    path(f"{ROUND}agree/<int:customer_pk>/<slug:key>/", rounds.RoundAgree.as_view(), name="round-agree"),
    path(f"{ROUND}sheet/", sheets.SheetGrid.as_view(), name="sheet"),
    path(f"{ROUND}sheet/cells/", sheets.SheetCells.as_view(), name="sheet-cells"),
    path(f"{ROUND}sheet/file/", sheets.SheetFile.as_view(), name="sheet-file"),
    path(f"{ROUND}sheet/<int:customer_pk>/", sheets.SheetCustomer.as_view(), name="sheet-customer"),
]
