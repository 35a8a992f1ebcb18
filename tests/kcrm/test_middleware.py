"""Around every request: closed by default, private, numbered, in the reader's language, refusals recorded."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pghistory.models
import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path

from accounts.models import AuditEntry, User
from kcrm.lib.clients import client_address
from kcrm.lib.errors import NotAllowed
from kcrm.views import errors
from tests.factories.accounts import UserFactory

handler400, handler403 = "kcrm.views.errors.bad_request", "kcrm.views.errors.forbidden"
handler404, handler500 = "kcrm.views.errors.not_found", "kcrm.views.errors.server_error"

# What may be reached without signing in. The list only shrinks.
PUBLIC = {
    "healthz",
    "readyz",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
    "accounts:setup",
    "accounts:invitation-accept",
    "accounts:preference-language",
    "accounts:preference-theme",
}


@login_not_required
def fail(request: Any) -> HttpResponse:
    raise RuntimeError("SELECT secret FROM /work")


def refuse(request: Any, pk: int) -> HttpResponse:
    raise NotAllowed("credit", "U")


def refuse_plainly(request: Any) -> HttpResponse:
    raise PermissionDenied("no")


@login_not_required
def settings_of(request: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return HttpResponse(cursor.fetchone()[0])


urlpatterns = [
    path("fail/", fail),
    path("api/v1/fail/", fail),
    path("refuse/<int:pk>/", refuse),
    path("api/v1/refuse/<int:pk>/", refuse),
    path("refuse/", refuse_plainly),
    path("settings-of/", settings_of),
]


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(language="zh-hans", time_zone="Asia/Shanghai")


@pytest.fixture
def client(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def all_views(resolver: Any, namespace: str = "") -> Any:
    """Every named view of the URL configuration."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from all_views(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback


def test_pages_are_closed_but_for_a_short_list() -> None:
    open_views = {
        name
        for name, view in all_views(get_resolver("kcrm.urls"))
        if not getattr(view, "login_required", True) and not hasattr(view, "cls")
    }

    assert open_views <= PUBLIC


def test_strangers_are_led_to_the_sign_in_and_back(db: None) -> None:
    answer = Client().get("/settings/?x=1")

    assert answer.headers["Location"] == "/accounts/login/?next=/settings/%3Fx%3D1"


def test_answers_are_private_and_carry_their_number_and_headers(client: Client) -> None:
    answer = client.get("/settings/")

    assert answer.headers["Cache-Control"] == "no-store, private"
    assert uuid.UUID(answer.headers["X-Request-ID"])
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_speak_the_language_of_the_person(client: Client) -> None:
    answer = client.get("/settings/", headers={"Accept-Language": "en"})

    assert answer.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-Hans"' in answer.content.decode()


@pytest.mark.urls(__name__)
def test_a_refusal_says_who_may_and_is_recorded_in_its_own_transaction(client: Client, user: User) -> None:
    answer = client.get("/refuse/7/", headers={"Accept-Language": "en"})

    entry = AuditEntry.objects.get(action="denied")
    assert answer.status_code == 403
    assert (entry.actor, entry.subject_type, entry.subject_id, entry.subject_label) == (
        user,
        "credit",
        7,
        "GET /refuse/7/",
    )
    assert entry.request_id == answer.headers["X-Request-ID"]


@pytest.mark.urls(__name__)
def test_a_refused_page_names_those_who_may(user: User, client: Client) -> None:
    User.objects.filter(pk=user.pk).update(language="en")

    assert "That is for finance partners." in client.get("/refuse/7/").content.decode()
    assert "Your role does not include this." in client.get("/refuse/").content.decode()


@pytest.mark.urls(__name__)
def test_programs_get_problems(client: Client) -> None:
    refused, missing, broken = (client.get(f"/api/v1/{path}") for path in ("refuse/1/", "nothing/", "fail/"))

    assert [answer.headers["Content-Type"] for answer in (refused, missing, broken)] == ["application/problem+json"] * 3
    assert [answer.json()["status"] for answer in (refused, missing, broken)] == [403, 404, 500]


@pytest.mark.urls(__name__)
def test_a_broken_page_shows_a_number_and_no_more(client: Client) -> None:
    answer = client.get("/fail/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in page
    assert not re.search(r"secret|/work|Traceback|RuntimeError|Django", page)


@pytest.mark.urls(__name__)
def test_statements_of_pages_end_after_fifteen_seconds(client: Client) -> None:
    assert client.get("/settings-of/").content == b"15s"


def test_history_knows_who_wrote_in_which_request(client: Client, user: User) -> None:
    answer = client.post("/preferences/theme/", {"theme": "dark"})

    context = pghistory.models.Context.objects.latest("created_at")
    assert context.metadata == {"user": user.pk, "request_id": answer.headers["X-Request-ID"], "via": "page"}


def test_a_form_of_another_session_is_refused_politely(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    answer = client.post("/preferences/theme/", {"theme": "dark"})

    assert answer.status_code == 403
    assert AuditEntry.objects.filter(action="denied").count() == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(
    settings: Any, proxies: int, forwarded: str, expected: str | None
) -> None:
    settings.KCRM_TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")

    assert client_address(request) == expected


def test_our_sentences_are_shown_and_others_are_not(user: User) -> None:
    request = RequestFactory().get("/api/v1/x/")

    from django.core.exceptions import BadRequest

    assert b"secret" not in errors.bad_request(request, BadRequest("secret")).content
