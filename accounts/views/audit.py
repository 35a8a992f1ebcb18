"""The audit trail. Reading it is an act of its own and stands in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.lists import AUDIT
from accounts.services.audit import record_audit_read
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView


class AuditListView(ListPageView):
    """Who did what, when, and from where."""

    spec = AUDIT
    template_name = "accounts/audit_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list; an export says so itself."""
        if not permissions.can_see_audit(request.user):
            raise NotAllowed("audit_entry", Verb.READ)
        answer = super().get(request, *args, **kwargs)
        if "export" not in request.GET:
            record_audit_read(by=request.user, query=request.GET.urlencode())
        return answer

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What this reader sees of it."""
        if permissions.can_export_audit(self.request.user):
            return {"answer": _("Every write, grant, sign-in, refusal and export. Nobody can change an entry.")}
        return {"answer": _("Acts on people and rights, sign-ins and refusals. The whole trail is for auditors.")}
