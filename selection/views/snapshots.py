"""Pages of snapshots: where everybody stood, moment by moment."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import FormPage, Page
from selection import permissions
from selection.forms.decisions import (
    SnapshotForm,
)
from selection.lists.decisions import SNAPSHOTS
from selection.models import ClassChoice, Decision, Snapshot
from selection.selectors.decisions import counts_of, moves_between
from selection.services.snapshots import take_snapshot

FORMS = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
State = Decision.State


def snapshot_crumbs() -> list[tuple[Any, str]]:
    """Snapshots."""
    return [(SNAPSHOTS.title, reverse("selection:snapshot-list"))]


class SnapshotList(ListPageView):
    """Where everybody stood, moment by moment."""

    spec = SNAPSHOTS
    template_name = "selection/snapshot_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_open_decisions(request.user):
            raise NotAllowed("selection_decision", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """The newest."""
        newest = Snapshot.objects.visible_to(self.request.user).first()
        answer = _("The last snapshot, %(name)s, was taken on %(day)s.")
        return {
            "answer": answer % {"name": newest.name, "day": formats.day(newest.made_at)} if newest else "",
            "can_create": permissions.can_prepare_decisions(self.request.user),
        }


class SnapshotCreate(FormPage):
    """Take one."""

    form_class = SnapshotForm
    title = gettext_lazy("Take a snapshot")
    intro = gettext_lazy("It keeps where every customer stands now, and can never be changed.")
    submit_label = gettext_lazy("Take a snapshot")
    done_message = gettext_lazy("Kept.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_prepare_decisions(request.user):
            raise NotAllowed("selection_decision", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Named after the quarter."""
        today = timezone.localdate()
        return {"name": f"{today.year} Q{(today.month + 2) // 3}"}

    def perform(self, form: Any) -> Snapshot:
        """Take it."""
        return take_snapshot(by=self.request.user, **form.cleaned_data)

    def get_done_url(self, result: Any) -> str:
        """To the snapshot."""
        return reverse("selection:snapshot-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """To the snapshots."""
        return reverse("selection:snapshot-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Snapshots."""
        return snapshot_crumbs()


class SnapshotDetail(Page):
    """One moment, beside the one before or another one."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many stand where, and who moved since the other snapshot."""
        snapshots = Snapshot.objects.visible_to(request.user).select_related("run__model", "made_by")
        snapshot = snapshots.get(pk=pk)
        earlier = list(snapshots.filter(made_at__lt=snapshot.made_at)[:20])
        wanted = request.GET.get("with", "")
        other = next((row for row in earlier if str(row.pk) == wanted), earlier[0] if earlier and not wanted else None)
        if wanted and other is None:
            raise Http404
        counts = counts_of(snapshot, request.user)
        moves = moves_between(other, snapshot, request.user) if other else []
        placed = sum(count for quadrant, count in counts.items() if quadrant)
        answer = ngettext(
            "%(count)s customer is placed on the matrix.", "%(count)s customers are placed on the matrix.", placed
        ) % {"count": placed}
        if other:
            moved = ngettext("%(count)s differs from %(name)s.", "%(count)s differ from %(name)s.", len(moves)) % {
                "count": len(moves),
                "name": other.name,
            }
            answer = f"{answer} {moved}"
        return render(
            request,
            "selection/snapshot_detail.html",
            {
                "snapshot": snapshot,
                "figures": [
                    {"label": label, "value": formats.number(counts.get(value, 0))}
                    for value, label in ClassChoice.choices
                ]
                + [{"label": _("not placed"), "value": formats.number(counts.get("", 0))}],
                "other": other,
                "earlier": earlier,
                "moves": moves,
                "answer": answer,
                "can_create": permissions.can_prepare_decisions(request.user),
                "crumbs": snapshot_crumbs(),
            },
        )
