"""What of customers, contacts and tasks can be changed in bulk or in a cell of their lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bulk.registry import BulkField, BulkList, register
from customers import permissions
from customers.custom_fields import CONTACT, CUSTOMER, TASK
from customers.forms.customers import TagsField, countries
from customers.forms.widgets import DayInput
from customers.models import Contact, Customer, Task
from customers.services import contacts, customers, tasks
from fields.bulk import bulk_fields, folded
from kcrm.lib import formats
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import DomainError
from teams.models import OrgUnit
from teams.permissions import reach_of


def _text(model: type[Any], name: str, *, needed: bool = False) -> BulkField:
    field = model._meta.get_field(name)
    return BulkField(
        name=name,
        label=field.verbose_name,
        control=lambda user: forms.CharField(max_length=field.max_length),
        read=lambda record: getattr(record, name),
        needed=needed,
    )


def _choice(model: type[Any], name: str, choices: Any, *, needed: bool = True, coerce: Any = str) -> BulkField:
    """A choice; `choices` are pairs, or a function that gives them in the reader's language."""

    def pairs() -> list[tuple[Any, Any]]:
        return list(choices() if callable(choices) else choices)

    return BulkField(
        name=name,
        label=model._meta.get_field(name).verbose_name,
        control=lambda user: forms.TypedChoiceField(choices=pairs(), coerce=coerce, empty_value=""),
        read=lambda record: getattr(record, name),
        needed=needed,
        show=lambda value: str(dict(pairs()).get(value, value)),
    )


def _named(rows: Callable[[], QuerySet[Any]]) -> Callable[[Any], str]:
    """Puts the number of a record into its name."""

    def show(value: Any) -> str:
        record = rows().filter(pk=value).first() if value is not None else None
        return str(record) if record else ""

    return show


def _offered(resource: str, verb: Verb) -> Callable[[User], bool]:
    """Whether somebody could do this with any such record at all, so that it is offered."""
    return lambda user: allows_anywhere(resource, verb, reach_of(user).actors())


# --- customers


def _tag_names(customer: Any) -> list[str]:
    return sorted(tag.name for tag in customer.tags.all())


def _added(before: Sequence[str], given: Sequence[str]) -> list[str]:
    known = {name.casefold() for name in before}
    return sorted([*before, *(name for name in given if name.casefold() not in known)])


def _removed(before: Sequence[str], given: Sequence[str]) -> list[str]:
    gone = {name.casefold() for name in given}
    return [name for name in before if name.casefold() not in gone]


def _tags(name: str, label: Any, combine: Callable[[Any, Any], Any]) -> BulkField:
    return BulkField(
        name=name,
        label=label,
        control=lambda user: TagsField(help_text=_("Words of your own, with commas between.")),
        read=_tag_names,
        target="tags",
        needed=name != "tags",
        combine=combine,
    )


def _update_customer(pk: int, version: int, values: Mapping[str, Any], by: User) -> None:
    own = folded(values)
    names = own.pop("tags", None)
    if isinstance(names, str):
        names = names.split(",")
    customers.update_customer(customer_id=pk, version=version, values=own, tag_names=names, by=by)


CUSTOMERS: Final = register(
    BulkList(
        key="customers",
        title=_("Customers"),
        list_url="customers:customer-list",
        rows=lambda user: Customer.objects.visible_to(user).select_related("org_unit").prefetch_related("tags"),
        fields=(
            BulkField(
                name="org_unit",
                label=_("Unit"),
                control=lambda user: forms.ModelChoiceField(OrgUnit.objects.visible_to(user)),
                read=lambda customer: customer.org_unit_id,
                needed=True,
                show=_named(lambda: OrgUnit.objects.all()),
            ),
            _choice(Customer, "life_cycle", Customer.LifeCycle.choices),
            _choice(Customer, "relation", Customer.Relation.choices),
            _text(Customer, "industry"),
            _text(Customer, "region"),
            _text(Customer, "city"),
            _choice(Customer, "country", countries, needed=False),
            BulkField(
                name="cadence_days",
                label=_("Talk at least every ... days"),
                control=lambda user: forms.IntegerField(min_value=1, max_value=3_650),
                read=lambda customer: customer.cadence_days,
            ),
            _tags("add_tags", _("Add tags"), _added),
            _tags("remove_tags", _("Remove tags"), _removed),
        ),
        update=_update_customer,
        delete=lambda pk, version, by: customers.delete_customer(customer_id=pk, version=version, by=by),
        restore=lambda pk, version, by: customers.restore_customer(customer_id=pk, version=version, by=by),
        allowed=_offered("account_profile", Verb.UPDATE),
        may_change=permissions.can_update_customer,
        may_delete=_offered("account_profile", Verb.DELETE),
        more=lambda user: bulk_fields(CUSTOMER.key, user, {"F0", "F1"} & permissions.list_classes_for(user)),
    )
)

