"""Addresses of large exports."""

from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("exports/", views.RequestListView.as_view(), name="request-list"),
    path("exports/new/", views.RequestCreateView.as_view(), name="request-create"),
    path("exports/<int:pk>/", views.RequestDetailView.as_view(), name="request-detail"),
    path("exports/<int:pk>/approve/", views.RequestApproveView.as_view(), name="request-approve"),
    path("exports/<int:pk>/refuse/", views.RequestRefuseView.as_view(), name="request-refuse"),
]
