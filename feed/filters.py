"""Which deliveries."""

from __future__ import annotations

import django_filters
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feed.models import Delivery, Endpoint
from feed.querysets import EndpointQuerySet
from feed.registry import all_events
from feed.services.outbox import TEST
from kcrm.lib.filters import StrictFilterSet


def _endpoints(request: HttpRequest | None) -> EndpointQuerySet:
    rows: EndpointQuerySet = Endpoint.objects.visible_to(request.user) if request else Endpoint.objects.none()
    return rows


def _events() -> list[tuple[str, str]]:
    return [(event, event) for event in (*all_events(), TEST)]


class DeliveryFilter(StrictFilterSet):
    """By webhook, state, event."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=Delivery.State.choices)
    endpoint = django_filters.ModelChoiceFilter(label=_("Webhook"), queryset=_endpoints)
    event = django_filters.ChoiceFilter(label=_("Event"), field_name="change__event", choices=_events)
    change = django_filters.NumberFilter(label=_("Number"), field_name="change_id", widget=forms.HiddenInput)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
