"""Carries a privacy request out, in a process of its own that a test may kill; called with request and person."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()
    from accounts.models import User
    from customers.services.privacy.requests import carry_out

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    carry_out(request_id=int(sys.argv[1]), version=None, by=User.objects.get(pk=int(sys.argv[2])))
