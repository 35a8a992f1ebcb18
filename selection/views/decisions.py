"""Pages of decisions: the list, the draft and what is typed into it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from customers.models import Customer
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.decisions import (
    DecisionForm,
    ExtraLineForm,
    LineForm,
    TellForm,
)
from selection.lists.decisions import DECISIONS
from selection.models import ClassChoice, Decision, DecisionLine, SelectionProject, Snapshot
from selection.selectors.decisions import decision_sheet, override_record
from selection.selectors.projects import waivers_behind
from selection.services import decisions

FORMS = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
State = Decision.State


def decision_crumbs() -> list[tuple[Any, str]]:
    """Decisions."""
    return [(DECISIONS.title, reverse("selection:decision-list"))]


def decision_url(pk: int) -> str:
    """A decision's page."""
    return reverse("selection:decision-detail", args=[pk])


class DecisionList(ListPageView):
    """What was decided."""

    spec = DECISIONS
    template_name = "selection/decision_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How much was decided against the figures."""
        user = self.request.user
        context: dict[str, Any] = {
            "can_create": permissions.can_prepare_decisions(user),
            "opens_snapshots": permissions.can_open_decisions(user),
            "opens_reviews": permissions.can_read_some_scores(user),
        }
        if not context["can_create"]:
            return context
        bent, lines = override_record()
        if not lines:
            return context | {"answer": _("Nothing has been put into force yet.")}
        text = _("%(bent)s of %(lines)s classes in force were chosen against the figures (%(share)s).")
        share = formats.percent(bent / lines, 0)
        answer = text % {"bent": bent, "lines": lines, "share": share}
        if bent > lines / 5:
            answer += " " + _("More than a fifth: ask whether the model measures what you want.")
        return context | {"answer": answer}


