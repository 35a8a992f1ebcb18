"""Brings one batch in, in a process of its own that a test may kill; called with its id and the folder of files."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    from customers.models import ImportBatch
    from customers.services.imports import running

    number, settings.MEDIA_ROOT = int(sys.argv[1]), sys.argv[2]
    by = ImportBatch.objects.get(pk=number).created_by
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    running.run_batch(batch_id=number, by=by)
