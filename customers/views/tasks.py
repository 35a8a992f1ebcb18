"""Pages of what is to be done for customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bulk.pages import BulkListView, CellView
from customers import permissions
from customers.custom_fields import TASK
from customers.forms.tasks import TaskForm
from customers.lists.tasks import TASKS, TASKS_TITLE
from customers.models import Contact, Task
from customers.selectors import tasks as selectors
from customers.services import tasks
from customers.views.panels import CustomerMixin, CustomerPanel, customer_crumbs, customer_url
from fields.forms import own_fields
from fields.lists import CustomColumns
from fields.selectors import facts_of
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, FormPage, Page
from teams.selectors.people import colleagues_of


class TaskListView(CustomColumns, BulkListView):
    """Everything that is to be done for the customers one sees."""

    record_type = TASK.key
    spec = TASKS
    template_name = "customers/task_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What is late first, and the ways into the list."""
        path, query = self.request.path, self.request.GET.urlencode()
        ways = (
            (_("Mine"), "whose=mine&state=open"),
            (_("Overdue"), "due=overdue"),
            (_("Given to others"), "whose=given&state=open"),
            (_("All open"), "state=open"),
            (_("All"), ""),
        )
        return {
            "answer": selectors.tasks_answer(self.request.user, timezone.localdate()),
            "tabs": [
                {"label": label, "url": f"{path}?{way}" if way else path, "current": query == way}
                for label, way in ways
            ],
        }


class TaskCellView(CustomColumns, CellView):
    """What is to be done in a cell of the list: who, when, how urgent, and the fields of one's own."""

    record_type = TASK.key
    resource = "task"
    spec = TASKS


class CustomerTasksView(CustomerPanel):
    """What is to be done for one customer."""

    resource = "task"
    heading = TASKS_TITLE
    template_name = "customers/_task_panel.html"

    def get_context(self) -> dict[str, Any]:
        """Open tasks with their one click."""
        user, today = self.request.user, timezone.localdate()
        return {
            "items": [selectors.item_of(task, user, today) for task in selectors.open_tasks_of(self.customer, user)],
            "can_create": self.may("task", Verb.CREATE),
            "binned": self.binned(Task, "title"),
            "restore_name": "customers:task-restore",
        }


class TaskDetailView(Page):
    """One task."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        seen = Task.objects.visible_to(request.user)
        task = seen.select_related("customer__org_unit", "assignee", "created_by", "contact", "interaction").get(pk=pk)
        tag, css = selectors.due_tag(task.due_on, timezone.localdate())
        contact = Contact.objects.visible_to(request.user).filter(pk=task.contact_id).first()
        return render(
            request,
            "customers/task_detail.html",
            {
                "task": task,
                "contact": contact,
                "own_fields": facts_of(TASK.key, task.custom, TASK.classes, request.user),
                "tag": tag,
                "tag_css": css,
                "crumbs": [*customer_crumbs(task.customer), (TASKS_TITLE, reverse("customers:task-list"))],
                "can_update": permissions.can_change_task(request.user, task),
                "can_delete": permissions.may(request.user, "task", Verb.DELETE, task.customer),
            },
        )


class TaskFormPage(CustomerMixin, FormPage):
    """What creating and changing a task share."""

    form_class = TaskForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who could do it, and whom it could be about."""
        today, user, customer = timezone.localdate(), self.request.user, self.customer
        works_here = colleagues_of(team_id=customer.account_team_id, unit=customer.org_unit, day=today)
        kept = self.kept()
        people = Q(pk__in=works_here.order_by().values("pk")) | Q(pk=kept.assignee_id if kept else user.pk)
        contacts = Q(pk__in=Contact.objects.at_customer(customer.pk, today).values("pk"))
        if kept is not None:
            contacts |= Q(pk=kept.contact_id)
        return super().get_form_kwargs() | {
            "people": User.objects.filter(people).order_by("full_name"),
            "contacts": Contact.objects.visible_to(user).filter(contacts).order_by("name_sort"),
            "own": own_fields(TASK, user, stored=kept),
        }

    def kept(self) -> Task | None:
        """The task that is changed, None for a new one."""
        return None


