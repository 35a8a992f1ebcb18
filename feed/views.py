"""Pages of webhooks: for administrators, and auditors to look at."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feed.forms import EndpointForm
from feed.lists import DELIVERIES, ENDPOINTS
from feed.models import Delivery, Endpoint
from feed.permissions import may_keep_webhooks
from feed.querysets import reads_webhooks
from feed.services import endpoints
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page

LIST_CRUMB = gettext_lazy("Webhooks")


def _crumbs(endpoint: Endpoint | None = None) -> list[tuple[Any, str]]:
    crumbs: list[tuple[Any, str]] = [(LIST_CRUMB, reverse("feed:endpoint-list"))]
    if endpoint is not None:
        crumbs.append((endpoint.name, _page_of(endpoint.pk)))
    return crumbs


def _page_of(pk: int) -> str:
    return reverse("feed:endpoint-detail", args=[pk])


class KeptList(ListPageView):
    """A list for who keeps or audits the system."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not reads_webhooks(request.user):
            raise NotAllowed("webhook", Verb.READ)
        return super().get(request, *args, **kwargs)


class EndpointListView(KeptList):
    """Every webhook."""

    spec = ENDPOINTS
    template_name = "feed/endpoint_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many cannot deliver, and who may add one."""
        broken = page.query_asked.visible.filter(open_until__isnull=False).count()
        sentence = ngettext("%(count)s webhook is cut off.", "%(count)s webhooks are cut off.", broken)
        may_add = may_keep_webhooks(self.request.user, Verb.CREATE)
        return {
            "answer": sentence % {"count": broken} if broken else _("Every webhook is delivered to."),
            "new_url": reverse("feed:endpoint-create") if may_add else "",
            "new_label": _("New webhook"),
        }


class DeliveryListView(KeptList):
    """Every delivery."""

    spec = DELIVERIES
    template_name = "list_page.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What happens to those that fail."""
        return {
            "answer": _("A delivery that fails is tried again for a day, then given up. Any can be sent again."),
            "crumbs": _crumbs(),
        }


class EndpointDetailView(Page):
    """One webhook: how it is doing, what it hears of, what can be done."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        if not reads_webhooks(request.user):
            raise NotAllowed("webhook", Verb.READ)
        return draw_endpoint(request, Endpoint.objects.visible_to(request.user).get(pk=pk))


def draw_endpoint(request: HttpRequest, endpoint: Endpoint, secret: str = "") -> HttpResponse:
    """The page of a webhook; with its secret when that was just made."""
    deliveries = Delivery.objects.visible_to(request.user).filter(endpoint=endpoint)
    waiting, failed = deliveries.filter(state="waiting").count(), deliveries.failed().count()
    moment = formats.moment
    facts = [
        (_("Address"), endpoint.url),
        (_("Events"), ", ".join(endpoint.events) or _("all")),
        (_("Last delivered"), moment(endpoint.last_success_at) if endpoint.last_success_at else _("never")),
        (_("Failures in a row"), formats.number(endpoint.failures)),
        (_("Cut off until"), moment(endpoint.open_until) if endpoint.open_until else ""),
        (_("The former secret signs until"), moment(endpoint.former_until) if endpoint.former_until else ""),
    ]
    sentence = ngettext("%(count)s delivery waits.", "%(count)s deliveries wait.", waiting)
    context = {
        "endpoint": endpoint,
        "secret": secret,
        "facts": [(label, value) for label, value in facts if value],
        "failed": failed,
        "answer": _("It is paused.") if endpoint.is_paused else sentence % {"count": formats.number(waiting)},
        "may_keep": may_keep_webhooks(request.user, Verb.UPDATE),
        "crumbs": _crumbs(),
        "deliveries_url": f"{reverse('feed:delivery-list')}?endpoint={endpoint.pk}",
    }
    return render(request, "feed/endpoint_detail.html", context)


class EndpointFormPage(FormPage):
    """What making and changing a webhook share."""

    form_class = EndpointForm
    verb = Verb.CREATE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only for who keeps them."""
        if request.user.is_authenticated and not may_keep_webhooks(request.user, self.verb):
            raise NotAllowed("webhook", self.verb)
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list."""
        return _crumbs()

    def get_cancel_url(self) -> str:
        """Back to the list."""
        return reverse("feed:endpoint-list")


class EndpointCreateView(EndpointFormPage):
    """A new webhook; its secret is shown on the page that answers, and never again."""

    title = gettext_lazy("New webhook")
    submit_label = gettext_lazy("Create webhook")

    def form_valid(self, form: Any) -> HttpResponse:
        """Create it, and show the secret."""
        try:
            endpoint, secret = endpoints.create_endpoint(values=form.values(), by=self.request.user)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        return draw_endpoint(self.request, endpoint, secret)


class EndpointUpdateView(EndpointFormPage):
    """Change a webhook."""

    verb = Verb.UPDATE
    done_message = gettext_lazy("Saved.")

    @cached_property
    def endpoint(self) -> Endpoint:
        """The webhook."""
        found: Endpoint = Endpoint.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        """Which."""
        return _("Edit %(name)s") % {"name": self.endpoint.name}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.endpoint, name) for name in endpoints.FIELDS}

    def get_version(self) -> int:
        """The stored version."""
        return self.endpoint.version

    def perform(self, form: Any) -> Endpoint:
        """Save."""
        return endpoints.update_endpoint(
            endpoint_id=self.endpoint.pk, version=self.posted_version(), values=form.values(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the webhook."""
        return _page_of(self.endpoint.pk)

    def get_cancel_url(self) -> str:
        """To the webhook."""
        return _page_of(self.endpoint.pk)


