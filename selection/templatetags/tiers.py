"""How a tier is written wherever it stands."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.safestring import SafeString

from kcrm.templatetags.interface import tier
from selection.models.scores import TierChoice

register = template.Library()

BARS: Final = {TierChoice.KEY: 3, TierChoice.POTENTIAL: 2, TierChoice.REGULAR: 1}


@register.simple_tag
def tier_tag(code: str | None) -> SafeString | str:
    """`{% tier_tag code %}`: the tier in words with as many bars as it is high; nothing where nobody was scored."""
    return tier(BARS.get(TierChoice(code), 0), str(TierChoice(code).label)) if code else ""