class TaskCreateView(TaskFormPage):
    """Give somebody something to do."""

    title = gettext_lazy("New task")
    submit_label = gettext_lazy("Add task")
    done_message = gettext_lazy("Added.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("task", Verb.CREATE):
            raise NotAllowed("task", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """For me."""
        return {"assignee": self.request.user.pk}

    def perform(self, form: Any) -> Task:
        """Create it."""
        return tasks.create_task(
            customer_id=self.kwargs["customer_id"],
            values=form.values(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the customer."""
        return customer_url(self.kwargs["customer_id"])

    def get_cancel_url(self) -> str:
        """Back to the customer."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)


class TaskUpdateView(TaskFormPage):
    """Change what, who or when."""

    title = gettext_lazy("Change the task")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def task(self) -> Task:
        """The task as it is stored."""
        seen = Task.objects.visible_to(self.request.user).select_related("customer__org_unit")
        found: Task = seen.get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def customer(self) -> Any:
        """Its customer."""
        return self.task.customer

    def kept(self) -> Task:
        """The task itself."""
        return self.task

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_change_task(request.user, self.task):
            raise NotAllowed("task", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        names = ("title", "assignee", "due_on", "priority", "contact", "detail")
        return {name: getattr(self.task, name) for name in names}

    def perform(self, form: Any) -> Task:
        """Save it."""
        return tasks.update_task(
            task_id=self.kwargs["pk"],
            version=self.posted_version(),
            values=form.values(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_version(self) -> int:
        """The stored version."""
        return self.task.version

    def get_done_url(self, result: Any) -> str:
        """To the task."""
        return reverse("customers:task-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """To the task."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, the task."""
        return [*customer_crumbs(self.customer), (self.task.title, self.get_done_url(None))]


class TaskMoveView(ActView):
    """One click that finishes, drops or reopens; htmx gets the task as it is now in its place."""

    move: Callable[..., Task] = staticmethod(tasks.reopen_task)

    def perform(self) -> Task:
        """Move it."""
        return type(self).move(task_id=self.kwargs["pk"], by=self.request.user, **self.more())

    def more(self) -> dict[str, Any]:
        """What the service needs besides."""
        return {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Move it, and show it."""
        if not is_fragment(request):
            return super().post(request, *args, **kwargs)
        task = self.perform()
        item = selectors.item_of(task, request.user, timezone.localdate(), with_customer="customer" in request.GET)
        return render(request, "customers/_task_item.html", {"item": item})

    def get_done_url(self, result: Any) -> str:
        """To the task."""
        return reverse("customers:task-detail", args=[self.kwargs["pk"]])


class TaskDoneView(TaskMoveView):
    """Done."""

    move = staticmethod(tasks.complete_task)
    done_message = gettext_lazy("Done.")

    def more(self) -> dict[str, Any]:
        """When."""
        return {"now": timezone.now()}


class TaskDropView(TaskMoveView):
    """Not needed any more."""

    move = staticmethod(tasks.drop_task)
    done_message = gettext_lazy("Dropped.")


class TaskReopenView(TaskMoveView):
    """To be done after all."""

    move = staticmethod(tasks.reopen_task)
    done_message = gettext_lazy("Open again.")


class TaskDeleteView(ActView):
    """Put it into the bin."""

    http_method_names: ClassVar = ["post", "options"]
    done_message = gettext_lazy("In the bin.")

    def perform(self) -> Task:
        """Delete."""
        return tasks.delete_task(
            task_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, now=timezone.now()
        )

    def get_done_url(self, result: Any) -> str:
        """To the customer's tasks, or back where it did not work."""
        if result is None:
            return reverse("customers:task-detail", args=[self.kwargs["pk"]])
        return reverse("customers:customer-tasks", args=[result.customer_id])


class TaskRestoreView(ActView):
    """Take it out of the bin."""

    done_message = gettext_lazy("Restored.")

    def perform(self) -> Task:
        """Restore."""
        return tasks.restore_task(task_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the task."""
        return reverse("customers:task-detail", args=[self.kwargs["pk"]])
