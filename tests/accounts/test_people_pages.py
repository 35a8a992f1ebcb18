"""Who sees and keeps people, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import ApiToken, AuditEntry, Invitation, User
from tests.factories.accounts import PASSWORD, ApiTokenFactory, AuditEntryFactory, UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

Browse = Callable[[User], Client]


def link_in(message: Any) -> str:
    return re.search(r"http://localhost:8000(/join/\S+)", message.body)[1]


def test_an_administrator_lists_people_and_open_invitations(administrator: User, person: User, browse: Browse) -> None:
    answer = browse(administrator).get("/people/")

    assert answer.status_code == 200
    assert "Anna Manager" in answer.content.decode()
    assert "only one of them administers KCRM" in answer.content.decode()


@pytest.mark.parametrize("address", ["/people/", "/people/?q=person&role=none", "/audit/", "/audit/?action=update"])
def test_lists_cost_eight_statements_for_two_rows_and_for_sixty(
    browse: Browse, django_assert_max_num_queries: Any, db: None, address: str
) -> None:
    client = browse(UserFactory(roles=["administrator", "auditor"]))
    statements = []

    for count in (2, 58):
        UserFactory.create_batch(count)
        AuditEntryFactory.create_batch(count)
        # six for the list, two that tell those who watch the system whether its scheduler lives
        with django_assert_max_num_queries(8) as found:
            assert client.get(address).status_code == 200
        statements.append(len(found))

    assert statements[0] == statements[1]


def test_invitations_are_listed_and_taken_back(
    administrator: User, auditor: User, person: User, browse: Browse
) -> None:
    invitation = Invitation.objects.create(
        email="new@example.com", full_name="New", digest="x", invited_by=administrator, expires_at="2100-01-01T00:00Z"
    )

    pages = [browse(reader).get("/people/invitations/") for reader in (administrator, auditor, person)]
    refused = browse(auditor).post(f"/people/invitations/{invitation.pk}/cancel/")
    browse(administrator).post(f"/people/invitations/{invitation.pk}/cancel/")

    assert [page.status_code for page in pages] == [200, 403, 403]
    assert "new@example.com" in pages[0].content.decode()
    assert refused.status_code == 403
    assert not Invitation.objects.exists()


def test_the_list_alone_comes_to_htmx(administrator: User, browse: Browse) -> None:
    answer = browse(administrator).get("/people/?role=administrator", headers={"HX-Request": "true"})

    assert answer.headers["Vary"].count("HX-Request") == 1
    assert answer.content.decode().lstrip().startswith("<section")
    assert "Ada Administrator" in answer.content.decode()


def test_others_are_told_who_may_see_people(person: User, browse: Browse) -> None:
    answer = browse(person).get("/people/")

    assert answer.status_code == 403
    assert "administrators" in answer.content.decode()
    denial = AuditEntry.objects.get(action="denied")
    assert (denial.actor, denial.subject_type, denial.subject_label) == (person, "user", "GET /people/")


def test_a_person_is_there_for_administrators_and_himself_only(
    administrator: User, auditor: User, person: User, browse: Browse
) -> None:
    address = f"/people/{person.pk}/"

    seen = [browse(reader).get(address).status_code for reader in (administrator, auditor, person, UserFactory())]

    assert seen == [200, 200, 200, 404]


def test_a_director_sees_the_people_of_the_units_he_leads_and_no_invitations(person: User, browse: Browse) -> None:
    unit = UnitFactory()
    director, stranger = UserFactory(full_name="Dora Director", roles=["director"]), UserFactory(full_name="Far Away")
    UnitAssignmentFactory(unit=unit, user=director, kind="leader")
    UnitAssignmentFactory(unit=UnitFactory(parent=unit), user=person, kind="member")
    client = browse(director)

    page = client.get("/people/")

    assert [row.cells[0].html for row in page.context["table"].rows] == ["Anna Manager", "Dora Director"]
    statuses = [client.get(f"/people/{somebody.pk}/").status_code for somebody in (person, stranger)]
    assert statuses == [200, 404]
    assert client.get("/people/invitations/").status_code == 403
    assert client.post(f"/people/{person.pk}/roles/", {"version": 1}).status_code == 403
    assert browse(UserFactory(roles=["director"])).get("/people/").status_code == 403


def test_an_unknown_key_in_the_address_is_refused_with_a_sentence(administrator: User, browse: Browse) -> None:
    answer = browse(administrator).get("/people/?password=x")

    assert answer.status_code == 400
    assert "Unknown filter “password”" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_invited_person_joins_once_with_a_strong_password_and_signs_in(browse: Browse) -> None:
    administrator = UserFactory(roles=["administrator"], full_name="Ada Administrator")
    browse(administrator).post(
        "/people/invite/",
        {"email": "New@Example.com", "full_name": "New Person", "language": "en", "roles": ["finance"]},
    )
    message = mail.outbox[-1]
    address = link_in(message)
    visitor = Client()
    values = {"full_name": "New Person", "language": "en", "time_zone": "Asia/Shanghai"}

    weak = visitor.post(address, values | {"password": "short", "password_again": "short"})
    joined = visitor.post(address, values | {"password": PASSWORD, "password_again": PASSWORD})
    again = visitor.get(address)

    assert message.to == ["new@example.com"]
    assert weak.status_code == 422
    assert joined.headers["Location"] == "/accounts/login/"
    assert again.status_code == 410
    user = User.objects.get(email="new@example.com")
    assert (user.roles, user.time_zone, user.check_password(PASSWORD)) == (["finance"], "Asia/Shanghai", True)
    assert "_auth_user_id" not in visitor.session
    assert AuditEntry.objects.filter(action="grant", subject_id=user.pk, changes={"role": [None, "finance"]}).exists()


@pytest.mark.django_db(transaction=True)
def test_the_link_of_an_invitation_ignores_what_host_the_request_claims(settings: Any, browse: Browse) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = browse(UserFactory(roles=["administrator"]))
    values = {"email": "a@example.com", "full_name": "A", "language": "zh-hans"}

    forged = client.post("/people/invite/", values, headers={"Host": "evil.example"})
    forwarded = client.post("/people/invite/", values, headers={"X-Forwarded-Host": "evil.example"})

    assert forged.status_code == 400
    assert forwarded.status_code == 302
    assert "http://localhost:8000/join/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


def test_an_invitation_expires_after_a_day(administrator: User, browse: Browse, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01 12:00Z", tick=False)
    from accounts.services import invitations

    invitation = Invitation.objects.create(
        email="a@example.com",
        full_name="A",
        digest=invitations.digest_of("secret"),
        invited_by=administrator,
        expires_at="2026-03-02T12:00Z",
    )

    time_machine.move_to("2026-03-02 12:00:01Z", tick=False)

    assert Client().get("/join/secret/").status_code == 410
    assert invitation.accepted_at is None


def test_roles_are_given_by_administrators_never_to_oneself(administrator: User, person: User, browse: Browse) -> None:
    client = browse(administrator)

    given = client.post(f"/people/{person.pk}/roles/", {"roles": ["director"], "version": person.version})
    own = client.post(f"/people/{administrator.pk}/roles/", {"roles": ["finance"], "version": administrator.version})

    person.refresh_from_db()
    administrator.refresh_from_db()
    assert (given.status_code, own.status_code) == (302, 403)
    assert (person.roles, administrator.roles) == (["director"], ["administrator"])
    grant = AuditEntry.objects.get(action="grant")
    assert (grant.actor, grant.subject_id, grant.changes) == (administrator, person.pk, {"role": [None, "director"]})


def test_a_second_editor_sees_both_versions(administrator: User, person: User, browse: Browse) -> None:
    stale = person.version
    other = UserFactory(roles=["administrator"], full_name="Bo Administrator")
    browse(other).post(f"/people/{person.pk}/roles/", {"roles": ["finance"], "version": stale})

    answer = browse(administrator).post(f"/people/{person.pk}/roles/", {"roles": ["director"], "version": stale})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bo Administrator" in page
    assert f'name="version" value="{stale + 1}"' in page
    person.refresh_from_db()
    assert person.roles == ["finance"]


def test_a_form_without_its_version_is_refused(administrator: User, person: User, browse: Browse) -> None:
    assert browse(administrator).post(f"/people/{person.pk}/roles/", {"roles": []}).status_code == 400


@pytest.mark.parametrize("reader", ["auditor", "person"])
def test_only_administrators_change_people(request: Any, reader: str, administrator: User, browse: Browse) -> None:
    client = browse(request.getfixturevalue(reader))
    values = {"version": administrator.version, "roles": ["finance"]}

    answers = {
        client.post(f"/people/{administrator.pk}/{act}/", values).status_code
        for act in ("roles", "deactivate", "reactivate")
    }

    administrator.refresh_from_db()
    assert answers <= {403, 404}
    assert (administrator.is_active, administrator.roles) == (True, ["administrator"])


def test_deactivation_ends_sessions_and_tokens_at_once(administrator: User, person: User, browse: Browse) -> None:
    theirs, token = browse(person), ApiTokenFactory(owner=person)
    assert theirs.get("/settings/").status_code == 200

    browse(administrator).post(f"/people/{person.pk}/deactivate/", {"version": person.version})

    assert theirs.get("/settings/").headers["Location"].startswith("/accounts/login/")
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    entry = AuditEntry.objects.get(action="update", subject_id=person.pk)
    assert entry.changes == {"is_active": [True, False], "tokens_ended": [None, 1]}


def test_the_last_administrator_stays(administrator: User, browse: Browse) -> None:
    second = UserFactory(roles=["administrator"])
    browse(administrator).post(f"/people/{second.pk}/roles/", {"roles": [], "version": second.version})

    # an administrator cannot act on himself, so the last one has nobody left who could remove him
    own = browse(administrator).post(f"/people/{administrator.pk}/deactivate/", {"version": administrator.version})

    administrator.refresh_from_db()
    assert own.status_code == 403
    assert administrator.is_active


def test_setup_makes_the_first_administrator_once(db: None) -> None:
    visitor = Client()
    values = {
        "full_name": "First",
        "email": "first@example.com",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }

    assert visitor.get("/setup/").status_code == 200
    assert visitor.post("/setup/", values).headers["Location"] == "/accounts/login/"
    assert visitor.get("/setup/").status_code == 404
    assert visitor.post("/setup/", values | {"email": "second@example.com"}).status_code == 404
    assert list(User.objects.values_list("email", "roles")) == [("first@example.com", ["administrator"])]
