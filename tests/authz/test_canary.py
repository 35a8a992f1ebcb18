"""No protected value leaves the fields of those who may read it, wherever it might show."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.authz.routes import API, PAGES, rules
from tests.authz.seed import COST_MARKS, NAME, PRIVATE
from tests.authz.test_matrix import BY_NAME, OF_CUSTOMER, OF_NOBODY, arguments

pytestmark = pytest.mark.django_db

MAY_READ_PRIVATE = {"account_manager", "director"}
MAY_READ_COST = {"finance", "director"}
KNOW_THE_CUSTOMER = {
    "account_manager", "team_contributor", "team_reader", "director", "finance", "service_agent", "programme_office",
    "administrator",  # the page of an account team names its customer
    "auditor",  # the trail names what it is about
}  # fmt: skip
EXPORTS = ("", "?export=csv", "?export=json")


def everything_readable(client: Client, seed) -> str:
    """All that GET gives this reader: pages, fragments, API, searches, exports."""
    texts = []
    for rule in [*rules(PAGES), *rules(API)]:
        if rule.target not in OF_CUSTOMER | OF_NOBODY | {"list", "open"} or rule.name in {"styleguide", "api:schema"}:
            continue
        if rule.name == "accounts:saved-view-save":
            continue
        url = reverse(
            rule.name, kwargs=arguments(rule, BY_NAME[rule.name], seed) if "<" in BY_NAME[rule.name].pattern else {}
        )
        suffixes = EXPORTS if rule.target == "list" and not rule.name.startswith("api:") else ("",)
        for suffix in suffixes:
            response = client.get(url + suffix)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            texts.append(body.decode("utf-8", "replace"))
    for query in ("canary", "CANARY-private", "77123"):
        texts.append(client.get("/search/", {"q": query}).content.decode().replace(query, ""))
        texts.append(client.get("/api/v1/search/", {"q": query}).content.decode().replace(query, ""))
    return "\n".join(texts)


@pytest.mark.timeout(400)
def test_canaries_stay_where_they_may_be_read(seed):
    leaks = []

    for name, user in seed.people.items():
        client = Client()
        client.force_login(user)
        text = everything_readable(client, seed)
        if name not in MAY_READ_PRIVATE:
            leaks += [(name, mark) for mark in PRIVATE if mark in text]
        if name not in MAY_READ_COST:
            leaks += [(name, mark) for mark in COST_MARKS if mark in text]
        if name not in KNOW_THE_CUSTOMER and NAME in text:
            leaks.append((name, NAME))

    assert leaks == []


def test_those_who_may_do_read_the_canaries(seed):
    manager, finance = Client(), Client()
    manager.force_login(seed.people["account_manager"])
    finance.force_login(seed.people["finance"])

    contact = manager.get(f"/api/v1/contacts/{seed.key('contact')}/").content.decode()
    line = finance.get(f"/api/v1/ledger-lines/{seed.key('ledger_line')}/").content.decode()

    assert PRIVATE[0] in contact
    assert "77123.4567" in line
