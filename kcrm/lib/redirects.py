"""Where to go after an act: only to pages of this site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def is_local(path: str) -> bool:
    """Whether this is a path on this site."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def local_path(request: HttpRequest, default: str) -> str:
    """The `next` of the request if it is a path on this site, otherwise the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_local(wanted) else default


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Redirect to `next` or the default."""
    return HttpResponseRedirect(local_path(request, default))
