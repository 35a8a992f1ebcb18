"""Mails in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from jobs.calculations import zone_named
from jobs.messages import readable
from jobs.models import EmailMessage, Notification


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in words."""

    subject: str
    text: str
    html: str


def letter_for(mail: EmailMessage) -> Letter | None:
    """The mail in its reader's language as of now; None when nothing is left that the reader may be told.

    The notifications that a mail tells are looked up through the reader's present sight.
    """
    user = mail.user
    if not user.is_active:
        return None
    told = mail.notices.exists()
    notices = list(Notification.objects.visible_to(user).filter(message=mail).order_by("-is_urgent", "pk"))
    if told and not notices:
        return None
    with translation.override(user.language), timezone.override(zone_named(user.time_zone)):
        subject = readable(mail.subject, mail.values | ({"count": len(notices)} if "count" in mail.values else {}))
        shown = {
            "user": user,
            "subject": subject,
            "values": mail.values,
            "notices": notices,
            "base_url": settings.KCRM_BASE_URL.rstrip("/"),
            "language": user.language,
        }
        return Letter(
            subject=subject,
            text=render_to_string(f"emails/{mail.template}.txt", shown),
            html=render_to_string(f"emails/{mail.template}.html", shown),
        )
