"""Fill an empty installation with the demo company."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from kcrm.demo.build import build_demo


class Command(BaseCommand):
    """`load_demo`: Northwind Traders with its people, customers, ledger and story; writes demo.json."""

    help = "Fills an empty installation with the demo company and writes demo.json into the data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse on an installation with people; otherwise build and tell where the sign-ins are."""
        if User.objects.exists():
            raise CommandError("There are people here already. The demo goes into an empty installation only.")
        users = build_demo(today=timezone.localdate())
        path = Path(settings.DATA_DIR) / "demo.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"address": settings.KCRM_BASE_URL, "users": users}, file, indent=2, ensure_ascii=False)
        self.stdout.write(f"The demo company is ready; {len(users)} people can sign in, see {path}.")
