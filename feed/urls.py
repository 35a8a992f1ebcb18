"""Addresses of webhooks."""

from django.urls import path

from feed import views

app_name = "feed"
urlpatterns = [
    path("webhooks/", views.EndpointListView.as_view(), name="endpoint-list"),
    path("webhooks/new/", views.EndpointCreateView.as_view(), name="endpoint-create"),
    path("webhooks/deliveries/", views.DeliveryListView.as_view(), name="delivery-list"),
    path("webhooks/deliveries/again/", views.DeliveryAgainView.as_view(), name="delivery-again"),
    path("webhooks/<int:pk>/", views.EndpointDetailView.as_view(), name="endpoint-detail"),
    path("webhooks/<int:pk>/edit/", views.EndpointUpdateView.as_view(), name="endpoint-update"),
    path("webhooks/<int:pk>/pause/", views.EndpointPauseView.as_view(), name="endpoint-pause"),
    path("webhooks/<int:pk>/resume/", views.EndpointPauseView.as_view(paused=False), name="endpoint-resume"),
    path("webhooks/<int:pk>/secret/", views.EndpointRotateView.as_view(), name="endpoint-rotate"),
    path("webhooks/<int:pk>/test/", views.EndpointTestView.as_view(), name="endpoint-test"),
    path("webhooks/<int:pk>/retry/", views.EndpointRetryView.as_view(), name="endpoint-retry"),
    path("webhooks/<int:pk>/delete/", views.EndpointDeleteView.as_view(), name="endpoint-delete"),
]
