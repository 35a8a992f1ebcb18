"""What ended stays ended after a restore."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import ApiToken, User
from accounts.services.tokens import create_token, revoke_token
from accounts.services.users import deactivate_user, reactivate_user
from kcrm.lib.aftermath import end_again, note_end, path_of_ends, read_ends
from tests.factories.accounts import UserFactory


@pytest.fixture
def file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return path_of_ends()


@pytest.mark.django_db(transaction=True)
def test_a_revoked_token_and_a_deactivated_person_are_ended_again(file):
    administrator, person = UserFactory(roles=["administrator"]), UserFactory()
    token, _secret = create_token(name="ERP", scopes=["accounts:read"], by=person)
    revoke_token(token_id=token.pk, by=person)
    deactivate_user(user_id=person.pk, version=None, by=administrator)
    ApiToken.objects.update(revoked_at=None)  # what an older database would bring back
    User.objects.update(is_active=True)

    changed = end_again(read_ends(file))

    assert changed == {"token": 1, "user": 1}
    assert ApiToken.objects.get().revoked_at is not None
    assert not User.objects.get(pk=person.pk).is_active
    assert end_again(read_ends(file)) == {}


@pytest.mark.django_db(transaction=True)
def test_who_was_let_in_again_stays_in(file):
    administrator, person = UserFactory(roles=["administrator"]), UserFactory()
    deactivate_user(user_id=person.pk, version=None, by=administrator)
    reactivate_user(user_id=person.pk, version=None, by=administrator)

    end_again(read_ends(file))

    assert User.objects.get(pk=person.pk).is_active


def test_only_ends_since_a_moment_are_read_and_a_torn_line_is_left_out(file):
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    lines = [f'{{"kind": "token", "key": "{key}", "at": "{at.isoformat()}"}}' for key, at in (("a", old), ("b", new))]
    file.write_text("\n".join([*lines, '{"kind": "tok']))

    assert [end.key for end in read_ends(file)] == ["a", "b"]
    assert [end.key for end in read_ends(file, since=new - timedelta(days=1))] == ["b"]


def test_no_file_means_nothing_ended(file):
    assert list(read_ends(file)) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_did_not_end(file):
    def end_and_fail():
        with transaction.atomic():
            note_end("token", "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        end_and_fail()

    assert list(read_ends(file)) == []


def test_a_kind_that_nobody_ends_is_a_mistake(file):
    with pytest.raises(LookupError):
        note_end("unheard-of", 1)
