"""Which customers may be the same companies as many that are about to be created: few statements, not one for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import IntegerField, Value

from customers.models import Customer
from customers.querysets.customers import SHORTEST_PHONE
from customers.selectors.duplicates import LIKE, MOST, asked_of

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE: Final = 100
ALIKE: Final = """
    WITH sent AS (SELECT * FROM unnest(%s::text[]) WITH ORDINALITY AS sent(name_key, place) WHERE name_key <> '')
    SELECT later.place - 1, earlier.place - 1
    FROM sent AS later JOIN sent AS earlier ON earlier.place < later.place
    WHERE similarity(later.name_key, earlier.name_key) >= %s
"""
SAME: Final = ("domain", "registration_no", "phone_digits")


def doubles_of_many(user: User, many: Sequence[Mapping[str, Any]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """{place: ids} of likely doubles that the user sees, and of those that he does not see.

    `many` are values as `likely_duplicates` takes them, counted from 0. A statement for every hundred, and one.
    """
    found: list[tuple[int, int]] = []
    for start in range(0, len(many), AT_ONCE):
        looks = [
            Customer.objects.alive()
            .like(asked_of(values), at_least=LIKE)
            .annotate(place=Value(place, output_field=IntegerField()))
            .values_list("place", "pk")[:MOST]
            for place, values in enumerate(many[start : start + AT_ONCE], start=start)
        ]
        found += looks[0].union(*looks[1:], all=True) if len(looks) > 1 else looks[0]
    visible = set(
        Customer.objects.visible_to(user).filter(pk__in={pk for _place, pk in found}).values_list("pk", flat=True)
    )
    shown: dict[int, list[int]] = defaultdict(list)
    hidden: dict[int, list[int]] = defaultdict(list)
    for place, pk in found:
        (shown if pk in visible else hidden)[place].append(pk)
    return shown, hidden


def alike_among(many: Sequence[Mapping[str, Any]]) -> dict[int, set[int]]:
    """{place: places before it} of companies that look like one another. One statement.

    They share what `likely_duplicates` asks for: a name nearly, a domain, registration or telephone number exactly.
    """
    asked = [asked_of(values) for values in many]
    found: dict[int, set[int]] = defaultdict(set)
    if len(asked) < 2:
        return found
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [[one["name_key"] for one in asked], LIKE])
        for later, earlier in cursor.fetchall():
            found[later].add(earlier)
    for name in SAME:
        places: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(asked):
            if one[name] and (name != "phone_digits" or len(one[name]) >= SHORTEST_PHONE):
                found[place].update(places[one[name]])
                places[one[name]].append(place)
    return found