class DecisionCreate(FormPage):
    """Draft one."""

    form_class = DecisionForm
    title = gettext_lazy("New decision")
    intro = gettext_lazy("Every customer that the snapshot places is taken in as the figures say; then you choose.")
    submit_label = gettext_lazy("Draft the decision")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_prepare_decisions(request.user):
            raise NotAllowed("selection_decision", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The snapshots."""
        return super().get_form_kwargs() | {"snapshots": Snapshot.objects.visible_to(self.request.user)}

    def get_initial(self) -> dict[str, Any]:
        """On the newest snapshot, from today."""
        wanted = self.request.GET.get("snapshot", "")
        newest = Snapshot.objects.visible_to(self.request.user).values_list("pk", flat=True).first()
        return {"snapshot": int(wanted) if wanted.isdecimal() else newest, "effective_on": timezone.localdate()}

    def perform(self, form: Any) -> Decision:
        """Draft it."""
        values = form.cleaned_data
        return decisions.draft_decision(
            snapshot_id=values["snapshot"].pk,
            title=values["title"],
            purpose=values["purpose"],
            effective_on=values["effective_on"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the draft."""
        return decision_url(result.pk)

    def get_cancel_url(self) -> str:
        """To the decisions."""
        return reverse("selection:decision-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Decisions."""
        return decision_crumbs()


class DecisionMixin:
    """A page about the decision whom the address names as `pk`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def decision(self) -> Decision:
        """The decision. Raises DoesNotExist for one that the reader does not see."""
        rows = Decision.objects.visible_to(self.request.user).select_related("snapshot", "drafted_by", "decided_by")
        found: Decision = rows.get(pk=self.kwargs["pk"])
        return found

    def this_url(self) -> str:
        """Its page."""
        return decision_url(self.kwargs["pk"])


class DecisionDetail(DecisionMixin, Page):
    """One decision: its customers, its way, who is told."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        decision, user = self.decision, request.user
        sheet = decision_sheet(decision, user)
        prepares = permissions.can_prepare_decisions(user)
        own = next((notice for notice in sheet.notices if notice.person_id == user.pk), None)
        decides = permissions.can_approve_decisions(user) and decision.drafted_by_id != user.pk
        return render(
            request,
            "selection/decision_detail.html",
            {
                "decision": decision,
                "sheet": sheet,
                "rows": [(line, sheet.positions.get(line.customer_id)) for line in sheet.lines],
                "figures": [{"label": label, "value": formats.number(count)} for label, count in sheet.counts]
                + [
                    {
                        "label": _("Against the figures"),
                        "value": formats.number(sheet.overrides),
                        "note": formats.percent(sheet.override_share, 0) if sheet.override_share is not None else "",
                        "css": "warn" if sheet.is_bent else "",
                    }
                ],
                "answer": _answer(decision, sheet),
                "can_edit": prepares and decision.state == State.DRAFT,
                "can_tell": prepares and decision.state not in {State.REJECTED, State.WITHDRAWN},
                "can_withdraw": prepares and decision.state in {State.DRAFT, State.PROPOSED, State.APPROVED},
                "can_decide": decides and decision.state == State.PROPOSED,
                "must_acknowledge": own is not None and own.told_at is not None and own.acknowledged_at is None,
                "projects": SelectionProject.objects.visible_to(user).filter(decision=decision),
                "waivers": waivers_behind(decision),
                "opens_snapshot": Snapshot.objects.visible_to(user).filter(pk=decision.snapshot_id).exists(),
                "crumbs": decision_crumbs(),
            },
        )


def _answer(decision: Decision, sheet: Any) -> str:
    text = ngettext(
        "%(lines)s customer, %(moved)s of them with another class than until now, %(bent)s against the figures.",
        "%(lines)s customers, %(moved)s of them with another class than until now, %(bent)s against the figures.",
        len(sheet.lines),
    )
    return text % {"lines": len(sheet.lines), "moved": sheet.moved, "bent": sheet.overrides}


class DecisionFormPage(DecisionMixin, FormPage):
    """A form about one decision."""

    def may(self) -> bool:
        """Whether the reader may do this."""
        return permissions.can_prepare_decisions(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.decision  # noqa: B018 - not there for who does not see it
        if not self.may():
            raise NotAllowed("selection_decision", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_version(self) -> int | None:
        """The stored version."""
        return self.decision.version

    def get_done_url(self, result: Any) -> str:
        """To the decision."""
        return self.this_url()

    def get_cancel_url(self) -> str:
        """To the decision."""
        return self.this_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Decisions, this one."""
        return [*decision_crumbs(), (self.decision.title, self.this_url())]


class DecisionUpdate(DecisionFormPage):
    """Change title, purpose or day."""

    form_class = DecisionForm
    title = gettext_lazy("Change the draft")
    done_message = gettext_lazy("Saved.")

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.decision, name) for name in ("title", "purpose", "effective_on")}

    def perform(self, form: Any) -> Decision:
        """Save it."""
        return decisions.change_decision(
            decision_id=self.kwargs["pk"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
        )


class LineCreate(DecisionFormPage):
    """Take in a customer whom the figures do not place."""

    form_class = ExtraLineForm
    title = gettext_lazy("Add a customer")
    done_message = gettext_lazy("Added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Customers that are not in it yet."""
        rows = Customer.objects.visible_to(self.request.user)
        taken = DecisionLine.objects.filter(decision=self.kwargs["pk"]).values("customer")
        return super().get_form_kwargs() | {"customers": rows.exclude(pk__in=taken).order_by("name_sort")}

    def get_initial(self) -> dict[str, Any]:
        """For half a year."""
        return {"chosen": ClassChoice.KEY_DEVELOPMENT, "override_until": timezone.localdate() + timedelta(days=182)}

    def perform(self, form: Any) -> DecisionLine:
        """Add it."""
        values = form.cleaned_data
        return decisions.add_customer(
            decision_id=self.kwargs["pk"],
            customer_id=values["customer"].pk,
            chosen=values["chosen"],
            reason=values["reason"],
            until=values["override_until"],
            by=self.request.user,
        )


class Tell(DecisionFormPage):
    """Say who must know."""

    form_class = TellForm
    title = gettext_lazy("Who is told")
    intro = gettext_lazy("They are told when the decision is put into force, and asked to say that they have read it.")
    submit_label = gettext_lazy("Add to the list")
    done_message = gettext_lazy("On the list.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Everybody who is not on the list."""
        known = self.decision.notices.values("person")
        people = User.objects.active().exclude(pk__in=known).order_by("full_name")
        return super().get_form_kwargs() | {"people": people}

    def perform(self, form: Any) -> int:
        """Add them."""
        values = form.cleaned_data
        return decisions.tell(
            decision_id=self.kwargs["pk"], people=list(values["people"]), duty=values["duty"], by=self.request.user
        )


class LineUpdate(FormPage):
    """Choose what one customer is."""

    form_class = LineForm
    title = gettext_lazy("Choose a class")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def line(self) -> DecisionLine:
        """The line. Raises DoesNotExist for one that the reader does not see."""
        rows = DecisionLine.objects.visible_to(self.request.user).select_related("decision", "customer")
        found: DecisionLine = rows.get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.line  # noqa: B018 - not there for who does not see it
        if not permissions.can_prepare_decisions(request.user):
            raise NotAllowed("selection_decision", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> Any:
        """Whose class."""
        return self.line.customer.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the figures say."""
        line = self.line
        calculated = line.get_calculated_display() if line.calculated else _("not placed")
        intro = _("By the figures: %(calculated)s.") % {"calculated": calculated}
        return super().get_context_data(intro=intro, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.line, name) for name in ("chosen", "reason", "override_until")}

    def get_version(self) -> int:
        """The stored version."""
        return self.line.version

    def perform(self, form: Any) -> DecisionLine:
        """Choose."""
        return decisions.choose_class(
            line_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, **form.cleaned_data
        )

    def get_done_url(self, result: Any) -> str:
        """To the decision."""
        return decision_url(self.line.decision_id)

    def get_cancel_url(self) -> str:
        """To the decision."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Decisions, the decision."""
        return [*decision_crumbs(), (self.line.decision.title, self.get_done_url(None))]


class LineTakeOut(ActView):
    """Decide nothing about a customer this time."""

    done_message = gettext_lazy("Taken out; the customer stays what it is.")

    def perform(self) -> Decision:
        """Take out."""
        return decisions.take_out(line_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the decision."""
        return decision_url(result.pk) if result else reverse("selection:decision-list")
