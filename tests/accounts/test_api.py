"""Tokens and the audit trail through the REST door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, User
from accounts.services import tokens
from kcrm.lib.errors import DomainError
from tests.factories.accounts import ApiTokenFactory, AuditEntryFactory, UserFactory

TOKENS = "/api/v1/api-tokens/"
AUDIT = "/api/v1/audit-entries/"
BODY = {"name": "ERP", "scopes": ["accounts:read"]}


def bearer(user: User, *scopes: str, **options: Any) -> dict[str, str]:
    _token, secret = tokens.create_token(by=user, name="test", scopes=scopes, **options)
    return {"Authorization": f"Bearer {secret}"}


def call(client: Client, path: str, **options: Any) -> Any:
    return client.post(path, content_type="application/json", **options)


def test_a_session_makes_a_token_that_works(person: User, browse: Any) -> None:
    made = call(browse(person), TOKENS, data=BODY).json()

    me = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {made['secret']}"})

    assert me.json()["id"] == person.pk
    assert me.json()["scopes"] == ["accounts:read"]
    assert made["secret"].startswith("kcrm_")
    assert len(made["secret"]) >= 5 + 43
    assert "secret" not in browse(person).get(TOKENS).json()["results"][0]


def test_no_usable_token_is_in_the_database(person: User, browse: Any) -> None:
    secret = call(browse(person), TOKENS, data=BODY, headers={"Idempotency-Key": "k"}).json()["secret"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{secret}%"])
            assert cursor.fetchone() == (0,), table


def test_a_token_never_manages_tokens(person: User) -> None:
    headers = bearer(person, "accounts:read", "accounts:write", "audit:read")
    own = ApiToken.objects.get()

    answers = [
        Client().get(TOKENS, headers=headers),
        call(Client(), TOKENS, data=BODY, headers=headers),
        Client().delete(f"{TOKENS}{own.pk}/", headers=headers),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_token_is_never_changed(person: User, browse: Any, method: str) -> None:
    token = ApiTokenFactory(owner=person)

    answer = getattr(browse(person), method)(
        f"{TOKENS}{token.pk}/", {"scopes": ["audit:read"]}, content_type="application/json"
    )

    assert answer.status_code == 405


@pytest.mark.parametrize(
    "change",
    [{"scopes": ["everything"]}, {"scopes": []}, {"days": 366}, {"days": 0}, {"networks": ["x"]}, {"owner": 1}],
)
def test_a_token_with_nonsense_is_refused(person: User, browse: Any, change: dict[str, Any]) -> None:
    answer = call(browse(person), TOKENS, data=BODY | change)

    assert answer.status_code in {400, 422}
    assert not ApiToken.objects.exists()


def test_others_tokens_are_not_there_and_administrators_end_them(
    person: User, administrator: User, browse: Any
) -> None:
    token = ApiTokenFactory(owner=person)
    address = f"{TOKENS}{token.pk}/"

    assert browse(UserFactory()).delete(address).status_code == 404
    assert browse(administrator).delete(address).status_code == 204
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert AuditEntry.objects.get(action="revoke").actor == administrator


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() + timedelta(milliseconds=1), "created_at": timezone.now() - timedelta(days=1)},
        {"networks": ["192.0.2.0/24"]},
    ],
)
def test_an_ended_expired_or_foreign_token_opens_nothing(person: User, change: dict[str, Any]) -> None:
    headers = bearer(person, "accounts:read")
    ApiToken.objects.update(**change)

    answer = Client().get("/api/v1/me/", headers=headers)

    assert answer.status_code == 401


def test_a_token_of_a_deactivated_person_opens_nothing(person: User) -> None:
    headers = bearer(person, "accounts:read")
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert Client().get("/api/v1/me/", headers=headers).status_code == 401


def test_the_use_of_a_token_is_noted_once_a_minute(person: User, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01 12:00Z", tick=False)
    headers = bearer(person, "accounts:read")
    noted = []

    for moment in ("12:00", "12:00:59", "12:01:01"):
        time_machine.move_to(f"2026-03-01 {moment}Z", tick=False)
        Client().get("/api/v1/me/", headers=headers)
        noted.append(ApiToken.objects.get().last_used_at.strftime("%H:%M:%S"))

    assert noted == ["12:00:00", "12:00:00", "12:01:01"]


def test_scopes_cannot_be_widened_by_a_service_call(person: User) -> None:
    with pytest.raises(DomainError):
        tokens.create_token(by=person, name="x", scopes=["users:write"])


def test_auditors_read_everything_and_administrators_acts_on_people(
    auditor: User, administrator: User, person: User, browse: Any
) -> None:
    AuditEntryFactory(subject_type="customers.customer", subject_id=1)
    AuditEntryFactory(subject_type="accounts.user", subject_id=person.pk)
    query = f"{AUDIT}?action=update&fields=subject_type"

    seen = [
        {row["subject_type"] for row in browse(reader).get(query).json()["results"]}
        for reader in (auditor, administrator)
    ]

    assert seen == [{"customers.customer", "accounts.user"}, {"accounts.user"}]
    assert browse(person).get(AUDIT).status_code == 403


def test_reading_the_trail_is_in_the_trail(auditor: User, browse: Any) -> None:
    browse(auditor).get(f"{AUDIT}?action=denied")

    entry = AuditEntry.objects.get(action="read")
    assert (entry.actor, entry.via, entry.changes) == (auditor, "api", {"filters": [None, "action=denied"]})


def test_a_log_collector_needs_the_scope_and_the_role(auditor: User, person: User) -> None:
    statuses = [
        Client().get(AUDIT, headers=headers).status_code
        for headers in (bearer(auditor, "audit:read"), bearer(auditor, "accounts:read"), bearer(person, "audit:read"))
    ]

    assert statuses == [200, 403, 403]


def test_a_refusal_to_a_program_names_who_may_and_is_recorded(person: User, browse: Any) -> None:
    answer = browse(person).get(AUDIT)

    assert answer.json()["detail"] == "That is for administrators and auditors."
    entry = AuditEntry.objects.get(action="denied")
    assert (entry.actor, entry.subject_type, entry.via) == (person, "audit_entry", "api")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_the_trail(auditor: User, browse: Any, method: str) -> None:
    entry = AuditEntryFactory()

    assert getattr(browse(auditor), method)(f"{AUDIT}{entry.pk}/").status_code == 405
