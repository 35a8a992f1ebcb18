"""Pages of duplicates: the queue, one pair side by side, merging, and taking a merge back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.lists.duplicates import DUPLICATES
from customers.models import DuplicatePair, Merge
from customers.selectors import merging as selectors
from customers.services import duplicates
from customers.services.duplicate_scans import KIND
from customers.services.merging import records
from customers.services.merging.merging import merge_records, preview
from customers.services.merging.own_fields import is_custom
from customers.services.merging.undoing import DAYS, can_undo, undo_merge
from jobs.services.queue import enqueue
from kcrm.lib.errors import BadQuery, DomainError
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, Page

QUEUE = "customers:duplicate-list"


class DuplicateListView(ListPageView):
    """The queue."""

    spec = DUPLICATES
    template_name = "customers/duplicate_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        records.require_reviewer(request.user)
        return super().get(request, *args, **kwargs)

    def get_rows(self) -> Any:
        """What waits, unless a state is asked for."""
        rows = super().get_rows()
        return rows if self.request.GET.get("state") else rows.waiting(timezone.localdate())

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many wait."""
        count = DuplicatePair.objects.visible_to(self.request.user).waiting(timezone.localdate()).count()
        text = ngettext(
            "%(count)s pair may be one and the same: start with the likeliest.",
            "%(count)s pairs may be one and the same: start with the likeliest.",
            count,
        )
        answer = text % {"count": count} if count else _("Nothing looks like a duplicate.")
        return {"answer": answer}


