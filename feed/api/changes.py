"""The change feed through the REST door."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feed.registry import FeedResource, all_resources
from feed.selectors import FeedPage, TooOld, feed_after, newest_place, readable_resources
from feed.serializers import FeedSerializer
from kcrm.lib.filters import UnknownKey

KEYS: Final = ("changed_since", "resource", "page_size")
LARGEST: Final = 1_000
DEFAULT: Final = 200
LATEST: Final = "now"


class Forgotten(APIException):
    """A cursor older than what the feed keeps."""

    status_code = status.HTTP_410_GONE
    default_code = "cursor_too_old"


class ChangesView(APIView):
    """Everything that was made, changed or deleted, in the order of its publication, as far as the caller may know.

    Begin with `changed_since=now`, read the resources once, then come back with the cursor of the last answer. What
    left the caller's sight comes once more as `gone`.
    """

    serializer_class = FeedSerializer
    other_refusals = (status.HTTP_410_GONE,)

    @extend_schema(
        parameters=[
            OpenApiParameter("changed_since", str, description="The last cursor, `now`, or nothing."),
            OpenApiParameter("resource", str, description="Only these kinds, comma-separated."),
            OpenApiParameter("page_size", int, description="1 to 1000, otherwise 200."),
        ],
        responses=FeedSerializer,
    )
    def get(self, request: Request) -> Response:
        """The next changes."""
        query = request.query_params
        if unknown := set(query) - {*KEYS, "format"}:
            raise UnknownKey(
                _("Unknown key “%(key)s”. The feed knows: %(known)s.")
                % {"key": min(unknown)[:100], "known": ", ".join(KEYS)}
            )
        resources = _resources(request)
        size = _number(query.get("page_size", str(DEFAULT)), "page_size", 1, LARGEST)
        text = query.get("changed_since", "0") or "0"
        if text == LATEST:
            return Response(_answer(FeedPage([], newest_place(), more=False)))
        try:
            page = feed_after(request.user, _number(text, "changed_since", 0, 10**18), size, resources)
        except TooOld:
            sentence = _("This cursor is older than what is kept. Read everything anew and begin at now.")
            raise Forgotten(sentence) from None
        return Response(_answer(page))


def _answer(page: FeedPage) -> dict[str, Any]:
    return dict(FeedSerializer({"results": page.entries, "cursor": str(page.cursor), "more": page.more}).data)


def _resources(request: Request) -> list[FeedResource]:
    """The kinds that are asked for and readable. Raises PermissionDenied when the token reads none of them."""
    readable = readable_resources(request.user)
    asked = {name for name in request.query_params.get("resource", "").split(",") if name}
    known = {resource.name for resource in all_resources()}
    if unknown := asked - known:
        raise ParseError(
            _("Unknown kind “%(name)s”. The feed knows: %(known)s.")
            % {"name": min(unknown)[:60], "known": ", ".join(sorted(known))}
        )
    found = [resource for resource in readable if not asked or resource.name in asked]
    if not found:
        raise PermissionDenied(_("The token's scopes do not cover this call."))
    return found


def _number(text: str, name: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or not least <= int(text) <= most:
        raise ParseError(_("%(name)s cannot be read.") % {"name": name})
    return int(text)
