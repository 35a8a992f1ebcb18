"""What was said with a customer and what is to be done."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.contacts import Contact
from customers.models.customers import Customer
from customers.querysets import CustomerPartQuerySet, TaskQuerySet
from fields.models import Customisable
from kcrm.lib.models import SoftDeleteModel


@pghistory.track(level=pghistory.Statement)
class Interaction(Customisable, SoftDeleteModel):
    """A call, visit, e-mail, meeting or note: who met whom, what came out, what comes next."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        EMAIL = "email", _("E-mail")
        NOTE = "note", _("Note")

    class Outcome(models.TextChoices):
        NONE = "", _("not stated")
        ADVANCE = "advance", _("Advance")
        CONTINUATION = "continuation", _("Continuation")
        ORDER = "order", _("Order")
        NO_SALE = "no_sale", _("No sale")
        COMPLAINT = "complaint", _("Complaint or dispute")
        INFORMATION = "information", _("Information")

    access_resource: ClassVar[str] = "interaction"
    # Free words about people: the trail says that they changed, the history what they were.
    field_classes: ClassVar[dict[str, str]] = dict.fromkeys(("subject", "body", "next_step"), "F6")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="interactions", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CALL)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("notes"), blank=True)
    happened_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    by_customer = models.BooleanField(_("the customer came to us"), default=False)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True, default="")
    next_step = models.CharField(_("next step"), max_length=250, blank=True)
    next_step_on = models.DateField(_("next step by"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    contacts = models.ManyToManyField(
        Contact, through="InteractionContact", related_name="interactions", verbose_name=_("their people")
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="InteractionPerson", related_name="+", verbose_name=_("our people")
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes: ClassVar = [
            models.Index(fields=["customer", "-happened_at"], name="customers_interaction_story"),
            models.Index(fields=["-happened_at", "-id"], name="customers_interaction_newest"),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_interaction_own"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def audit_label(self) -> str:
        """How the audit trail calls it: the subject may name a person."""
        return f"#{self.pk}"


class InteractionContact(models.Model):
    """A person of the customer who took part."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interaction", "contact"], name="customers_interactioncontact_once")
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.contact_id}"


class InteractionPerson(models.Model):
    """A person of ours who took part."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interaction", "user"], name="customers_interactionperson_once")
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.user_id}"


@pghistory.track(level=pghistory.Statement)
class Task(Customisable, SoftDeleteModel):
    """Something one of our people is to do for a customer by a day."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    class Priority(models.IntegerChoices):
        HIGH = 1, _("high")
        NORMAL = 2, _("normal")
        LOW = 3, _("low")

    access_resource: ClassVar[str] = "task"
    field_classes: ClassVar[dict[str, str]] = dict.fromkeys(("title", "detail"), "F6")  # as above

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("customer"))
    title = models.CharField(_("what is to be done"), max_length=200)
    detail = models.TextField(_("details"), blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", related_query_name="task",
        verbose_name=_("who"),
    )  # fmt: skip
    due_on = models.DateField(_("due on"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("contact")
    )
    interaction = models.ForeignKey(
        Interaction, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", editable=False
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes: ClassVar = [
            models.Index(
                fields=["assignee", "due_on"],
                name="customers_task_open_by_person",
                condition=Q(state="open", deleted_at__isnull=True),
            ),
            models.Index(fields=["customer", "due_on"], name="customers_task_by_customer"),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_task_own_fields"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="customers_task_done_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_label(self) -> str:
        """How the audit trail calls it: the title may name a person."""
        return f"#{self.pk}"
