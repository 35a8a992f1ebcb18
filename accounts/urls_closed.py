"""Doors of the sign-in library that stay shut: people do not add or confirm e-mail addresses on their own.

The address is who somebody is; an administrator or the single sign-on gives it. Included before the library's own.
"""

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import path, re_path


def shut(request: HttpRequest, *args: str, **values: str) -> NoReturn:
    """Not here."""
    raise Http404


urlpatterns = [
    path("email/", shut),
    re_path(r"^confirm-email/", shut),
]
