"""The system's health, for administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from jobs import permissions
from jobs.handlers import title_of
from jobs.messages import readable
from jobs.models import EmailMessage
from jobs.selectors.health import health
from jobs.services import emails, schedules
from jobs.services.hold import hold_jobs, release_jobs
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView


@require_GET
def system_health(request: HttpRequest) -> HttpResponse:
    """Who lives, what waits, what died."""
    if not permissions.can_see_system(request.user):
        raise NotAllowed("system", Verb.READ)
    now = schedules.database_now()
    found = health(now)
    troubles = found.troubles
    answer = ngettext("%(count)s thing wants your attention.", "%(count)s things want your attention.", troubles)
    context = {
        "health": found,
        "answer": answer % {"count": troubles} if troubles else _("Everything runs."),
        "figures": _figures(found, now),
        "dead": [(job, readable(title_of(job.kind)), permissions.can_retry(request.user, job)) for job in found.dead],
        "may_change": permissions.can_change_system(request.user),
    }
    return render(request, "jobs/system_health.html", context)


class JobsHoldView(ActView):
    """Let all work stand still."""

    done_message = gettext_lazy("No worker takes another job until you let them go on.")

    def perform(self) -> Any:
        """Hold."""
        return hold_jobs(by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the system's health."""
        return reverse("jobs:system-health")


class JobsReleaseView(JobsHoldView):
    """Let the workers go on."""

    done_message = gettext_lazy("The workers go on.")

    def perform(self) -> Any:
        """Release."""
        return release_jobs(by=self.request.user)


class MailSendAgainView(ActView):
    """Offer a mail once more that failed, or of which nobody knows whether it went out."""

    done_message = gettext_lazy("The mail is offered again.")

    def perform(self) -> EmailMessage:
        """Queue it."""
        return emails.send_again(email_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the system's health."""
        return reverse("jobs:system-health")


class MailLeaveView(MailSendAgainView):
    """Leave such a mail as it is."""

    done_message = gettext_lazy("The mail is left as it is.")

    def perform(self) -> EmailMessage:
        """Settle it."""
        return emails.accept_as_sent(email_id=self.kwargs["pk"], by=self.request.user)


def _figures(found: Any, now: Any) -> list[dict[str, Any]]:
    """The strip: each part of the system with its sign of life."""

    def life(pulse: Any) -> dict[str, Any]:
        value = formats.age(pulse.at, now) if pulse.at else _("never")
        return {"value": value, "note": _("silent") if pulse.is_silent else _("alive"), "css": _css(pulse.is_silent)}

    broker = _("answers") if found.broker_answers else _("does not answer")
    running = ngettext("%(count)s running", "%(count)s running", found.running) % {"count": found.running}
    oldest = _("oldest: %(age)s") % {"age": formats.age(found.oldest, now)} if found.oldest else _("none overdue")
    oldest_mail = formats.age(found.oldest_mail, now) if found.oldest_mail else ""
    return [
        {"label": _("Scheduler, last heard")} | life(found.scheduler),
        {"label": _("Workers, last heard")} | life(found.worker),
        {"label": _("Broker"), "value": broker, "note": _hints(found.hints), "css": _css(not found.broker_answers)},
        {
            "label": _("Jobs waiting"),
            "value": formats.number(found.waiting),
            "note": f"{oldest} · {running}",
            "css": _css(found.queue_is_old),
        },
        {
            "label": _("Jobs given up"),
            "value": formats.number(found.dead_count),
            "css": _css(bool(found.dead_count)),
        },
        {
            "label": _("Mails waiting"),
            "value": formats.number(found.mails_waiting),
            "note": _("oldest: %(age)s") % {"age": oldest_mail} if oldest_mail else _("none overdue"),
            "css": _css(found.outbox_is_old),
        },
        *(
            {"label": sign.label, "value": sign.value, "note": sign.note, "css": _css(sign.is_trouble)}
            for sign in found.signs
        ),
    ]


def _css(is_trouble: bool) -> str:
    return "down" if is_trouble else ""


def _hints(count: int | None) -> str:
    if count is None:
        return _("work waits as rows; nothing is lost")
    return ngettext("%(count)s hint waiting", "%(count)s hints waiting", count) % {"count": count}
