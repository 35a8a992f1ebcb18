"""Custom fields are defined through REST as on their pages: by those who may, in person."""

from __future__ import annotations

import pytest

from fields.models import CustomField
from tests import personas
from tests.calls import Caller

pytestmark = pytest.mark.django_db
FIELD = {"record_type": "customer", "label_en": "Segment", "kind": "text", "field_class": "F0"}


@pytest.fixture
def caller() -> Caller:
    return Caller(personas.administrator())


def test_a_field_is_made_changed_moved_retired_restored_and_deleted(caller):
    first = caller.post("custom-fields/", FIELD | {"kind": "choice", "choices": [{"en": "Retail"}, {"en": "Trade"}]})
    second = caller.post("custom-fields/", FIELD | {"label_en": "Rank", "kind": "number", "places": 2})
    base = f"custom-fields/{second.json()['id']}/"
    changed = caller.patch(base, {"help_en": "From 1 to 9"}, version=1)
    up = caller.post(f"{base}up/", version=changed.json()["version"])
    down = caller.post(f"{base}down/", version=up.json()["version"])
    retired = caller.post(f"{base}retire/", version=down.json()["version"])
    restored = caller.post(f"{base}restore/", version=retired.json()["version"])
    stale = caller.delete(base, version=1)
    gone = caller.delete(base, version=restored.json()["version"])

    answers = (first, second, changed, up, down, retired, restored, stale, gone)
    assert [one.status_code for one in answers] == [201, 201, 200, 200, 200, 200, 200, 412, 204]
    assert [one["key"] for one in first.json()["choices"]] == ["retail", "trade"]
    assert (changed.json()["label_en"], changed.json()["places"], up.json()["position"]) == ("Rank", 2, 1)
    assert retired.json()["retired_at"] is not None
    assert CustomField.objects.get().key == "segment"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"record_type": "nothing"}, 400),
        ({"kind": "nothing"}, 400),
        ({"field_class": "F9"}, 422),
        ({"label_en": ""}, 422),
        ({"key": "name"}, 422),
        ({"more": 1}, 400),
    ],
)
def test_what_cannot_be_a_field_is_refused(caller, change, status):
    assert caller.post("custom-fields/", FIELD | change).status_code == status
    assert not CustomField.objects.exists()


def test_others_and_tokens_define_nothing(caller):
    made = caller.post("custom-fields/", FIELD).json()
    base = f"custom-fields/{made['id']}/"
    token = Caller.by_token(personas.administrator(), "accounts:read", "accounts:write")
    office, reader = Caller(personas.programme_office()), Caller(personas.outsider())

    assert office.post(f"{base}retire/", version=1).status_code == 200
    assert office.delete(base, version=2).status_code == 403
    for other in (reader, token):
        assert other.get(base).status_code == 200
        assert other.post(f"{base}restore/", version=2).status_code == 403
        assert other.post("custom-fields/", FIELD | {"label_en": "Mine"}).status_code == 403
