"""Pages of people at customers."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bulk.pages import BulkListView, CellView
from customers import permissions
from customers.custom_fields import CONTACT
from customers.forms.contacts import ContactForm, DepartureForm, FurtherRoleForm, NewContactForm, RoleForm
from customers.lists.contacts import CONTACTS, CONTACTS_TITLE
from customers.models import BuyingUnit, Contact, ContactRole
from customers.selectors import contacts as selectors
from customers.services import contacts
from customers.views.aliases import to_winner
from customers.views.panels import BIN_LENGTH, CustomerMixin, CustomerPanel, customer_crumbs, customer_url
from fields.lists import CustomColumns
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage
from kcrm.lib.web import ActView, FormPage, Page
from teams.permissions import reach_of


class ContactListView(CustomColumns, BulkListView):
    """The people at the customers one sees."""

    record_type = CONTACT.key
    spec = CONTACTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not allows_anywhere("contact", Verb.READ, reach_of(request.user).actors()):
            raise NotAllowed("contact", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """Whom to replace."""
        month = timezone.localdate().replace(day=1)
        gone = Contact.objects.visible_to(self.request.user).filter(left_on__gte=month).count()
        if not gone:
            return {"answer": _("Nobody left a customer this month.")}
        text = ngettext(
            "%(count)s person left a customer this month: find the successor.",
            "%(count)s people left a customer this month: find their successors.",
            gone,
        )
        return {"answer": text % {"count": gone}}


class ContactCellView(CustomColumns, CellView):
    """A custom field of a person, in its cell of the list."""

    record_type = CONTACT.key
    resource = "contact"
    spec = CONTACTS


class CustomerContactsView(CustomerPanel):
    """Who works at one customer."""

    resource = "contact"
    heading = CONTACTS_TITLE
    template_name = "customers/_contact_panel.html"

    def get_context(self) -> dict[str, Any]:
        """The people with their roles."""
        today = timezone.localdate()
        roles = selectors.roles_at(self.customer, self.request.user)
        return {
            "roles": [role for role in roles if selectors.is_current(role, today) and not role.contact.left_on],
            "former": [role for role in roles if not selectors.is_current(role, today) or role.contact.left_on],
            "can_create": self.may("contact", Verb.CREATE),
            "binned": self.binned_people(),
            "restore_name": "customers:contact-restore",
        }

    def binned_people(self) -> list[dict[str, Any]]:
        """Who can be taken out of the bin."""
        if not self.may("contact", Verb.DELETE):
            return []
        rows = (
            Contact.objects.in_bin()
            .filter(roles__customer=self.customer, merged_into__isnull=True)
            .distinct()
            .order_by("-deleted_at")
        )
        return list(rows.values("pk", "version", "deleted_at", label=F("full_name"))[:BIN_LENGTH])


class ContactDetailView(Page):
    """One person."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        contact = Contact.objects.visible_to(request.user).filter(pk=pk).first()
        if contact is None:
            return to_winner(Contact, pk, request.user, "customers:contact-detail")
        sheet = selectors.contact_sheet_for(contact, request.user, timezone.localdate())
        crumbs = [(CONTACTS_TITLE, reverse("customers:contact-list"))]
        if sheet.roles:
            crumbs = customer_crumbs(sheet.roles[0].customer)
        return render(request, "customers/contact_detail.html", {"contact": contact, "sheet": sheet, "crumbs": crumbs})


class ContactCreateView(CustomerMixin, FormPage):
    """Add a person to a customer."""

    form_class = NewContactForm
    title = gettext_lazy("New contact")
    submit_label = gettext_lazy("Add contact")
    done_message = gettext_lazy("Added.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("contact", Verb.CREATE):
            raise NotAllowed("contact", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What this reader may fill in."""
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "classes": permissions.contact_classes(self.request.user, Verb.CREATE, [self.customer]),
            "stored": {},
            "buying_units": BuyingUnit.objects.alive().filter(customer=self.customer),
        }

    def perform(self, form: Any) -> Contact:
        """Create, or ask whether it is somebody else."""
        try:
            return contacts.create_contact(
                values=form.values(),
                roles=[form.role() | {"customer_id": self.kwargs["customer_id"]}],
                by=self.request.user,
                is_new=bool(form.cleaned_data.get("is_new")),
            )
        except contacts.LikelyDouble:
            form.ask_whether_new()
            raise

    def get_done_url(self, result: Any) -> str:
        """To the person."""
        return reverse("customers:contact-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """To the customer."""
        return customer_url(self.kwargs["customer_id"])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)


class ContactPage(FormPage):
    """A form about one person."""

    verb = Verb.UPDATE

    @cached_property
    def contact(self) -> Contact:
        """The person. Raises DoesNotExist for one that the reader does not see."""
        found: Contact = Contact.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def customers(self) -> list[Any]:
        """The customers through which the reader sees him."""
        return contacts.customers_of(self.contact, self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.may_for_any(request.user, "contact", self.verb, self.customers):
            raise NotAllowed("contact", self.verb)
        return super().get(request, *args, **kwargs)

    def get_version(self) -> int:
        """The stored version."""
        return self.contact.version

    def get_done_url(self, result: Any) -> str:
        """To the person."""
        return reverse("customers:contact-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """To the person."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Contacts, the person."""
        return [(CONTACTS_TITLE, reverse("customers:contact-list")), (str(self.contact), self.get_done_url(None))]


class ContactUpdateView(ContactPage):
    """Change the business card."""

    form_class = ContactForm
    title = gettext_lazy("Change the contact")
    done_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """What this reader may change."""
        classes = permissions.contact_classes(self.request.user, Verb.UPDATE, self.customers)
        return super().get_form_kwargs() | {
            "user": self.request.user, "classes": classes, "stored": self.contact.custom,
        }  # fmt: skip

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.contact, name) for name in contacts.FIELDS}

    def perform(self, form: Any) -> Contact:
        """Save it."""
        return contacts.update_contact(
            contact_id=self.kwargs["pk"], version=self.posted_version(), values=form.values(), by=self.request.user
        )


