"""Addresses of jobs, notifications and the system's health."""

from django.urls import path

from jobs.views import jobs, notifications, system

app_name = "jobs"

urlpatterns = [
    path("jobs/", jobs.JobListView.as_view(), name="job-list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.JobRetryView.as_view(), name="job-retry"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job-file"),
    path("notifications/", notifications.notification_list, name="notification-list"),
    path("notifications/bell/", notifications.bell, name="notification-bell"),
    path("notifications/read/", notifications.read_all, name="notification-read-all"),
    path("notifications/<int:pk>/read/", notifications.read, name="notification-read"),
    path("notifications/settings/", notifications.settings, name="notification-settings"),
    path("system/", system.system_health, name="system-health"),
    path("system/hold/", system.JobsHoldView.as_view(), name="jobs-hold"),
    path("system/release/", system.JobsReleaseView.as_view(), name="jobs-release"),
    path("system/mails/<int:pk>/send/", system.MailSendAgainView.as_view(), name="email-send-again"),
    path("system/mails/<int:pk>/leave/", system.MailLeaveView.as_view(), name="email-leave"),
]
