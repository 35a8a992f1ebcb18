"""Addresses of segments."""

from django.urls import path

from selection.views import segments as views

SEGMENT = "selection/segments/<int:pk>/"

urlpatterns = [
    path("selection/segments/", views.SegmentList.as_view(), name="segment-list"),
    path("selection/segments/new/", views.SegmentCreate.as_view(), name="segment-create"),
    path(SEGMENT, views.SegmentDetail.as_view(), name="segment-detail"),
    path(f"{SEGMENT}edit/", views.SegmentUpdate.as_view(), name="segment-update"),
    path(f"{SEGMENT}tests/", views.SegmentTests.as_view(), name="segment-tests"),
    path(f"{SEGMENT}rule/", views.SegmentRule.as_view(), name="segment-rule"),
    path(f"{SEGMENT}rule/apply/", views.SegmentApply.as_view(), name="segment-apply"),
    path(f"{SEGMENT}accept/", views.SegmentAccept.as_view(), name="segment-accept"),
    path(f"{SEGMENT}retire/", views.SegmentRetire.as_view(), name="segment-retire"),
    path(f"{SEGMENT}reopen/", views.SegmentReopen.as_view(), name="segment-reopen"),
    path("selection/customers/<int:pk>/segment/", views.CustomerPlace.as_view(), name="customer-segment"),
]