# --- contacts


def _may_change_contact(user: User, contact: Contact) -> bool:
    customers_there = [role.customer for role in contact.roles.all()]
    return permissions.may_for_any(user, "contact", Verb.UPDATE, customers_there)


CONTACTS: Final = register(
    BulkList(
        key="contacts",
        title=_("Contacts"),
        list_url="customers:contact-list",
        rows=lambda user: Contact.objects.visible_to(user).prefetch_related("roles__customer__org_unit"),
        fields=(
            _text(Contact, "language"),
            _text(Contact, "salutation"),
            _text(Contact, "phone"),
            _text(Contact, "mobile"),
        ),
        update=lambda pk, version, values, by: contacts.update_contact(
            contact_id=pk, version=version, values=folded(values), by=by
        ),
        delete=lambda pk, version, by: contacts.delete_contact(
            contact_id=pk, version=version, by=by, now=timezone.now()
        ),
        restore=lambda pk, version, by: contacts.restore_contact(contact_id=pk, version=version, by=by),
        allowed=_offered("contact", Verb.UPDATE),
        may_change=_may_change_contact,
        may_delete=_offered("contact", Verb.DELETE),
        more=lambda user: bulk_fields(CONTACT.key, user, {"F6"}),
    )
)

# --- tasks


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _update_task(pk: int, version: int, values: Mapping[str, Any], by: User) -> None:
    """Values through one service, the state through that of its own act."""
    own = folded(values)
    state = own.pop("state", None)
    if "due_on" in own:
        own["due_on"] = _day(own["due_on"])
    if own:
        version = tasks.update_task(task_id=pk, version=version, values=own, by=by, today=timezone.localdate()).version
    if state == Task.State.DONE:
        tasks.complete_task(task_id=pk, version=version, by=by, now=timezone.now())
    elif state == Task.State.DROPPED:
        tasks.drop_task(task_id=pk, version=version, by=by)
    elif state == Task.State.OPEN:
        tasks.reopen_task(task_id=pk, version=version, by=by)
    elif state is not None:
        raise DomainError(_("This state is unknown."), field="state")


TASKS: Final = register(
    BulkList(
        key="tasks",
        title=_("Tasks"),
        list_url="customers:task-list",
        rows=lambda user: Task.objects.visible_to(user).select_related("customer__org_unit"),
        fields=(
            BulkField(
                name="assignee",
                label=_("Who"),
                control=lambda user: forms.ModelChoiceField(User.objects.active().order_by("full_name")),
                read=lambda task: task.assignee_id,
                target="assignee_id",
                needed=True,
                show=_named(lambda: User.objects.all()),
            ),
            BulkField(
                name="due_on",
                label=_("Due on"),
                control=lambda user: forms.DateField(widget=DayInput()),
                read=lambda task: task.due_on.isoformat() if task.due_on else None,
                show=lambda value: formats.day(date.fromisoformat(value)) if value else "",
            ),
            _choice(Task, "priority", Task.Priority.choices, coerce=int),
            _choice(Task, "state", Task.State.choices),
        ),
        update=_update_task,
        delete=lambda pk, version, by: tasks.delete_task(task_id=pk, version=version, by=by, now=timezone.now()),
        restore=lambda pk, version, by: tasks.restore_task(task_id=pk, version=version, by=by),
        allowed=_offered("task", Verb.UPDATE),
        may_change=permissions.can_change_task,
        may_delete=_offered("task", Verb.DELETE),
        more=lambda user: bulk_fields(TASK.key, user, TASK.classes),
    )
)
