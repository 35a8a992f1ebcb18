"""Signing in: slow for guessers, the same answer for everybody, sessions that end."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from accounts import mail as accounts_mail
from accounts.models import AuditEntry, SignInFailures, User
from accounts.services import throttle
from kcrm.settings import base
from tests.factories.accounts import PASSWORD, UserFactory

LOGIN = "/accounts/login/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def attempt(client: Client, email: str, password: str, **options: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **options)


def errors(answer: Any) -> str:
    """What the sign-in page says, without what differs by request."""
    page = answer.content.decode()
    return re.sub(r"\s+", " ", " ".join(re.findall(r'class="errorlist[^>]*>(.*?)</ul>|<p>([^<]*)</p>', page).__str__()))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Mail that is sent at once instead of beside the request."""
    monkeypatch.setattr(accounts_mail, "send_soon", accounts_mail._send)
    return mail.outbox


def test_signing_in_and_out_is_recorded_and_renews_the_session(person: User) -> None:
    client = Client()
    client.get(LOGIN)
    client.session["before"] = True

    answer = attempt(client, person.email.upper(), PASSWORD)
    key = client.session.session_key
    client.post("/accounts/logout/")

    assert answer.headers["Location"] == "/settings/"
    assert not Session.objects.filter(session_key=key).exists()
    assert list(AuditEntry.objects.order_by("id").values_list("action", "actor")) == [
        ("sign-in", person.pk),
        ("sign-out", person.pk),
    ]


def test_a_session_gets_a_new_number_at_sign_in(person: User) -> None:
    client = Client()
    client.post("/preferences/theme/", {"theme": "dark"})
    client.session.save()
    before = client.session.session_key

    attempt(client, person.email, PASSWORD)

    assert client.session.session_key != before


