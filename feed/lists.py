"""The lists of webhooks and deliveries."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from feed.filters import DeliveryFilter
from feed.models import Delivery, Endpoint
from feed.permissions import may_keep_webhooks
from kcrm.lib.access import Verb
from kcrm.lib.tables import BulkAction, Cell, Column, EmptyState, Kind, ListSpec

DELIVERY_CSS: Final = {"delivered": "tag-good", "failed": "tag-bad", "waiting": "tag-warn"}
STATES: Final = dict(Delivery.State.choices)


def _state(row: Any) -> Any:
    if row.is_paused:
        return format_html('<span class="tag">{}</span>', _("paused"))
    if row.open_until is not None:
        return format_html('<span class="tag tag-bad">{}</span>', _("cut off"))
    return format_html('<span class="tag tag-good">{}</span>', _("on"))


def _delivery_state(row: Any) -> Any:
    return format_html('<span class="tag {}">{}</span>', DELIVERY_CSS[row.state], STATES[row.state])


ENDPOINTS: Final = ListSpec(
    key="webhooks",
    title=gettext_lazy("Webhooks"),
    columns=(
        Column("name", gettext_lazy("Name"), needs=("url",), render=lambda row: Cell(row.name, sub=row.url)),
        Column("state", gettext_lazy("State"), value="is_paused", sort=None, needs=("is_paused", "open_until"),
               render=_state),
        Column("failures", gettext_lazy("Failures in a row"), kind=Kind.NUMBER),
        Column("last_success_at", gettext_lazy("Last delivered"), kind=Kind.MOMENT, none=gettext_lazy("never")),
    ),
    queryset=lambda user: Endpoint.objects.visible_to(user),
    default_sort="name",
    url_name="feed:endpoint-detail",
    noun=ngettext_lazy("%(shown)s webhook", "%(shown)s webhooks", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No webhooks yet"),
        text=gettext_lazy("A webhook tells another system within seconds that something changed here."),
        action_label=gettext_lazy("New webhook"),
        action_url_name="feed:endpoint-create",
        allowed=lambda user: may_keep_webhooks(user, Verb.CREATE),
    ),
)  # fmt: skip
DELIVERIES: Final = ListSpec(
    key="webhook-deliveries",
    title=gettext_lazy("Deliveries"),
    columns=(
        Column("event", gettext_lazy("Event"), value="change__event", sort=None, needs=("change__object_id",),
               render=lambda row: Cell(row.event, sub=f"#{row.change__object_id}" if row.change__object_id else "")),
        Column("number", gettext_lazy("Number"), value="change_id", kind=Kind.NUMBER, sort=None),
        Column("endpoint", gettext_lazy("Webhook"), value="endpoint__name", sort=None,
               needs=("endpoint_id",),
               render=lambda row: Cell(row.endpoint, href=reverse("feed:endpoint-detail", args=[row.endpoint_id]))),
        Column("state", gettext_lazy("State"), sort=None, render=_delivery_state),
        Column("since", gettext_lazy("Since"), kind=Kind.MOMENT),
        Column("attempts", gettext_lazy("Attempts"), kind=Kind.NUMBER),
        Column("status", gettext_lazy("Answer"), sort=None, kind=Kind.TEXT),
        Column("error", gettext_lazy("What was wrong"), sort=None),
        Column("next_at", gettext_lazy("Next attempt"), kind=Kind.MOMENT, default=False),
        Column("seconds", gettext_lazy("Seconds"), kind=Kind.NUMBER, places=2, default=False, sort=None),
    ),
    queryset=lambda user: Delivery.objects.visible_to(user),
    default_sort="-since",
    filterset_class=DeliveryFilter,
    noun=ngettext_lazy("%(shown)s delivery", "%(shown)s deliveries", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nothing was sent yet"),
        text=gettext_lazy("Each change that a webhook wants to hear of appears here with what its receiver answered."),
    ),
    bulk_actions=(
        BulkAction(
            "again", gettext_lazy("Send again"), "feed:delivery-again", icon="rotate-cw",
            allowed=lambda user: may_keep_webhooks(user, Verb.UPDATE),
        ),
    ),
)  # fmt: skip