class ContactLeftView(ContactPage):
    """He left the company."""

    form_class = DepartureForm
    title = gettext_lazy("Left the company")
    intro = gettext_lazy("All roles end on that day. What was said with this person stays.")
    done_message = gettext_lazy("Noted. Find the successor.")

    def get_initial(self) -> dict[str, Any]:
        """Today."""
        return {"on": timezone.localdate()}

    def perform(self, form: Any) -> Contact:
        """Note it."""
        return contacts.note_departure(
            contact_id=self.kwargs["pk"],
            version=self.posted_version(),
            on=form.cleaned_data["on"],
            by=self.request.user,
        )


class ContactDeleteView(ActView):
    """Put a person into the bin."""

    done_message = gettext_lazy("In the bin.")

    def perform(self) -> Contact:
        """Delete."""
        return contacts.delete_contact(
            contact_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, now=timezone.now()
        )

    def get_done_url(self, result: Any) -> str:
        """To the contacts, or back where it did not work."""
        if result is None:
            return reverse("customers:contact-detail", args=[self.kwargs["pk"]])
        return reverse("customers:contact-list")


class ContactRestoreView(ActView):
    """Take a person out of the bin."""

    done_message = gettext_lazy("Restored.")

    def perform(self) -> Contact:
        """Restore."""
        return contacts.restore_contact(
            contact_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the person."""
        return reverse("customers:contact-detail", args=[self.kwargs["pk"]])


class RoleCreateView(ContactPage):
    """A role at a further customer."""

    form_class = FurtherRoleForm
    title = gettext_lazy("Role at another customer")
    submit_label = gettext_lazy("Add role")
    done_message = gettext_lazy("Added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who looks for the customer."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def perform(self, form: Any) -> ContactRole:
        """Add it."""
        return contacts.add_role(
            contact_id=self.kwargs["pk"],
            customer_id=form.cleaned_data["customer"].pk,
            values=form.role(),
            by=self.request.user,
        )


class RoleUpdateView(FormPage):
    """Change a role."""

    form_class = RoleForm
    title = gettext_lazy("Change the role")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def role(self) -> ContactRole:
        """The role. Raises DoesNotExist for one that the reader does not see."""
        seen = ContactRole.objects.visible_to(self.request.user, "contact")
        found: ContactRole = seen.select_related("contact", "customer__org_unit").get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.may(request.user, "contact", Verb.UPDATE, self.role.customer):
            raise NotAllowed("contact", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The customer's buying units."""
        return super().get_form_kwargs() | {
            "buying_units": BuyingUnit.objects.alive().filter(customer=self.role.customer_id)
        }

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.role, name) for name in RoleForm.base_fields}

    def get_version(self) -> int:
        """The stored version."""
        return self.role.version

    def perform(self, form: Any) -> ContactRole:
        """Save it."""
        return contacts.update_role(
            role_id=self.kwargs["pk"], version=self.posted_version(), values=form.role(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the person."""
        return reverse("customers:contact-detail", args=[self.role.contact_id])

    def get_cancel_url(self) -> str:
        """To the person."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The person."""
        return [(str(self.role.contact), self.get_done_url(None))]


class RoleDeleteView(ActView):
    """Take back a role entered by mistake."""

    done_message = gettext_lazy("Removed.")

    def perform(self) -> None:
        """Remove it."""
        role = ContactRole.objects.visible_to(self.request.user, "contact").get(pk=self.kwargs["pk"])
        self.contact_id = role.contact_id
        contacts.delete_role(role_id=role.pk, version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the person."""
        return reverse("customers:contact-detail", args=[self.contact_id])
