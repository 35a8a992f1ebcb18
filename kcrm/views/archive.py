"""Carry away everything one may see about a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.views.panels import customer_crumbs, customer_url
from jobs.models import Job
from kcrm.archive_requests import ask_for_archive, may_have_archive
from kcrm.lib.web import FormPage


class ArchiveView(FormPage):
    """Ask for the archive; a job makes it."""

    form_class = forms.Form
    title = gettext_lazy("Archive of the customer")
    intro = gettext_lazy(
        "One file with everything you may see about this customer: records as JSON lines, and the uploaded files. "
        "It can be fetched for one day; that you took it stands in the audit trail."
    )
    submit_label = gettext_lazy("Make the archive")

    @cached_property
    def customer(self) -> Customer:
        """The customer. Raises DoesNotExist for one that the reader does not see."""
        rows = Customer.objects.visible_to(self.request.user).select_related("org_unit")
        found: Customer = rows.get(pk=self.kwargs["customer_id"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What will be in it."""
        may_have_archive(self.customer, request.user)
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> Job:
        """Have it made."""
        return ask_for_archive(customer_id=self.customer.pk, by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the job."""
        return reverse("jobs:job-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """To the customer."""
        return customer_url(self.kwargs["customer_id"])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)
