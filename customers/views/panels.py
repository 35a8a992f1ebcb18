"""Parts of a customer's page that load by themselves: a fragment for htmx, a page of its own without JavaScript."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from customers import permissions
from customers.models import Customer
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import Page

BIN_LENGTH = 10


def customer_url(customer_id: int) -> str:
    """The customer's page; the list of customers where that is not served."""
    try:
        return reverse("customers:customer-detail", args=[customer_id])
    except NoReverseMatch:
        return "/"


def customer_crumbs(customer: Customer) -> list[tuple[Any, str]]:
    """The way to what belongs to a customer."""
    return [(customer.name, customer_url(customer.pk))]


class CustomerMixin:
    """A page under a customer that the address names as `customer_id`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def customer(self) -> Customer:
        """The customer. Raises DoesNotExist for one that the reader does not see."""
        rows = Customer.objects.visible_to(self.request.user).select_related("org_unit")
        found: Customer = rows.get(pk=self.kwargs["customer_id"])
        return found

    def may(self, resource: str, verb: Verb) -> bool:
        """Whether the reader may do this here."""
        return permissions.may(self.request.user, resource, verb, self.customer)


class CustomerPanel(CustomerMixin, Page):
    """One kind of what belongs to a customer. Subclasses name resource, heading, template and its context."""

    http_method_names = ["get", "head", "options"]
    resource = ""
    heading: Any = ""
    template_name = ""
    page_name = "customers/panel_page.html"

    def binned(self, model: type[Model], name: str) -> list[dict[str, Any]]:
        """What of this customer can be taken out of the bin, newest first; nothing for who may not."""
        if not self.may(self.resource, Verb.DELETE):
            return []
        rows = model._default_manager.filter(customer=self.customer, deleted_at__isnull=False)
        return list(rows.order_by("-deleted_at").values("pk", "version", "deleted_at", label=F(name))[:BIN_LENGTH])

    def get_context(self) -> dict[str, Any]:
        """What the fragment draws."""
        raise NotImplementedError

    def get(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """The fragment, or a page around it."""
        if not self.may(self.resource, Verb.READ):
            raise NotAllowed(self.resource, Verb.READ)
        context = {
            "customer": self.customer,
            "heading": self.heading,
            "panel": self.template_name,
            "crumbs": customer_crumbs(self.customer),
            "back": customer_url(customer_id),
        } | self.get_context()
        answer = render(request, self.template_name if is_fragment(request) else self.page_name, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer
