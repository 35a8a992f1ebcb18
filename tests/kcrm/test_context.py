"""What stands around every page."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.models import User
from kcrm import context
from kcrm.context import Place, everybody, may_somewhere
from tests.factories.accounts import UserFactory
from tests.factories.teams import MembershipFactory

PLACES = (
    ("", (Place("Start", "styleguide", "sun", shortcut="d"),)),
    (
        "Data",
        (Place("Nowhere", "no-such-page", "sun"), Place("Trail", "usersessions_list", "history", lambda user: False)),
    ),
)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    context.url_of.cache_clear()
    monkeypatch.setattr(context, "PLACES", PLACES)


def person(*roles: str) -> User:
    return User(email="a@example.com", full_name="Ada Ames", roles=list(roles))


@pytest.mark.usefixtures("places")
def test_navigation_leaves_out_what_nobody_serves_or_the_reader_may_not_see() -> None:
    (group,) = context.navigation_for(person(), "/")

    assert [(item.label, item.url, item.shortcut) for item in group.items] == [("Start", "/styleguide/", "d")]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("path", "current"), [("/styleguide/", True), ("/styleguide/7/", True), ("/other/", False)])
def test_navigation_marks_where_the_reader_is(path: str, current: bool) -> None:
    (group,) = context.navigation_for(person(), path)

    assert group.items[0].current is current


@pytest.mark.django_db
def test_administrators_are_not_led_to_business_content() -> None:
    sees_customers = may_somewhere("account_profile")

    assert not sees_customers(person("administrator"))
    assert sees_customers(person())
    assert sees_customers(person("administrator", "finance"))


@pytest.mark.django_db
def test_finance_is_led_to_talks_only_through_a_team() -> None:
    alone, in_team = UserFactory(roles=["finance"]), UserFactory(roles=["finance"])
    MembershipFactory(user=in_team)

    assert not may_somewhere("interaction")(alone)
    assert may_somewhere("interaction")(in_team)


@pytest.mark.django_db
def test_people_are_for_those_who_see_more_than_themselves() -> None:
    sees_people = may_somewhere("user", beyond_self=True)

    assert sees_people(person("administrator"))
    assert not sees_people(person("finance"))
    assert everybody(person())


def test_frame_takes_the_theme_of_the_person_before_the_cookie() -> None:
    request = RequestFactory().get("/")
    request.COOKIES = {"kcrm_theme": "light", "kcrm_density": "compact"}
    request.user = person()
    request.user.theme = "dark"

    frame = context.shell(request)["shell"]

    assert (frame["theme"], frame["compact"], frame["narrow"]) == ("dark", True, False)
