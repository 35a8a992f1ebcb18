"""The steps of a decision on its way: proposed, approved or rejected, withdrawn, read; its minutes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from accounts.services import audit
from kcrm.lib.web import ActView, Page
from selection import permissions
from selection.forms.decisions import (
    ApprovalForm,
    RejectionForm,
)
from selection.models import Decision
from selection.selectors.decisions import decision_sheet
from selection.services import decisions
from selection.views.decisions import DecisionFormPage, DecisionMixin

FORMS = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
State = Decision.State


class DecisionAct(DecisionMixin, ActView):
    """A step on the decision's way."""

    def get_done_url(self, result: Any) -> str:
        """To the decision."""
        return self.this_url()


class Propose(DecisionAct):
    """Put it before the directors."""

    done_message = gettext_lazy("Proposed. A director decides.")

    def perform(self) -> Decision:
        """Propose."""
        return decisions.propose(decision_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)


class Withdraw(DecisionAct):
    """Take it back."""

    done_message = gettext_lazy("Withdrawn.")

    def perform(self) -> Decision:
        """Withdraw."""
        return decisions.withdraw(decision_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)


class Acknowledge(DecisionAct):
    """Say that one has read it."""

    done_message = gettext_lazy("Thank you.")

    def perform(self) -> bool:
        """Note it."""
        return decisions.acknowledge(decision_id=self.decision.pk, by=self.request.user)


class Approve(DecisionFormPage):
    """Approve what somebody else proposed."""

    form_class = ApprovalForm
    title = gettext_lazy("Approve the decision")
    intro = gettext_lazy("On its day each customer gets its class; who is on the list is told and asked to read it.")
    submit_label = gettext_lazy("Approve")
    done_message = gettext_lazy("Approved.")
    approve = True

    def may(self) -> bool:
        """Directors."""
        return permissions.can_approve_decisions(self.request.user)

    def perform(self, form: Any) -> Decision:
        """Decide."""
        return decisions.decide(
            decision_id=self.kwargs["pk"],
            version=self.posted_version(),
            approve=self.approve,
            remark=form.cleaned_data["remark"],
            by=self.request.user,
        )


class Reject(Approve):
    """Reject it, with a word why."""

    form_class = RejectionForm
    title = gettext_lazy("Reject the decision")
    intro = gettext_lazy("It goes back to who proposed it, with your reason; no class changes.")
    submit_label = gettext_lazy("Reject")
    done_message = gettext_lazy("Rejected.")
    danger = True
    approve = False


class Minutes(DecisionMixin, Page):
    """The minutes as a file; taking them away stands in the audit trail."""

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """PDF or slides, with the lines that the reader sees."""
        if form not in FORMS:
            raise Http404
        from selection import minutes  # two large libraries: not every page needs them

        sheet = decision_sheet(self.decision, request.user)
        content = minutes.as_pdf(sheet) if form == "pdf" else minutes.as_slides(sheet)
        audit.record(
            action="export",
            by=request.user,
            subject=self.decision,
            changes={"form": [None, form], "rows": [None, len(sheet.lines)]},
        )
        answer = HttpResponse(content, content_type=FORMS[form])
        answer["Content-Disposition"] = f'attachment; filename="decision-{pk}.{form}"'
        return answer