class ScanView(ActView):
    """Look for duplicates now."""

    done_message = gettext_lazy("Looking for duplicates. New pairs appear here.")

    def perform(self) -> Any:
        """Queue the scan."""
        records.require_reviewer(self.request.user)
        return enqueue(kind=KIND, key=KIND, by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The queue."""
        return reverse(QUEUE)


class DuplicateDetailView(Page):
    """One pair side by side."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        records.require_reviewer(request.user)
        pair = DuplicatePair.objects.visible_to(request.user).with_names().get(pk=pk)
        model = records.MODELS[pair.kind]
        by_number = model.objects.visible_to(request.user).in_bulk([pair.left_id, pair.right_id])
        found = [by_number[pair.left_id], by_number[pair.right_id]]
        context = {
            "pair": pair,
            "records": [(row, selectors.url_of(pair.kind, row.pk)) for row in found],
            "lines": selectors.compared(pair.kind, found, request.user),
            "reasons": selectors.reasons_of(pair.reasons),
            "can_merge": all(records.may_merge(pair.kind, row, request.user) for row in found),
            "crumbs": [(DUPLICATES.title, reverse(QUEUE))],
        }
        return render(request, "customers/duplicate_detail.html", context)


class AnswerView(ActView):
    """Answer a pair, and go on with the next."""

    act = "dismiss"

    def perform(self) -> Any:
        """Dismiss, or put off."""
        by, pk = self.request.user, self.kwargs["pk"]
        return duplicates.dismiss(pair_id=pk, by=by) if self.act == "dismiss" else duplicates.put_off(pair_id=pk, by=by)

    def get_done_url(self, result: Any) -> str:
        """The next pair that waits, or the queue."""
        waiting = DuplicatePair.objects.visible_to(self.request.user).waiting(timezone.localdate())
        following = waiting.order_by("-score", "-pk").values_list("pk", flat=True).first()
        return reverse("customers:duplicate-detail", args=[following]) if following else reverse(QUEUE)


class MergeView(Page):
    """Choose what stays of two to ten records, see what moves, merge."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self._shown(request, request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Merge."""
        kind, ids, winner = self._asked(request.POST)
        choices = _choices(request.POST, kind)
        versions = {pk: _number(request.POST.get(f"version-{pk}", "")) for pk in ids}
        try:
            merge = merge_records(
                kind=kind, winner_id=winner or ids[0], loser_ids=[pk for pk in ids if pk != (winner or ids[0])],
                versions=versions, choices=choices, by=request.user,
            )  # fmt: skip
        except DomainError as error:
            return self._shown(
                request, request.POST, error=str(error), status=409 if error.code == "stale_version" else 422
            )
        messages.success(request, _("Merged."))
        return HttpResponseRedirect(reverse("customers:merge-detail", args=[merge.pk]))

    def _asked(self, sent: QueryDict) -> tuple[str, list[int], int | None]:
        kind = sent.get("kind", "customer")
        ids = [_number(part) for part in sent.get("ids", "").split(",") if part] + [
            _number(part) for part in sent.getlist("id")
        ]
        try:
            numbers = records.numbers(kind, ids)
        except DomainError as error:
            raise BadQuery(str(error)) from None
        winner = _number(sent["winner"]) if sent.get("winner") else None
        if winner is not None and winner not in numbers:
            raise BadQuery(_("Choose the one that stays among those that are merged."))
        return kind, numbers, winner

    def _shown(self, request: HttpRequest, sent: QueryDict, *, error: str = "", status: int = 200) -> HttpResponse:
        records.require_reviewer(request.user)
        kind, ids, winner = self._asked(sent)
        found = records.parties(kind, ids, request.user)
        stays = next((row for row in found if row.pk == winner), None) or records.fullest(kind, found)
        context = {
            "kind": kind,
            "ids": ",".join(map(str, ids)),
            "records": [(row, selectors.url_of(kind, row.pk)) for row in found],
            "winner": stays,
            "lines": selectors.compared(kind, found, request.user),
            "hanging": [(row, selectors.counted(preview(kind, [row.pk]))) for row in found],
            "days": DAYS,
            "error": error,
            "crumbs": [(DUPLICATES.title, reverse(QUEUE))],
        }
        return render(request, "customers/merge.html", context, status=status)


class MergeChosenView(Page):
    """The ticked rows of a list, side by side before they are merged."""

    http_method_names = ["post", "options"]
    kind = "customer"
    back = "customers:customer-list"

    def post(self, request: HttpRequest) -> HttpResponse:
        """To the page that compares them, or back with a word when there are too few or too many."""
        records.require_reviewer(request.user)
        ids = [number for number in request.POST.getlist("ids") if number.isdecimal()]
        if not 2 <= len(ids) <= records.MOST:
            text = _("Tick two to %(most)s rows that are the same.") % {"most": records.MOST}
            messages.error(request, text)
            return HttpResponseRedirect(reverse(self.back))
        query = urlencode({"kind": self.kind, "ids": ",".join(ids)})
        return HttpResponseRedirect(f"{reverse('customers:merge')}?{query}")


class MergeDetailView(Page):
    """What a merge moved, and the way back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        records.require_reviewer(request.user)
        merge = Merge.objects.visible_to(request.user).select_related("merged_by", "undone_by").get(pk=pk)
        context = {
            "merge": merge,
            "moved": selectors.counted(merge.counts),
            "kept": selectors.kept_rows(merge),
            "can_undo": can_undo(merge),
            "days": DAYS,
            "url": selectors.url_of(merge.kind, merge.winner_id),
            "crumbs": [(DUPLICATES.title, reverse(QUEUE))],
        }
        return render(request, "customers/merge_detail.html", context)


class MergeUndoView(ActView):
    """Take a merge back."""

    done_message = gettext_lazy("Undone.")

    def perform(self) -> Merge:
        """Undo."""
        return undo_merge(merge_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the merge."""
        return reverse("customers:merge-detail", args=[self.kwargs["pk"]])


def _choices(sent: QueryDict, kind: str) -> dict[str, int]:
    """{field: number of the record whose value was chosen}, custom fields too."""
    names = (key.removeprefix("field-") for key in sent if key.startswith("field-"))
    known = records.FIELDS.get(kind, ())
    return {name: _number(sent[f"field-{name}"]) for name in names if name in known or is_custom(name)}


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadQuery(_("This address names no numbers.")) from None
