"""The address of a record that was merged leads to the one that stayed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse

from customers.selectors.aliases import winner_of


def to_winner(model: Any, pk: int, user: Any, url_name: str) -> HttpResponseRedirect:
    """A redirect that nobody caches, because a merge can be undone. Raises DoesNotExist where there is no winner."""
    winner = winner_of(model, pk, user)
    if winner is None:
        raise model.DoesNotExist
    return HttpResponseRedirect(reverse(url_name, args=[winner.pk]))
