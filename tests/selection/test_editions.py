"""Two persons put a factor set into force: one asks, another approves it or sends it back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import ModelFactor, ScoringModel
from selection.selectors.editions import change_of
from selection.selectors.waiting import waiting_for
from selection.services.editions import approve_edition, ask_for_force, send_back, take_back
from selection.services.models import change_factors, create_model, next_edition
from tests import personas
from tests.factories.accounts import UserFactory
from tests.selection.approving import leader, put_into_force, second_person
from tests.selection.rounds import factors

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def director():
    return leader("Dora Director")


@pytest.fixture
def draft(office) -> ScoringModel:
    return create_model(name="Attractiveness", factors=factors(), by=office)


@pytest.fixture
def asked(draft, office, director) -> ScoringModel:
    return ask_for_force(model_id=draft.pk, version=draft.version, by=office)


def told(user) -> list[str]:
    return list(Notification.objects.filter(user=user).values_list("kind", flat=True))


def test_an_edition_that_is_asked_for_scores_nobody_and_waits_for_every_director(asked, director, office):
    assert asked.state == ScoringModel.State.ASKED
    assert not ScoringModel.objects.in_force().exists()
    assert told(director) == ["selection.model-to-approve"]
    assert told(office) == []


def test_a_second_person_puts_it_into_force_and_the_author_hears_of_it(asked, director, office):
    made = approve_edition(model_id=asked.pk, version=asked.version, remark="Agreed.", by=director)

    assert (made.state, made.asked_by, made.decided_by, made.remark) == ("active", office, director, "Agreed.")
    assert told(office) == ["selection.model-answered"]
    entry = AuditEntry.objects.filter(action=AuditEntry.Action.APPROVE).get()
    assert (entry.actor, entry.changes["state"], entry.reason) == (director, ["asked", "active"], "Agreed.")


def test_the_edition_before_retires_only_then(asked, director, office):
    first = approve_edition(model_id=asked.pk, version=asked.version, by=director)
    second = next_edition(model_id=first.pk, by=office)
    second = ask_for_force(model_id=second.pk, version=second.version, by=office)
    assert list(ScoringModel.objects.in_force()) == [first]

    approve_edition(model_id=second.pk, version=second.version, by=director)

    first.refresh_from_db()
    assert (first.state, list(ScoringModel.objects.in_force())) == ("retired", [second])


def test_it_is_sent_back_with_a_reason_and_is_a_draft_again(asked, director, office):
    with pytest.raises(DomainError, match="Say why"):
        send_back(model_id=asked.pk, version=asked.version, remark=" ", by=director)

    made = send_back(model_id=asked.pk, version=asked.version, remark="Too much past.", by=director)
    changed = change_factors(model_id=made.pk, version=made.version, factors=factors(), by=office)
    again = ask_for_force(model_id=made.pk, version=changed.version, by=office)

    assert (made.state, told(office)) == ("draft", ["selection.model-answered"])
    assert (again.state, again.decided_by, again.remark) == ("asked", None, "")


@pytest.mark.parametrize("role", ["asker", "author"])
def test_who_wrote_or_asked_for_it_never_decides(office, role):
    both = leader("Bo Both", "programme_office")
    writer, asker = (office, both) if role == "asker" else (both, office)
    model = create_model(name="Attractiveness", factors=factors(), by=writer)
    model = ask_for_force(model_id=model.pk, version=model.version, by=asker)

    for decide in (approve_edition, send_back):
        with pytest.raises(DomainError, match="Somebody else"):
            decide(model_id=model.pk, version=model.version, remark="Fine", by=both)

    assert ScoringModel.objects.get().state == ScoringModel.State.ASKED


def test_who_may_write_may_not_approve_and_who_approves_may_not_write(asked, draft, office, director):
    with pytest.raises(NotAllowed):
        approve_edition(model_id=asked.pk, version=asked.version, by=UserFactory(roles=["programme_office"]))
    with pytest.raises(NotAllowed):
        take_back(model_id=asked.pk, version=asked.version, by=director)


def test_what_is_asked_for_does_not_change_until_it_is_taken_back(asked, office):
    with pytest.raises(DomainError, match="Take it back"):
        change_factors(model_id=asked.pk, version=asked.version, factors=factors(), by=office)

    model = take_back(model_id=asked.pk, version=asked.version, by=office)

    assert change_factors(model_id=model.pk, version=model.version, factors=factors(), by=office).state == "draft"


def test_it_is_approved_as_it_was_read(asked, director, office):
    seen = asked.version
    model = take_back(model_id=asked.pk, version=asked.version, by=office)
    ask_for_force(model_id=model.pk, version=model.version, by=office)

    with pytest.raises(StaleVersion):
        approve_edition(model_id=asked.pk, version=seen, by=director)


def test_it_is_decided_once(asked, director):
    made = approve_edition(model_id=asked.pk, version=asked.version, by=director)

    for decide in (approve_edition, send_back):
        with pytest.raises(DomainError, match="decided already"):
            decide(model_id=made.pk, version=made.version, remark="Again", by=director)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "active"},
        {"state": "active", "decided_by": "office"},
        {"state": "active", "decided_by": None},
    ],
)
def test_the_database_lets_nobody_put_it_into_force_alone(asked, office, values):
    if values.get("decided_by") == "office":
        values = values | {"decided_by": office}

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoringModel.objects.filter(pk=asked.pk).update(**values)


def test_the_database_keeps_the_factors_of_what_is_asked_for_and_in_force(asked, director):
    def stays() -> None:
        for change in (
            lambda: ModelFactor.objects.filter(model=asked).update(weight=1),
            lambda: ModelFactor.objects.filter(model=asked).delete(),
            lambda: ModelFactor.objects.create(model=asked, key="late", kind="judged", weight=0),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()

    stays()
    approve_edition(model_id=asked.pk, version=asked.version, by=director)
    stays()


def test_who_approves_reads_what_it_would_change(office):
    first = create_model(name="Attractiveness", factors=factors(("fit", "access", "growth")), by=office)
    put_into_force(model_id=first.pk, version=first.version, by=office)
    other = [one | {"weight": 50} for one in factors(("fit", "closeness"))]
    second = create_model(name="Attractiveness", factors=other, by=office)

    change = change_of(second)

    assert change.former == ScoringModel.objects.in_force().get()
    assert [(one.name, one.before, one.after) for one in change.factors] == [
        ("Fit", 34, 50),
        ("Closeness of the relationship", None, 50),
        ("Access", 33, None),
        ("Growth", 33, None),
    ]


def test_all_of_it_by_clicking(client: Client, draft, office, director):
    def press(name: str, user, **more):
        client.force_login(user)
        version = ScoringModel.objects.get().version
        return client.post(reverse(f"selection:model-{name}", args=[draft.pk]), {"version": version, **more})

    def page(user) -> str:
        client.force_login(user)
        return client.get(reverse("selection:model-detail", args=[draft.pk])).content.decode()

    assert "Ask to put into force" in page(office)
    press("ask", office)
    assert "asked on" in page(office)
    assert [one.title for one in waiting_for(director)] == ["Put into force or send back: Attractiveness 1"]
    assert waiting_for(office) == []
    assert reverse("selection:model-approve", args=[draft.pk]) in page(director)
    assert press("send-back", director, remark="").status_code == 422
    press("send-back", director, remark="Two factors are few.")
    assert "Two factors are few." in page(office)
    press("ask", office)
    press("take-back", office)
    press("ask", office)
    press("approve", director)

    assert ScoringModel.objects.get().state == ScoringModel.State.ACTIVE
    assert "Dora Director put it into force" in page(second_person())
