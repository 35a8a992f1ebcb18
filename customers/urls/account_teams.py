"""Addresses of who works for a customer."""

from django.urls import path

from customers.views import account_teams

urlpatterns = [
    path("teams/workload/", account_teams.WorkloadView.as_view(), name="workload"),
    path("teams/hand-over/<int:pk>/", account_teams.HandOverAllView.as_view(), name="hand-over-all"),
    path("customers/<int:customer_id>/team/", account_teams.CustomerTeamView.as_view(), name="customer-team"),
    path("customers/<int:customer_id>/team/new/", account_teams.MemberAddView.as_view(), name="team-member-create"),
    path("customers/<int:customer_id>/team/hand-over/", account_teams.HandOverView.as_view(), name="hand-over"),
    path(
        "customers/<int:customer_id>/team/hand-over/<int:pk>/take-back/",
        account_teams.HandOverTakeBackView.as_view(),
        name="hand-over-take-back",
    ),
    path(
        "customers/<int:customer_id>/team/<int:pk>/edit/",
        account_teams.MemberUpdateView.as_view(),
        name="team-member-update",
    ),
    path(
        "customers/<int:customer_id>/team/<int:pk>/end/",
        account_teams.MemberEndView.as_view(),
        name="team-member-end",
    ),
]
