"""Addresses of tasks."""

from django.urls import path

from customers.views import tasks

urlpatterns = [
    path("tasks/", tasks.TaskListView.as_view(), name="task-list"),
    path("tasks/<int:pk>/", tasks.TaskDetailView.as_view(), name="task-detail"),
    path("tasks/<int:pk>/cells/<slug:field>/", tasks.TaskCellView.as_view(), name="task-cell"),
    path("tasks/<int:pk>/edit/", tasks.TaskUpdateView.as_view(), name="task-update"),
    path("tasks/<int:pk>/done/", tasks.TaskDoneView.as_view(), name="task-done"),
    path("tasks/<int:pk>/drop/", tasks.TaskDropView.as_view(), name="task-drop"),
    path("tasks/<int:pk>/reopen/", tasks.TaskReopenView.as_view(), name="task-reopen"),
    path("tasks/<int:pk>/delete/", tasks.TaskDeleteView.as_view(), name="task-delete"),
    path("tasks/<int:pk>/restore/", tasks.TaskRestoreView.as_view(), name="task-restore"),
    path("customers/<int:customer_id>/tasks/", tasks.CustomerTasksView.as_view(), name="customer-tasks"),
    path("customers/<int:customer_id>/tasks/new/", tasks.TaskCreateView.as_view(), name="task-create"),
]
