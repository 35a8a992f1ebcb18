"""Bring a customer in, change it, put it into the bin, take it out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.forms.customers import CustomerForm, MergeForm, OwnFieldsForm, ReasonForm
from customers.models import Customer
from customers.selectors.duplicates import Duplicates, Likeness, likely_duplicates
from customers.services import customers
from customers.services.merging import records
from fields.definitions import book_for
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed, StaleVersion
from kcrm.lib.web import FormPage

LIST_CRUMB = gettext_lazy("Customers")


def customer_crumbs(customer: Customer) -> list[tuple[Any, str]]:
    """The way to what belongs to a customer: the list, the customer."""
    return [
        (LIST_CRUMB, reverse("customers:customer-list")),
        (customer.name, reverse("customers:customer-detail", args=[customer.pk])),
    ]


class CustomerCreateView(FormPage):
    """Bring in a customer; one that may be here already is shown first."""

    form_class = CustomerForm
    template_name = "customers/customer_form.html"
    title = gettext_lazy("New customer")
    submit_label = gettext_lazy("Create customer")
    done_message = gettext_lazy("The customer is there, and you look after it.")
    duplicates: Duplicates | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_create_customer(request.user):
            raise NotAllowed("account_profile", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who writes decides which customers can be named."""
        user = self.request.user
        classes = permissions.new_custom_classes(user)
        return super().get_form_kwargs() | {"user": user, "classes": classes, "is_new": True}

    def get_initial(self) -> dict[str, Any]:
        """A subsidiary begins with its parent, everything with the unit one works in."""
        asked = self.request.GET.get("parent", "")
        seen = Customer.objects.visible_to(self.request.user)
        parent = seen.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
        return {
            "parent": parent,
            "org_unit": parent.org_unit_id if parent else None,
            "name": self.request.GET.get("name", ""),
        }

    def perform(self, form: Any) -> Customer:
        """Create, or show which customers look like this one."""
        try:
            return customers.create_customer(
                values=form.values(),
                tag_names=form.cleaned_data["tags"],
                despite=form.cleaned_data["despite"],
                by=self.request.user,
            )
        except customers.LikelyDouble as double:
            self.duplicates = double.duplicates
            form.ask_why()
            raise

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what may be the same company; if several are, the way to make them one."""
        by, found = self.request.user, self.duplicates.shown if self.duplicates else ()
        rows = Customer.objects.visible_to(by).with_unit().filter(pk__in=[like.id for like in found])
        ids = [row.pk for row in rows.order_by("pk") if records.may_merge("customer", row, by)]
        together = merge_url(ids) if len(ids) > 1 else ""
        return super().get_context_data(duplicates=self.duplicates, together=together, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """To the customer."""
        return reverse("customers:customer-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """Back to the list."""
        return reverse("customers:customer-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list."""
        return [(LIST_CRUMB, reverse("customers:customer-list"))]


