"""Addresses of interactions."""

from django.urls import path

from customers.views import interactions

urlpatterns = [
    path("interactions/", interactions.InteractionListView.as_view(), name="interaction-list"),
    path("interactions/<int:pk>/", interactions.InteractionDetailView.as_view(), name="interaction-detail"),
    path("interactions/<int:pk>/edit/", interactions.InteractionUpdateView.as_view(), name="interaction-update"),
    path("interactions/<int:pk>/delete/", interactions.InteractionDeleteView.as_view(), name="interaction-delete"),
    path("interactions/<int:pk>/restore/", interactions.InteractionRestoreView.as_view(), name="interaction-restore"),
    path(
        "customers/<int:customer_id>/interactions/",
        interactions.CustomerInteractionsView.as_view(),
        name="customer-interactions",
    ),
    path(
        "customers/<int:customer_id>/interactions/new/",
        interactions.InteractionCreateView.as_view(),
        name="interaction-create",
    ),
]
