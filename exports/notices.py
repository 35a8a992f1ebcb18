"""What people are told about exports."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from jobs.notices import notification_kind

EXPORT_ASKED: Final = notification_kind("exports.asked", _("Somebody asks you to approve an export"), email="now")
EXPORT_DECIDED: Final = notification_kind("exports.decided", _("An export you asked for was decided about"))