def test_unknown_wrong_and_deactivated_are_answered_alike(person: User) -> None:
    gone = UserFactory(is_active=False)

    answers = [
        attempt(Client(), email, password)
        for email, password in [
            ("nobody@example.com", PASSWORD),
            (person.email, "wrong"),
            (gone.email, "wrong"),
            (gone.email, PASSWORD),
        ]
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({errors(answer) for answer in answers}) == 1
    assert AuditEntry.objects.filter(action="sign-in-failed").count() == 4


def test_a_password_is_checked_for_unknown_people_too(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    hasher = import_string("django.contrib.auth.hashers.MD5PasswordHasher")
    original = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, password, salt: hashed.append(password) or original(self, password, salt)
    )

    attempt(Client(), "nobody@example.com", "guess")
    attempt(Client(), person.email, "guess")

    assert hashed == ["guess", "guess"]


def test_ten_failures_make_an_account_wait_whoever_tries(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    for number in range(10):
        attempt(Client(), person.email, "wrong", REMOTE_ADDR=f"10.0.0.{number}")

    refused = attempt(Client(), person.email, PASSWORD, REMOTE_ADDR="10.1.0.1")
    time_machine.move_to(NOW + timedelta(seconds=31), tick=False)
    allowed = attempt(Client(), person.email, PASSWORD, REMOTE_ADDR="10.1.0.1")

    assert refused.status_code == 200
    assert "Too many failed login attempts" in refused.content.decode()
    assert allowed.status_code == 302


def test_fifty_failures_make_an_address_wait(db: None) -> None:
    for number in range(50):
        throttle.take_attempt(email=f"{number}@example.com", address="10.0.0.1", now=NOW)

    assert throttle.take_attempt(email="new@example.com", address="10.0.0.1", now=NOW) == timedelta(seconds=30)
    assert throttle.take_attempt(email="new@example.com", address="10.0.0.2", now=NOW) is None


def test_waits_grow_and_end(db: None) -> None:
    waits, now = [], NOW
    for _attempt in range(9):
        throttle.take_attempt(email="a@example.com", address=None, now=now)
    for _attempt in range(7):
        throttle.take_attempt(email="a@example.com", address=None, now=now)
        wait = throttle.take_attempt(email="a@example.com", address=None, now=now)
        waits.append(wait.total_seconds())
        now += wait

    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_a_quarter_of_an_hour_of_peace_forgets(db: None) -> None:
    for _attempt in range(9):
        throttle.take_attempt(email="a@example.com", address=None, now=NOW)
    later = NOW + timedelta(minutes=15, seconds=1)

    throttle.take_attempt(email="a@example.com", address=None, now=later)

    assert SignInFailures.objects.get().count == 1
    assert throttle.forget_old(now=later + timedelta(hours=2)) == 1


def test_the_right_password_frees_the_account_but_not_the_guesses_at_others(db: None) -> None:
    for number in range(40):
        throttle.take_attempt(email=f"{number}@example.com", address="10.0.0.1", now=NOW)
    throttle.take_attempt(email="me@example.com", address="10.0.0.1", now=NOW)

    throttle.give_back(email="me@example.com", address="10.0.0.1")

    assert sorted(SignInFailures.objects.values_list("count", flat=True)) == [1] * 40 + [40]


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_counted_exactly() -> None:
    allowed: list[bool] = []

    def guess() -> None:
        allowed.extend(
            throttle.take_attempt(email="a@example.com", address="10.0.0.1", now=NOW) is None for _attempt in range(10)
        )
        connection.close()

    threads = [threading.Thread(target=guess) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(allowed) == 80
    assert allowed.count(True) == 10


@pytest.mark.parametrize("password", ["elevenchars", "password1234", "anna.manager1"])
def test_weak_passwords_are_refused(password: str, person: User) -> None:
    person.email = "anna.manager1@example.com"

    with pytest.raises(ValidationError):
        validate_password(password, person)


def test_a_sentence_is_a_good_password_without_digits_or_signs(person: User) -> None:
    validate_password("all my horses are blue", person)


def test_passwords_are_stored_with_argon2() -> None:
    assert import_string(base.PASSWORD_HASHERS[0])().encode("x", "saltsalt").startswith("argon2$argon2id$")


def test_a_session_ends_twelve_hours_after_sign_in_however_busy(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client = Client()
    attempt(client, person.email, PASSWORD)
    statuses = []

    for hours in (2, 4, 6, 8, 10, 11.9, 12.1):
        time_machine.move_to(NOW + timedelta(hours=hours), tick=False)
        statuses.append(client.get("/settings/").status_code)

    assert statuses == [200, 200, 200, 200, 200, 200, 302]


def test_a_session_ends_after_three_idle_hours(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client = Client()
    attempt(client, person.email, PASSWORD)

    time_machine.move_to(NOW + timedelta(hours=3, seconds=1), tick=False)

    assert client.get("/settings/").status_code == 302


def test_reading_pages_does_not_write_the_session_each_time(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client = Client()
    attempt(client, person.email, PASSWORD)
    expiry = Session.objects.get().expire_date
    time_machine.move_to(NOW + timedelta(minutes=4), tick=False)
    client.get("/settings/")
    early = Session.objects.get().expire_date
    time_machine.move_to(NOW + timedelta(minutes=6), tick=False)

    client.get("/settings/")

    assert early == expiry
    assert Session.objects.get().expire_date == expiry + timedelta(minutes=6)


def test_a_changed_password_ends_all_sessions(person: User) -> None:
    here, there = Client(), Client()
    attempt(here, person.email, PASSWORD)
    attempt(there, person.email, PASSWORD)

    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a brand new sentence", "password2": "a brand new sentence"},
    )

    assert [client.get("/settings/").status_code for client in (here, there)] == [302, 302]
    assert AuditEntry.objects.filter(action="update", changes={"password": ["•••", "•••"]}).count() == 1


def test_a_reset_mail_has_the_configured_address_and_signs_nobody_in(person: User, sent: list[Any]) -> None:
    client = Client()

    known = client.post(
        "/accounts/password/reset/", {"email": person.email}, headers={"X-Forwarded-Host": "evil.example"}
    )
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [message.to for message in sent] == [[person.email]]
    assert sent[0].subject == "Choose a new password for KCRM"
    assert set(re.findall(r"https?://[^/\s]+", sent[0].body)) == {"http://localhost:8000"}
    link = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", sent[0].body)[1]
    form = client.get(link, follow=True)
    values = {"password1": "a brand new sentence", "password2": "a brand new sentence"}
    client.post(form.redirect_chain[-1][0], values)
    assert "_auth_user_id" not in client.session
    person.refresh_from_db()
    assert person.check_password("a brand new sentence")
    again = Client()
    assert again.get(link, follow=True).context["token_fail"] is True


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/confirm-email/", "/accounts/confirm-email/key/"])
def test_people_do_not_change_their_e_mail_address(person: User, browse: Callable[..., Client], address: str) -> None:
    assert browse(person).get(address).status_code == 404


def test_nobody_signs_up_without_invitation(db: None) -> None:
    values = {"email": "a@example.com", "password1": PASSWORD, "password2": PASSWORD}

    Client().post("/accounts/signup/", values)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)
def test_signing_in_leads_to_pages_of_this_site_only(person: User, target: str) -> None:
    answer = Client().post(LOGIN, {"login": person.email, "password": PASSWORD, "next": target})

    assert answer.headers["Location"] == "/settings/"


@pytest.fixture
def totp(person: User) -> TOTP:
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return TOTP.activate(person, "JBSWY3DPEHPK3PXP")


def code_for(totp: TOTP) -> str:
    return format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", int(time.time()) // 30))


def test_a_code_of_the_authenticator_works_once(person: User, totp: TOTP, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    code = code_for(totp)
    first, second = Client(), Client()
    attempt(first, person.email, PASSWORD)
    attempt(second, person.email, PASSWORD)
    assert first.get("/settings/").status_code == 302

    used = first.post("/accounts/2fa/authenticate/", {"code": code})
    replayed = second.post("/accounts/2fa/authenticate/", {"code": code})

    assert used.headers["Location"] == "/settings/"
    assert replayed.status_code == 200
    assert second.get("/settings/").status_code == 302
    assert AuditEntry.objects.filter(action="sign-in-failed", reason="wrong second factor").count() == 1


@pytest.mark.parametrize("role", ["administrator", "finance", "director", "auditor"])
def test_powerful_roles_set_up_a_second_factor_first(
    db: None, role: str, settings: Any, browse: Callable[..., Client]
) -> None:
    settings.KCRM_REQUIRE_MFA = True
    powerful = UserFactory(roles=[role])
    client = browse(powerful)

    before = client.get("/settings/")
    setting_up = client.get("/accounts/2fa/")
    Authenticator.objects.create(user=powerful, type=Authenticator.Type.TOTP, data={})
    after = client.get("/settings/")

    assert before.headers["Location"] == "/accounts/2fa/"
    assert setting_up.status_code == 200
    assert after.status_code == 200


def test_others_choose_whether_to_use_a_second_factor(
    person: User, settings: Any, browse: Callable[..., Client]
) -> None:
    settings.KCRM_REQUIRE_MFA = True

    assert browse(person).get("/settings/").status_code == 200


def test_single_sign_on_is_configured_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from kcrm.settings import environment

    monkeypatch.setenv("KCRM_OIDC_ISSUER", "https://login.example.com/realms/kcrm")
    monkeypatch.setenv("KCRM_OIDC_CLIENT_ID", "kcrm")
    monkeypatch.setenv("KCRM_OIDC_CLIENT_SECRET", "secret")
    monkeypatch.setenv("KCRM_OIDC_NAME", "Example")

    providers = environment.openid_providers()

    assert providers == {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "Example",
                    "client_id": "kcrm",
                    "secret": "secret",
                    "settings": {"server_url": "https://login.example.com/realms/kcrm"},
                }
            ],
        }
    }


def test_the_sign_in_page_offers_the_configured_provider(db: None, settings: Any) -> None:
    app = {
        "provider_id": "oidc",
        "name": "Example",
        "client_id": "kcrm",
        "secret": "secret",
        "settings": {"server_url": "https://login.example.com"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}

    page = Client().get(LOGIN).content.decode()

    assert "/accounts/oidc/oidc/login/" in page
