"""Sites and buying units of a customer: add, change, delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import permissions
from customers.forms.customers import BuyingUnitForm, SiteForm
from customers.models import BuyingUnit, Customer, Site
from customers.services import parts
from customers.views.customers import customer_crumbs
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage


class PartFormPage(FormPage):
    """A form about one part of a customer. Subclasses name the model, the form and the words."""

    model: type[Any]
    customer: Customer
    part: Any = None

    def find(self) -> None:
        """Read the customer and the part. Raises DoesNotExist, NotAllowed."""
        user = self.request.user
        if "pk" in self.kwargs:
            self.part = self.model.objects.visible_to(user).get(pk=self.kwargs["pk"])
        customer_id = self.part.customer_id if self.part else self.kwargs["customer_id"]
        self.customer = Customer.objects.visible_to(user).with_unit().get(pk=customer_id)
        if not permissions.can_update_customer(user, self.customer):
            raise NotAllowed("account_profile", Verb.UPDATE)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.find()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on the form."""
        self.find()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The record gives the first values."""
        return super().get_form_kwargs() | ({"instance": self.part} if self.part else {})

    def perform(self, form: Any) -> Any:
        """Create or change."""
        values, user = form.cleaned_data, self.request.user
        if self.part is None:
            return parts.create_part(self.model, customer_id=self.customer.pk, values=values, by=user)
        version = self.posted_version()
        return parts.update_part(self.model, part_id=self.part.pk, version=version, values=values, by=user)

    def get_version(self) -> int | None:
        """The version of the part."""
        return self.part.version if self.part else None

    def get_done_url(self, result: Any) -> str:
        """To the sites and units of the customer."""
        return reverse("customers:customer-tab", args=[self.customer.pk, "sites"])

    def get_cancel_url(self) -> str:
        """Back to the sites and units of the customer."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list, the customer."""
        return customer_crumbs(self.customer)


class SiteFormView(PartFormPage):
    """Add or change a site."""

    model = Site
    form_class = SiteForm

    def get_title(self) -> str:
        """Which."""
        return _("Edit %(name)s") % {"name": self.part.name} if self.part else _("New site")


class BuyingUnitFormView(PartFormPage):
    """Add or change a buying unit."""

    model = BuyingUnit
    form_class = BuyingUnitForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The sites to choose from are the customer's."""
        return super().get_form_kwargs() | {"customer": self.customer}

    def get_title(self) -> str:
        """Which."""
        return _("Edit %(name)s") % {"name": self.part.name} if self.part else _("New buying unit")


class PartDeleteView(ActView):
    """Put a part into the bin."""

    model: type[Any]
    done_message = gettext_lazy("Deleted.")

    def perform(self) -> Any:
        """Delete."""
        version = self.posted_version()
        return parts.delete_part(self.model, part_id=self.kwargs["pk"], version=version, by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the sites and units of the customer; to the list when nothing was deleted."""
        if result is None:
            return reverse("customers:customer-list")
        return reverse("customers:customer-tab", args=[result.customer_id, "sites"])


class SiteDeleteView(PartDeleteView):
    """Put a site into the bin."""

    model = Site


class BuyingUnitDeleteView(PartDeleteView):
    """Put a buying unit into the bin."""

    model = BuyingUnit
