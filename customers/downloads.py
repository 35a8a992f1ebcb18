"""How both doors hand out a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase

from customers.models import Document

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def file_answer(document: Document) -> HttpResponseBase:
    """The file as a download that no browser runs, whatever it turns out to be. Raises Http404 when it is lost."""
    try:
        opened = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(
        opened, as_attachment=True, filename=document.file_name, content_type="application/octet-stream"
    )
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
