"""What files can bring in about selection: which segment each customer belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.importables import CUSTOMER_ALIASES
from kcrm.lib import words
from kcrm.lib.imports import Field, Importable, Kind, register
from selection.models import Segment
from selection.permissions import can_place_anybody
from selection.services.segment_imports import save_places, undo_places


def _segments(user: User) -> Mapping[str, Any]:
    return dict(Segment.objects.visible_to(user).in_use().values_list("code", "name"))


register(
    Importable(
        key="segment-places",
        label=_("Segments of customers"),
        description=_("Which segment each customer belongs to, and from when."),
        order=70,
        fields=(
            Field("customer", _("Customer"), kind=Kind.REFERENCE, required=True, example="10042",
                  aliases=CUSTOMER_ALIASES),
            Field("segment", _("Segment"), kind=Kind.REFERENCE, required=True, known=_segments, example="grocers",
                  help=_("a segment's code"), aliases=("segment code", "market segment", "细分市场", "市场细分", "客户细分")),
            Field("valid_from", _("From"), kind=Kind.DATE, policy=False, help=_("empty: today"),
                  aliases=("since", "start", "开始日期", "起始日期")),
            Field("reason", _("Why"), policy=False, aliases=("comment", "note", "原因", "备注")),
        ),
        keys=("customer",),
        identity=lambda values: words.fold(str(values["customer"])),
        allowed=can_place_anybody,
        save=save_places,
        undo=undo_places,
    )
)  # fmt: skip
