"""Keep and drop saved views; both return to the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import SavedView
from accounts.services import saved_views
from kcrm.lib.errors import DomainError
from kcrm.lib.redirects import back, local_path


@require_POST
def save(request: HttpRequest, list_key: str) -> HttpResponse:
    """Keep the posted state of a list under a name and open it."""
    path = local_path(request, "/")
    try:
        view = saved_views.save_view(
            list_key=list_key,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            is_shared="is_shared" in request.POST,
            by=request.user,
        )
    except DomainError as error:
        messages.error(request, str(error))
        return back(request, "/")
    messages.success(request, _("Saved the view “%(name)s”.") % {"name": view.name})
    return HttpResponseRedirect(f"{path}?{view.query}" if view.query else path)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop one's own view."""
    try:
        saved_views.delete_view(view_id=pk, by=request.user)
    except SavedView.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Deleted the view."))
    return back(request, "/")
