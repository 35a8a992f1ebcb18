"""What people and programs see when something is refused, missing or broken: what to do next, never how it works."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from kcrm.lib import formats
from kcrm.lib.access.words import who_may
from kcrm.lib.errors import BadQuery, NotAllowed, TooMuchAtOnce

API_PREFIX = "/api/"


CODES = {400: "bad_request", 403: "not_allowed", 404: "not_found", 429: "too_much_at_once", 500: "server_error"}


def _problem(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """The answer to programs, as RFC 9457 has it, with the codes of the REST door."""
    request_id = getattr(request, "kcrm_request_id", "")
    problem = {"type": "about:blank", "title": title, "status": status, "code": CODES[status], "detail": text}
    problem["request_id"] = request_id
    return JsonResponse(problem, status=status, content_type="application/problem+json")


def _answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """The page for people, a problem for programs."""
    if request.path.startswith(API_PREFIX):
        return _problem(request, status, title, text)
    user = getattr(request, "user", None)
    values = {
        "layout": "base.html" if user is not None and user.is_authenticated else "allauth/layouts/entrance.html",
        "heading": title,
        "text": text,
        "request_id": getattr(request, "kcrm_request_id", ""),
    }
    return render(request, "error.html", values, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address asks for something that this page does not know; our own sentences say what."""
    text = str(exception) if isinstance(exception, BadQuery) else ""
    return _answer(
        request,
        HTTPStatus.BAD_REQUEST,
        _("This address cannot be read"),
        text or _("Something in it is not what this page understands. Open the page from the navigation."),
    )


def too_much_at_once(request: HttpRequest, error: TooMuchAtOnce) -> HttpResponse:
    """429: the person has as much under way as one may; it helps to wait."""
    answer = _answer(request, HTTPStatus.TOO_MANY_REQUESTS, _("One moment"), str(error))
    answer["Retry-After"] = str(error.retry_after)
    return answer


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: seen, but not allowed; says who may and who can grant it."""
    who = who_may(exception.resource, exception.verb) if isinstance(exception, NotAllowed) else []
    text = _("That is for %(who)s.") % {"who": formats.listing(who)} if who else _("Your role does not include this.")
    grant = _("Roles are given by administrators, places in an account team by its account manager or director.")
    return _answer(request, HTTPStatus.FORBIDDEN, _("You may not do this"), f"{text} {grant}")


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not among what this person may see; the two are never told apart."""
    return _answer(
        request,
        HTTPStatus.NOT_FOUND,
        _("There is nothing here for you"),
        _("It may have been moved or deleted, or it belongs to an account that you do not work on."),
    )


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; a number for the operator and nothing else. Its page needs neither database nor session."""
    title, text = _("Something went wrong on our side"), _("What you sent was not saved. Try again in a moment.")
    if request.path.startswith(API_PREFIX):
        return _problem(request, 500, title, text)
    request_id = getattr(request, "kcrm_request_id", "")
    return render(None, "500.html", {"heading": title, "text": text, "request_id": request_id}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was made for another session, mostly because the page was open too long."""
    return _answer(
        request,
        HTTPStatus.FORBIDDEN,
        _("This form is out of date"),
        _("The page was open for a long time or you signed in again since. Open it anew and repeat your entry."),
    )