class OneCustomerFormPage(FormPage):
    """A form about one customer that the reader sees."""

    verb = Verb.UPDATE
    customer: Customer

    def rows(self) -> Any:
        """The customers among which this one is looked for."""
        return Customer.objects.visible_to(self.request.user)

    def is_allowed(self) -> bool:
        """Whether the reader may do this with the customer."""
        return permissions.can_update_customer(self.request.user, self.customer)

    def find(self) -> None:
        """Read the customer. Raises DoesNotExist, NotAllowed."""
        self.customer = self.rows().with_unit().get(pk=self.kwargs["pk"])
        if not self.is_allowed():
            raise NotAllowed("account_profile", self.verb)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.find()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on the form."""
        self.find()
        return super().post(request, *args, **kwargs)

    @cached_property
    def writable_classes(self) -> frozenset[str]:
        """The field classes of custom fields that the reader fills in on this customer."""
        user = self.request.user
        return permissions.writable_custom_classes(user, permissions.standings_for(user, self.customer))

    def get_version(self) -> int:
        """The customer's version."""
        return self.customer.version

    def get_done_url(self, result: Any) -> str:
        """To the customer."""
        return reverse("customers:customer-detail", args=[self.customer.pk])

    def get_cancel_url(self) -> str:
        """Back to the customer."""
        return reverse("customers:customer-detail", args=[self.customer.pk])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list, the customer."""
        return customer_crumbs(self.customer)


class CustomerUpdateView(OneCustomerFormPage):
    """Change a customer."""

    form_class = CustomerForm
    template_name = "customers/customer_form.html"
    done_message = gettext_lazy("Saved.")

    def get_title(self) -> str:
        """Whom."""
        return _("Edit %(name)s") % {"name": self.customer.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The record gives the first values."""
        return super().get_form_kwargs() | {
            "user": self.request.user, "classes": self.writable_classes, "instance": self.customer,
        }  # fmt: skip

    def get_initial(self) -> dict[str, Any]:
        """What the record does not hold as its form writes it."""
        tags = ", ".join(tag.name for tag in self.customer.tags.all())
        return {"tags": tags, "parent": self.seen_parent}

    @cached_property
    def seen_parent(self) -> Customer | None:
        """The parent company, if the reader sees it."""
        return Customer.objects.visible_to(self.request.user).filter(pk=self.customer.parent_id).first()

    def perform(self, form: Any) -> Customer:
        """Save; a parent that the reader does not see stays unless he names another."""
        values = form.values()
        if values["parent"] is None and self.seen_parent is None:
            del values["parent"]
        try:
            return customers.update_customer(
                customer_id=self.customer.pk,
                version=self.posted_version(),
                values=values,
                tag_names=form.cleaned_data["tags"],
                by=self.request.user,
            )
        except StaleVersion as stale:
            stale.current.parent = self.seen_parent  # both versions are shown, and only what the reader may see
            raise

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what may be the same company."""
        return super().get_context_data(
            twins=doubles_of(self.customer, self.request.user),
            merges=records.may_merge("customer", self.customer, self.request.user),
            **kwargs,
        )


class CustomerMergeView(OneCustomerFormPage):
    """Say which other customer is the same company, by name or among those that look alike."""

    form_class = MergeForm
    template_name = "customers/merge_pick.html"
    verb = Verb.MERGE
    submit_label = gettext_lazy("Compare side by side")
    intro = gettext_lazy("Nothing changes yet: first you see both side by side and choose what stays.")

    def is_allowed(self) -> bool:
        """Whether the reader merges this customer."""
        return records.may_merge("customer", self.customer, self.request.user)

    def get_title(self) -> str:
        """Whom."""
        return _("Merge %(name)s with another") % {"name": self.customer.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who asks decides which customers can be named."""
        return super().get_form_kwargs() | {"user": self.request.user, "customer": self.customer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and those that look alike."""
        return super().get_context_data(
            customer=self.customer, twins=doubles_of(self.customer, self.request.user), merges=True, **kwargs
        )

    def perform(self, form: Any) -> Customer:
        """Only go on."""
        other: Customer = form.cleaned_data["other"]
        return other

    def get_done_url(self, result: Any) -> str:
        """To the two, side by side."""
        return merge_url([self.customer.pk, result.pk])


def doubles_of(customer: Customer, user: Any) -> list[tuple[Likeness, str]]:
    """The customers that may be the same company, each with the address at which both are merged."""
    values = {name: getattr(customer, name) for name in ("name", "website", "domain", "registration_no", "phone")}
    found = likely_duplicates(user, values, exclude_id=customer.pk).shown
    return [(like, merge_url([customer.pk, like.id])) for like in found]


def merge_url(ids: Sequence[int]) -> str:
    """Where customers are compared before they are merged."""
    query = urlencode({"kind": "customer", "ids": ",".join(map(str, ids))})
    return f"{reverse('customers:merge')}?{query}"


class CustomerDeleteView(OneCustomerFormPage):
    """Put a customer into the bin."""

    form_class = ReasonForm
    verb = Verb.DELETE
    danger = True
    submit_label = gettext_lazy("Delete customer")
    intro = gettext_lazy(
        "The customer goes into the bin with its people, activities and files. Directors can restore it from there."
    )
    done_message = gettext_lazy("The customer is in the bin.")

    def is_allowed(self) -> bool:
        """Whether the reader deletes."""
        return permissions.can_delete_customer(self.request.user, self.customer)

    def get_title(self) -> str:
        """Whom."""
        return _("Delete %(name)s?") % {"name": self.customer.name}

    def perform(self, form: Any) -> Customer:
        """Delete."""
        return customers.delete_customer(
            customer_id=self.customer.pk,
            version=self.posted_version(),
            reason=form.cleaned_data["reason"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the list: the customer's page is gone."""
        return reverse("customers:customer-list")


class CustomerRestoreView(OneCustomerFormPage):
    """Take a customer out of the bin."""

    form_class = forms.Form
    verb = Verb.DELETE
    submit_label = gettext_lazy("Restore customer")
    intro = gettext_lazy("The customer comes back with everything that hung on it.")
    done_message = gettext_lazy("The customer is back.")

    def rows(self) -> Any:
        """The bin."""
        return Customer.objects.binned_for(self.request.user)

    def is_allowed(self) -> bool:
        """Whether the reader restores."""
        return permissions.can_delete_customer(self.request.user, self.customer)

    def get_title(self) -> str:
        """Whom."""
        return _("Restore %(name)s?") % {"name": self.customer.name}

    def perform(self, form: Any) -> Customer:
        """Restore."""
        return customers.restore_customer(
            customer_id=self.customer.pk, version=self.posted_version(), by=self.request.user
        )

    def get_cancel_url(self) -> str:
        """Back to the bin."""
        return reverse("customers:customer-bin")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list, the bin."""
        return [(LIST_CRUMB, reverse("customers:customer-list")), (_("Bin"), reverse("customers:customer-bin"))]


class OwnFieldsView(OneCustomerFormPage):
    """Fill in the custom fields of a customer alone: also for finance, which changes nothing else of it."""

    form_class = OwnFieldsForm
    done_message = gettext_lazy("Saved.")

    def is_allowed(self) -> bool:
        """Whether there is anything that the reader may fill in."""
        return bool(book_for(self.request.user).live(CUSTOMER.key, self.writable_classes))

    def get_title(self) -> str:
        """Whose."""
        return _("Fields of your own: %(name)s") % {"name": self.customer.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        """What is stored."""
        return super().get_form_kwargs() | {
            "user": self.request.user, "classes": self.writable_classes, "customer": self.customer,
        }  # fmt: skip

    def perform(self, form: Any) -> Customer:
        """Save."""
        return customers.update_customer(
            customer_id=self.customer.pk,
            version=self.posted_version(),
            values={"custom": form.custom_values()},
            by=self.request.user,
        )
