"""What people are told, and how they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jobs.forms import ChoiceForm
from jobs.models import Notification
from jobs.notices import kind_of
from jobs.selectors.notifications import choices_of, unread_count
from jobs.services import notifications
from kcrm.lib.redirects import local_path

PAGE_SIZE = 50


@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """What the person was told, newest first; `?all=1` with what was read, `?before=<id>` further back."""
    shows_all = request.GET.get("all") == "1"
    before = request.GET.get("before", "")
    rows = Notification.objects.visible_to(request.user).in_app().for_list()
    if not shows_all:
        rows = rows.unread()
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    unread = unread_count(request.user)
    here = reverse("jobs:notification-list")
    shown = found[:PAGE_SIZE]
    older = f"{here}?{'all=1&' if shows_all else ''}before={shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    context = {
        "notices": [(notice, _heading(notice.kind)) for notice in shown],
        "unread": unread,
        "newest": shown[0].pk if shown else None,
        "older_url": older,
        "answer": _answer(unread),
        "tabs": [
            {"label": _("Unread"), "url": here, "current": not shows_all, "count": unread},
            {"label": _("All"), "url": f"{here}?all=1", "current": shows_all},
        ],
        "shows_all": shows_all,
    }
    return render(request, "jobs/notification_list.html", context)


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar with its count, alone: htmx asks for it now and then."""
    answer = render(request, "components/bell.html", {})
    patch_vary_headers(answer, ("HX-Request",))
    return answer


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a notification was read and go where it leads, or back to the list."""
    try:
        notice = notifications.mark_read(notification_id=pk, by=request.user)
    except Notification.DoesNotExist:
        raise Http404 from None
    here = reverse("jobs:notification-list")
    return redirect(notice.url if "open" in request.POST and notice.url else local_path(request, here))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything the page showed was read; what came meanwhile stays new."""
    newest = request.POST.get("newest", "")
    up_to = int(newest) if newest.isdecimal() and len(newest) < 19 else None
    notifications.mark_all_read(by=request.user, up_to=up_to)
    return redirect("jobs:notification-list")


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How the person hears of each kind."""
    data = request.POST if request.method == "POST" else None
    forms = [ChoiceForm(data, choice=choice) for choice in choices_of(request.user)]
    if data is not None and all(form.is_valid() for form in forms):
        for form in forms:
            if form.has_changed():
                notifications.choose_channels(kind=form.choice.kind.key, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It holds for what comes from now on."))
        return redirect("jobs:notification-settings")
    crumbs = [(_("Notifications"), reverse("jobs:notification-list"))]
    status = 422 if data is not None else 200
    return render(request, "jobs/notification_settings.html", {"forms": forms, "crumbs": crumbs}, status=status)


def _heading(kind: str) -> str:
    try:
        return kind_of(kind).heading
    except LookupError:
        return kind


def _answer(unread: int) -> str:
    if not unread:
        return _("You have read everything.")
    return ngettext("%(count)s notification waits for you.", "%(count)s notifications wait for you.", unread) % {
        "count": unread
    }