class EndpointPauseView(ActView):
    """Hold deliveries back, or let them go on."""

    paused = True

    def perform(self) -> Endpoint:
        """Do it."""
        return endpoints.pause_endpoint(
            endpoint_id=self.kwargs["pk"], version=self.posted_version(), paused=self.paused, by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the webhook."""
        return _page_of(self.kwargs["pk"])


class EndpointRotateView(Page):
    """A new secret, shown once."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make it and show it."""
        endpoint, secret = endpoints.rotate_secret(
            endpoint_id=pk, version=self.posted_version(), by=request.user, now=timezone.now()
        )
        return draw_endpoint(request, endpoint, secret)


class EndpointTestView(ActView):
    """Send a test, and see on the page of deliveries what came of it."""

    done_message = gettext_lazy("The test is on its way.")

    def perform(self) -> Delivery:
        """Send it."""
        return endpoints.send_test(endpoint_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the deliveries of this webhook, or back where it did not work."""
        pk = self.kwargs["pk"]
        return f"{reverse('feed:delivery-list')}?endpoint={pk}" if result else _page_of(pk)


class EndpointDeleteView(ActView):
    """Forget a webhook."""

    done_message = gettext_lazy("The webhook is gone.")

    def perform(self) -> bool:
        """Delete."""
        endpoints.delete_endpoint(endpoint_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)
        return True

    def get_done_url(self, result: Any) -> str:
        """To the list, or back where it did not work."""
        return reverse("feed:endpoint-list") if result else _page_of(self.kwargs["pk"])


class EndpointRetryView(ActView):
    """Send everything again that was given up for one webhook."""

    done_message = gettext_lazy("They are sent again now.")

    def perform(self) -> int:
        """Do it."""
        return endpoints.send_again(delivery_ids=None, endpoint_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the webhook."""
        return _page_of(self.kwargs["pk"])


class DeliveryAgainView(ActView):
    """Send the ticked deliveries again."""

    done_message = gettext_lazy("They are sent again now.")

    def perform(self) -> int:
        """Do it."""
        chosen = [int(text) for text in self.request.POST.getlist("ids") if text.isdecimal() and len(text) < 19]
        return endpoints.send_again(delivery_ids=chosen, endpoint_id=None, by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the list."""
        return reverse("feed:delivery-list")
