"""Each kind keeps what it is given through every door, and nothing that it cannot keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fields.definitions import Definition, Option
from fields.forms import control_of
from fields.kinds import kind_of
from kcrm.lib.errors import DomainError
from kcrm.lib.imports.values import understood

OPTIONS = (
    Option("gold", "Gold", "金牌"),
    Option("silver", "Silver, plated", "银牌"),
    Option("old", "Old", "", retired=True),
)


def field(kind: str, **values) -> Definition:
    return Definition(id=1, record_type="customer", key="own", kind=kind, label_en="Own", **values)


TEXT, DATE, LINK = field("text"), field("date"), field("link")
NUMBER = field("number", places=3)
MONEY = field("money", places=2, currency="EUR")
CHOICE, CHOICES = field("choice", options=OPTIONS), field("choices", options=OPTIONS)

texts = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=80).filter(str.strip)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
amounts = st.decimals(-(10**17), 10**17, places=2, allow_nan=False)
numbers = st.decimals(-(10**17), 10**17, places=3, allow_nan=False)
hosts = st.from_regex(r"[a-z]{2,10}\.(com|cn|org)(/[a-z0-9]{1,9})?", fullmatch=True)
VALUES = st.one_of(
    st.tuples(st.just(TEXT), texts),
    st.tuples(st.just(DATE), days),
    st.tuples(st.just(LINK), hosts),
    st.tuples(st.just(NUMBER), numbers),
    st.tuples(st.just(MONEY), amounts),
    st.tuples(st.just(CHOICE), st.sampled_from(["gold", "silver"])),
    st.tuples(st.just(CHOICES), st.lists(st.sampled_from(["gold", "silver"]), min_size=1)),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a loaded machine is not the test
@given(VALUES)
def test_a_value_comes_back_from_every_door_as_it_was_stored(pair):
    known, value = pair
    kind = kind_of(known)
    stored = kind.clean(known, value)
    if stored is None:  # a text of invisible signs alone
        return

    assert kind.clean(known, stored, stored) == stored
    assert kind.sent(known, kind.api(known, stored)) == stored
    control = control_of(known, stored)
    assert kind.clean(known, control.clean(kind.typed(known, stored))) == stored
    cell = kind.written(known, stored, {})
    assert kind.clean(known, understood(kind.cell(known), cell)) == stored
    assert kind.words(known, stored, {})


@pytest.mark.parametrize(
    ("known", "value"),
    [
        (TEXT, "x" * 1_001), (TEXT, 7), (TEXT, ["x"]), (TEXT, "bell\x07"),
        (NUMBER, "NaN"), (NUMBER, float("inf")), (NUMBER, "1e999"), (NUMBER, "1.0001"), (NUMBER, True),
        (NUMBER, "9" * 200), (NUMBER, 10**18), (NUMBER, {}), (NUMBER, "twelve"),
        (MONEY, {"amount": "1"}), (MONEY, {"amount": "1", "currency": "USD"}), (MONEY, "1.999"),
        (MONEY, {"amount": "1", "currency": "EUR", "rate": 2}),
        (DATE, "31.02.2026"), (DATE, "0000-00-00"), (DATE, "9999-12-31"), (DATE, 20260131),
        (CHOICE, "bronze"), (CHOICE, "old"), (CHOICE, ["gold"]), (CHOICES, ["gold", "bronze"]), (CHOICES, [1]),
        (CHOICES, {"gold": 1}),
        (LINK, "javascript:alert(1)"), (LINK, "JaVaScRiPt://x.com/%0aalert(1)"), (LINK, "data:text/html,x"),
        (LINK, "https://user:secret@example.com"), (LINK, "http://"), (LINK, "two words"), (LINK, "ftp://example.com"),
        (LINK, "https://example.com/" + "x" * 500),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_a_sentence(known, value):
    with pytest.raises(DomainError):
        kind_of(known).clean(known, value)


def test_an_amount_without_its_currency_is_not_taken_from_a_program():
    with pytest.raises(DomainError, match="currency"):
        kind_of(MONEY).sent(MONEY, "12.00")


def test_a_retired_choice_stays_where_it_is_and_goes_nowhere_else():
    assert kind_of(CHOICE).clean(CHOICE, "old", "old") == "old"
    assert kind_of(CHOICES).clean(CHOICES, ["old", "gold"], ["old"]) == ["gold", "old"]
    assert ("old", "Old") in kind_of(CHOICE).control(CHOICE, "old").choices
    assert ("old", "Old") not in kind_of(CHOICE).control(CHOICE).choices


@pytest.mark.parametrize(
    ("known", "value", "stored"),
    [
        (NUMBER, -0.0, "0.000"), (NUMBER, "1e2", "100.000"), (NUMBER, 0.1, "0.100"), (NUMBER, "", None),
        (MONEY, Decimal("12.5"), "12.50"), (MONEY, {"amount": 12, "currency": "EUR"}, "12.00"),
        (LINK, "example.com/plan", "https://example.com/plan"), (TEXT, " ", None),
        (TEXT, "  two   words ", "two words"),
        (CHOICES, ["silver", "gold", "silver"], ["gold", "silver"]), (CHOICES, [], None), (DATE, None, None),
    ],
)  # fmt: skip
def test_values_are_stored_in_one_way(known, value, stored):
    assert kind_of(known).clean(known, value) == stored


def test_words_of_both_languages_and_keys_are_understood_in_files():
    cell = kind_of(CHOICES).cell(CHOICES)

    assert understood(cell, "金牌；Silver, plated") == ["gold", "silver"]
    assert understood(cell, "GOLD") == ["gold"]
