"""Addresses of people, settings and the audit trail."""

from django.urls import path

from accounts.views import audit, entry, people, saved_views, settings

app_name = "accounts"

urlpatterns = [
    path("setup/", entry.SetupView.as_view(), name="setup"),
    path("join/<str:secret>/", entry.InvitationAcceptView.as_view(), name="invitation-accept"),
    path("people/", people.UserListView.as_view(), name="user-list"),
    path("people/invite/", people.InvitationCreateView.as_view(), name="invitation-create"),
    path("people/invitations/", people.InvitationListView.as_view(), name="invitation-list"),
    path("people/invitations/<int:pk>/cancel/", people.InvitationCancelView.as_view(), name="invitation-cancel"),
    path("people/<int:pk>/", people.UserDetailView.as_view(), name="user-detail"),
    path("people/<int:pk>/roles/", people.RolesView.as_view(), name="user-roles"),
    path("people/<int:pk>/codes/", people.CodesView.as_view(), name="user-codes"),
    path("people/<int:pk>/deactivate/", people.DeactivateView.as_view(), name="user-deactivate"),
    path("people/<int:pk>/reactivate/", people.ReactivateView.as_view(), name="user-reactivate"),
    path("settings/", settings.ProfileView.as_view(), name="profile"),
    path("settings/tokens/", settings.TokenListView.as_view(), name="token-list"),
    path("settings/tokens/new/", settings.TokenCreateView.as_view(), name="token-create"),
    path("settings/tokens/<int:pk>/revoke/", settings.TokenRevokeView.as_view(), name="token-revoke"),
    path("preferences/language/", settings.set_language, name="preference-language"),
    path("preferences/theme/", settings.set_theme, name="preference-theme"),
    path("audit/", audit.AuditListView.as_view(), name="audit-list"),
    path("saved-views/<slug:list_key>/", saved_views.save, name="saved-view-save"),
    path("saved-views/<int:pk>/delete/", saved_views.delete, name="saved-view-delete"),
]
