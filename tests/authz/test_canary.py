"""No protected value leaves the fields of those who may read it, in lists, exports and searches.

Whatever stands under the address of one record is looked through where its rights are tested, in test_matrix.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from tests.authz.canaries import leaked, words_of
from tests.authz.routes import API, PAGES, rules
from tests.authz.seed import PRIVATE
from tests.authz.test_matrix import BY_NAME, arguments

pytestmark = pytest.mark.django_db

EXPORTS = ("", "?export=csv", "?export=json")
NOT_READ = {"styleguide", "api:schema", "accounts:saved-view-save"}


def everything_listed(client: Client, seed) -> Iterator[str]:
    """All that GET gives this reader beside single records: lists, what is open to all, searches, exports."""
    for rule in [*rules(PAGES), *rules(API)]:
        if rule.target not in {"list", "open"} or rule.name in NOT_READ:
            continue
        route = BY_NAME[rule.name]
        url = reverse(rule.name, kwargs=arguments(rule, route, seed) if "<" in route.pattern else {})
        suffixes = EXPORTS if rule.target == "list" and not rule.name.startswith("api:") else ("",)
        for suffix in suffixes:
            yield words_of(client.get(url + suffix))
    for query in ("canary", "CANARY-private", "77123"):
        for address in ("/search/", "/api/v1/search/"):
            yield words_of(client.get(address, {"q": query})).replace(query, "")


@pytest.mark.timeout(400)
def test_canaries_stay_where_they_may_be_read(seed, signed_in):
    leaks = []

    for name in seed.people:
        leaks += [leak for text in everything_listed(signed_in(name), seed) for leak in leaked(name, text)]

    assert leaks == []


def test_those_who_may_do_read_the_canaries(seed):
    manager, finance = Client(), Client()
    manager.force_login(seed.people["account_manager"])
    finance.force_login(seed.people["finance"])

    contact = manager.get(f"/api/v1/contacts/{seed.key('contact')}/").content.decode()
    line = finance.get(f"/api/v1/ledger-lines/{seed.key('ledger_line')}/").content.decode()

    assert PRIVATE[0] in contact
    assert "77123.4567" in line
