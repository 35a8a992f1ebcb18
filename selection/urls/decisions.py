"""Addresses of snapshots and decisions."""

from django.urls import path

from selection.views import decision_steps as steps
from selection.views import decisions as views
from selection.views import reviews, snapshots

urlpatterns = [
    path("selection/snapshots/", snapshots.SnapshotList.as_view(), name="snapshot-list"),
    path("selection/snapshots/new/", snapshots.SnapshotCreate.as_view(), name="snapshot-create"),
    path("selection/snapshots/<int:pk>/", snapshots.SnapshotDetail.as_view(), name="snapshot-detail"),
    path("selection/reviews-due/", reviews.ReviewsDue.as_view(), name="reviews-due"),
    path("selection/decisions/", views.DecisionList.as_view(), name="decision-list"),
    path("selection/decisions/new/", views.DecisionCreate.as_view(), name="decision-create"),
    path("selection/decisions/<int:pk>/", views.DecisionDetail.as_view(), name="decision-detail"),
    path("selection/decisions/<int:pk>/edit/", views.DecisionUpdate.as_view(), name="decision-update"),
    path("selection/decisions/<int:pk>/customers/new/", views.LineCreate.as_view(), name="decision-line-create"),
    path("selection/decisions/<int:pk>/tell/", views.Tell.as_view(), name="decision-tell"),
    path("selection/decisions/<int:pk>/propose/", steps.Propose.as_view(), name="decision-propose"),
    path("selection/decisions/<int:pk>/approve/", steps.Approve.as_view(), name="decision-approve"),
    path("selection/decisions/<int:pk>/reject/", steps.Reject.as_view(), name="decision-reject"),
    path("selection/decisions/<int:pk>/withdraw/", steps.Withdraw.as_view(), name="decision-withdraw"),
    path("selection/decisions/<int:pk>/acknowledge/", steps.Acknowledge.as_view(), name="decision-acknowledge"),
    path("selection/decisions/<int:pk>/minutes.<slug:form>", steps.Minutes.as_view(), name="decision-minutes"),
    path("selection/decision-lines/<int:pk>/", views.LineUpdate.as_view(), name="decision-line-update"),
    path("selection/decision-lines/<int:pk>/take-out/", views.LineTakeOut.as_view(), name="decision-line-take-out"),
]
