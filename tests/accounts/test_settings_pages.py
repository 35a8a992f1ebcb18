"""One's own settings, tokens, saved views; the audit trail as a page."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, AuditEntry, SavedView, User
from tests.factories.accounts import PASSWORD, ApiTokenFactory, AuditEntryFactory, SavedViewFactory, UserFactory

PROFILE = {
    "full_name": "Anna Manager",
    "job_title": "Key account manager",
    "phone": "+49 30 1",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "theme": "dark",
}


def test_a_profile_is_saved_and_speaks_at_once(person: User, browse: Any) -> None:
    client = browse(person)

    client.post("/settings/", PROFILE | {"version": person.version})
    page = client.get("/settings/")

    person.refresh_from_db()
    assert (person.job_title, person.time_zone, person.theme) == ("Key account manager", "Asia/Shanghai", "dark")
    assert '<html lang="zh-Hans" data-theme="dark"' in page.content.decode()
    entry = AuditEntry.objects.get(action="update")
    assert entry.changes["job_title"] == ["", "Key account manager"]


@pytest.mark.parametrize(
    "change", [{"full_name": " "}, {"language": "xx"}, {"time_zone": "Mars/Base"}, {"theme": "red"}]
)
def test_a_profile_with_nonsense_comes_back_with_what_was_typed(
    person: User, browse: Any, change: dict[str, str]
) -> None:
    answer = browse(person).post("/settings/", PROFILE | change | {"version": person.version})

    person.refresh_from_db()
    assert answer.status_code == 422
    assert 'value="Key account manager"' in answer.content.decode()
    assert person.job_title == ""


def test_a_profile_changes_nothing_but_itself(person: User, browse: Any) -> None:
    browse(person).post(
        "/settings/",
        PROFILE | {"version": person.version, "roles": "administrator", "is_superuser": "on", "email": "x@x.y"},
    )

    email = person.email
    person.refresh_from_db()
    assert (person.roles, person.is_superuser, person.email) == ([], False, email)


def test_strangers_choose_language_and_brightness_for_their_device(db: None) -> None:
    client = Client()

    client.post("/preferences/language/", {"language": "zh-hans", "next": "/accounts/login/"})
    client.post("/preferences/theme/", {"theme": "dark"})

    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-Hans" data-theme="dark"' in page


def test_preferences_lead_back_to_pages_of_this_site_only(db: None) -> None:
    answer = Client().post("/preferences/theme/", {"theme": "dark", "next": "//evil.example/"})

    assert answer.headers["Location"] == "/"


def test_the_language_of_a_person_is_kept(person: User, browse: Any) -> None:
    browse(person).post("/preferences/language/", {"language": "zh-hans"})

    person.refresh_from_db()
    assert person.language == "zh-hans"


def test_a_new_token_is_shown_once(person: User, browse: Any) -> None:
    client = browse(person)

    client.post(
        "/settings/tokens/new/",
        {"name": "ERP", "scopes": ["accounts:read"], "days": "30", "customer_ids": "1, 2", "networks": "10.0.0.0/8"},
    )
    first, second = (client.get("/settings/tokens/").content.decode() for _time in range(2))

    secret = re.search(r"kcrm_[\w-]{43}", first)
    assert secret
    assert secret[0] not in second
    token = ApiToken.objects.get()
    assert (token.customer_ids, token.networks, token.prefix) == ([1, 2], ["10.0.0.0/8"], secret[0][:12])
    grant = AuditEntry.objects.get(action="grant")
    assert grant.changes["scopes"] == [None, ["accounts:read"]]


@pytest.mark.parametrize("change", [{"days": "366"}, {"customer_ids": "one"}, {"networks": "here"}, {"scopes": []}])
def test_a_token_form_with_nonsense_comes_back(person: User, browse: Any, change: dict[str, Any]) -> None:
    values = {"name": "ERP", "scopes": ["accounts:read"], "days": "30"} | change

    answer = browse(person).post("/settings/tokens/new/", values)

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_one_ends_ones_own_tokens_only(person: User, browse: Any) -> None:
    token = ApiTokenFactory(owner=person)

    stranger = browse(UserFactory()).post(f"/settings/tokens/{token.pk}/revoke/")
    owner = browse(person).post(f"/settings/tokens/{token.pk}/revoke/")

    token.refresh_from_db()
    assert (stranger.status_code, owner.status_code) == (404, 302)
    assert token.revoked_at is not None


def test_sessions_are_listed_and_the_others_ended(person: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    page = here.get("/accounts/sessions/")
    here.post("/accounts/sessions/")

    assert page.status_code == 200
    assert [client.get("/settings/").status_code for client in (here, there)] == [200, 302]


@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/", "/settings/", "/settings/tokens/new/"],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_the_settings_opens_in_both_languages(browse: Any, db: None, address: str, language: str) -> None:
    assert browse(UserFactory(language=language)).get(address).status_code == 200


def test_a_view_is_kept_replaced_and_dropped(person: User, browse: Any) -> None:
    client, address = browse(person), "/saved-views/users/?next=/people/"

    kept = client.post(address, {"name": "Mine", "query": "sort=-full_name&after=x&q=", "is_shared": "on"})
    client.post(address, {"name": "Mine", "query": "q=li"})

    view = SavedView.objects.get()
    assert kept.headers["Location"] == "/people/?sort=-full_name"
    assert (view.query, view.is_shared, view.version) == ("q=li", False, 2)
    client.post(f"/saved-views/{view.pk}/delete/", {"next": "/people/"})
    assert not SavedView.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[-3:] == [
        "create",
        "update",
        "delete",
    ]


def test_nobody_drops_anothers_view(person: User, browse: Any) -> None:
    view = SavedViewFactory(is_shared=True)

    assert browse(person).post(f"/saved-views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def test_a_view_without_a_name_is_refused_with_a_sentence(person: User, browse: Any) -> None:
    client = browse(person)

    client.post("/saved-views/users/?next=/settings/", {"name": " ", "query": ""})

    assert "Give the view a name" in client.get("/settings/").content.decode()


def test_the_trail_is_read_by_who_may_and_reading_is_recorded(
    auditor: User, administrator: User, person: User, browse: Any
) -> None:
    AuditEntryFactory(subject_type="customers.customer", subject_label="QUICK-Stop")

    pages = [browse(reader).get("/audit/") for reader in (auditor, administrator, person)]

    assert [page.status_code for page in pages] == [200, 200, 403]
    assert ["QUICK-Stop" in page.content.decode() for page in pages] == [True, False, False]
    assert AuditEntry.objects.filter(action="read", subject_type="accounts.auditentry").count() == 2


def test_the_trail_is_filtered_by_who_what_when_and_act(auditor: User, person: User, browse: Any) -> None:
    AuditEntryFactory(actor=person, action="delete", subject_label="Alfreds", at="2026-01-02T03:00Z")
    AuditEntryFactory(actor=person, action="delete", subject_label="Bottom", at="2026-02-02T03:00Z")
    AuditEntryFactory(actor=auditor, action="create", subject_label="Chop", at="2026-01-02T03:00Z")

    page = browse(auditor).get(
        f"/audit/?who=manager&actor={person.pk}&action=delete&what=a&at_after=2026-01-01&at_before=2026-01-31"
    )

    assert [row.cells[3].html for row in page.context["table"].rows] == ["Alfreds"]


def test_only_auditors_carry_the_trail_away(auditor: User, administrator: User, browse: Any) -> None:
    AuditEntryFactory(subject_label="=cmd")

    carried = browse(auditor).get("/audit/?export=csv")
    refused = browse(administrator).get("/audit/?export=csv")

    rows = list(csv.reader(io.StringIO(b"".join(carried).decode("utf-8-sig"))))
    assert "'=cmd" in [row[3] for row in rows]
    assert refused.status_code == 403
    assert AuditEntry.objects.get(action="export").actor == auditor


def test_hostile_text_in_the_trail_is_shown_as_text(auditor: User, browse: Any) -> None:
    AuditEntryFactory(subject_label="<script>alert(1)</script>", changes={"<b>": ["<i>", "</td>"]})

    page = browse(auditor).get("/audit/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;i&gt;" in page


def test_the_command_makes_an_administrator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    said = io.StringIO()

    call_command("create_administrator", email="ops@example.com", name="Ops", stdout=said)

    assert User.objects.get().roles == ["administrator"]
    assert "Ops <ops@example.com>" in said.getvalue()


def test_the_command_refuses_a_weak_password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    with pytest.raises(CommandError, match="too short"):
        call_command("create_administrator", email="ops@example.com", name="Ops")
