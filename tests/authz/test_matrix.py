"""Each cell of the access matrix holds on every address, for every persona, on pages and API.

Not visible: 404. Visible but not allowed: 403. Allowed: neither. A refusal leaves every table as it was, and no answer
holds a protected value that its reader may not read.
"""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kcrm.lib.access import Scope, Verb, allows_anywhere, global_standings, verbs_for
from teams.permissions import reach_of
from tests.authz.canaries import leaked, words_of
from tests.authz.routes import API, PAGES, Route, Rule, routes, rules
from tests.authz.seed import Seed, fingerprint
from tests.pages import lasting_text

pytestmark = pytest.mark.django_db

BY_NAME = {route.name: route for route in routes()}
OF_CUSTOMER = {
    "customer", "tab", "site", "buying_unit", "contact", "contact_role", "interaction", "task", "document",
    "agreement", "membership", "ledger_document", "ledger_line", "sales_summary", "rating", "score", "factor",
    "customer_view", "view_factor", "alternative", "supplier_score", "position", "potential",
    "privacy_request", "decision", "decision_line", "snapshot_row",
    "relationship", "bond",
}  # fmt: skip
OF_NOBODY = {"all", "unit", "coverage_rule", "person", "product", "product_group", "scoring_model", "judged", "webhook"}
OF_NOBODY |= {"tier_rule", "quadrant_rule", "capacity", "round", "snapshot", "custom_field", "project"}
OF_NOBODY |= {"scenario", "scenario_move"}
OF_NOBODY |= {"unit_place", "grid_cell"}
OF_NOBODY |= {"project_step", "project_objective", "project_resource", "project_mode", "project_member"}
# Sight of a record is decided by another row of the matrix than the act: first look, then act.
SEEN_BY = {
    **{
        rule.name: "account_profile"
        for rule in rules(PAGES)
        if rule.name.startswith("customers:") and rule.target == "customer" and rule.resource != "account_team"
    },
    **dict.fromkeys(
        (
            "customers:contact-privacy",
            "customers:consent-create",
            "customers:privacy-request-create",
            "customers:hold-create",
        ),
        "contact",
    ),
    "customers:customer-history": "account_profile",
    "api:customer-history": "account_profile",
    "selection:rate": "score",
    **{
        rule.name: "score"
        for rule in rules(PAGES)
        if rule.name.startswith("selection:") and rule.target in {"customer", "view_factor", "alternative"}
    },
    **dict.fromkeys(("api:customer-view-describe", "api:customer-view-weights"), "score"),
    "selection:run": "",
    "api:score-run": "",
}


# Of one right of the matrix these may use a part only: the administrator's grant is the hand-over when somebody
# leaves, the account manager's grant is not his own place; inviting is the administrator's, looking on the auditor's.
NARROWER = {
    ("administrator", "customers:hand-over"),
    ("administrator", "customers:team-member-create"),
    ("administrator", "customers:team-member-update"),
    ("administrator", "customers:team-member-end"),
    ("account_manager", "customers:hand-over"),
}
# Finance fills in custom fields of its own classes on customers that it only reads otherwise.
WIDER = {("finance", "customers:customer-fields")}
BODIES = {
    "api:contact-left": {"on": "2026-02-01"},
    "api:scoring-model-factors": {"factors": [{"key": "fit", "kind": "judged", "weight": "100"}]},
    "api:scoring-model-weights": {"comparisons": []},
    "api:scoring-round-edition": {"model": 1},
    "api:customer-view-describe": {"sole_source": True, "verified_on": None},
    "api:decision-reject": {"remark": "Too early"},
    "api:decision-tell": {"people": []},
    "api:selection-project-market": {"market_map": None, "segments": []},
    "api:selection-project-scoring": {"factor_sets": [], "rounds": []},
    "api:selection-project-decision": {"decision": None},
    "api:scoring-model-send-back": {"remark": "Too much past."},
} | {f"api:selection-project-{act}": {"step": "objectives"} for act in ("ask", "sign-off", "waive", "refuse")}


WORDS = {
    "step": "objectives", "mode": "farmer", "quadrant": "key", "side": "customer", "attractiveness": "high",
    "status": "low", "field": "life_cycle", "record": "customer",
}  # fmt: skip
CELLS = {
    "customers:contact-cell": "custom_assistant", "customers:task-cell": "priority",
    "profitability:product-cell": "unit",
}  # fmt: skip


def arguments(rule: Rule, route: Route, seed: Seed) -> dict[str, int | str]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
    values: dict[str, int | str] = {}
    for name in names:
        if name == "customer_id" or (name == "pk" and rule.target in {"customer", "tab", "factor"}):
            values[name] = seed.customer.pk
        elif name == "factor_pk":
            values[name] = seed.key("factor")
        elif name == "form":
            values[name] = "csv" if rule.name.endswith("-export") else "pdf"
        elif name == "slug":
            values[name] = "sites"
        elif name == "row":
            values[name] = seed.key("project_member" if "member" in rule.name else "project_objective")
        elif name == "field" and rule.name in CELLS:
            values[name] = CELLS[rule.name]
        elif name in WORDS:
            values[name] = WORDS[name]
        else:
            values[name] = seed.key(rule.target) if rule.target in seed.records else 1
    return values


def granted(user, rule: Rule, seed: Seed, verb: Verb, resource: str) -> bool:
    """What the matrix says, read afresh."""
    reach = reach_of(user)
    if rule.target in OF_CUSTOMER:
        customer = seed.customer
        standings = reach.standings(team_id=customer.account_team_id, unit_path=customer.org_unit.path)
        if rule.target == "task" and seed.records["task"].assignee_id == user.pk:
            standings += global_standings(user.roles, is_self=True)
        return verb in verbs_for(resource, standings)
    standings = list(global_standings(user.roles))
    if verb is Verb.READ:
        standings += reach.teams.values()
    if verb is Verb.READ and reach.led:
        standings.append(
            next(s for s in reach.standings(team_id=None, unit_path=reach.led[0]) if s.scope is Scope.PORTFOLIO)
        )
    return verb in verbs_for(resource, standings)


def expected(user, rule: Rule, seed: Seed) -> int:
    """404, 403, or 200 for anything that is neither."""
    if (name_of(user, seed), rule.name) in NARROWER:
        return 403
    if (name_of(user, seed), rule.name) in WIDER:
        return 200
    sight = SEEN_BY.get(rule.name, rule.resource)
    if sight and not granted(user, rule, seed, Verb.READ, sight):
        return 403 if rule.target == "all" else 404
    return 200 if granted(user, rule, seed, Verb(rule.verb), rule.resource) else 403


def name_of(user, seed: Seed) -> str:
    """Which persona this is."""
    return next(name for name, person in seed.people.items() if person.pk == user.pk)


def may_read_some(user, rule: Rule) -> bool:
    """Whether the person could read such a record anywhere."""
    return allows_anywhere(SEEN_BY.get(rule.name, rule.resource), Verb.READ, reach_of(user).actors())


def call(client: Client, rule: Rule, url: str, seed: Seed):
    response = client.get(url)
    if response.status_code == 405:
        record = seed.records.get(rule.target)
        body = {"version": getattr(record, "version", 1)}
        if rule.name.startswith("api:"):
            etag = f'"{body["version"]}"'
            return client.post(url, BODIES.get(rule.name, {}), content_type="application/json", HTTP_IF_MATCH=etag)
        return client.post(url, body)
    return response


def shown(status: int) -> int:
    return status if status in {403, 404} or status >= 500 else 200


RECORDS = [rule for rule in [*rules(PAGES), *rules(API)] if rule.target in OF_CUSTOMER | OF_NOBODY]


@pytest.mark.parametrize("rule", RECORDS, ids=lambda rule: rule.name)
def test_every_persona_gets_what_the_matrix_says(rule: Rule, seed: Seed, untouched: str, signed_in):
    route = BY_NAME[rule.name]
    url = reverse(rule.name, kwargs=arguments(rule, route, seed))
    found, wanted, leaks = {}, {}, []
    for name, user in seed.people.items():
        user.__dict__.pop("_reach", None)
        wanted[name] = expected(user, rule, seed)
    denied_first = sorted(seed.people.items(), key=lambda item: wanted[item[0]] == 200)
    for name, user in denied_first:
        with transaction.atomic():
            response = call(signed_in(name), rule, url, seed)
            leaks += leaked(name, words_of(response))
            transaction.set_rollback(wanted[name] == 200)
        found[name] = shown(response.status_code)
        if found[name] == 403 and wanted[name] == 404 and not may_read_some(user, rule):
            found[name] = 404  # who may read none of these is told so whether or not the record exists

    assert {name: (found[name], wanted[name]) for name in found if found[name] != wanted[name]} == {}
    assert leaks == []
    assert set(wanted.values()) == {200} or fingerprint() == untouched


@pytest.mark.parametrize("rule", [rule for rule in RECORDS if rule.target in OF_CUSTOMER], ids=lambda rule: rule.name)
def test_an_invisible_record_answers_as_one_that_is_not_there(rule: Rule, seed: Seed, signed_in):
    route = BY_NAME[rule.name]
    here = arguments(rule, route, seed)
    nowhere = {name: 9_999_999 if isinstance(value, int) else value for name, value in here.items()}
    client = signed_in("outsider")

    invisible = call(client, rule, reverse(rule.name, kwargs=here), seed)
    missing = call(client, rule, reverse(rule.name, kwargs=nowhere), seed)

    assert invisible.status_code == missing.status_code == 404
    assert _without_its_address(invisible, here) == _without_its_address(missing, nowhere)


def _without_its_address(response, arguments: dict[str, int | str]) -> str:
    """The answer without what differs by itself, and without the address it repeats."""
    text = lasting_text(response)
    for value in sorted({str(value) for value in arguments.values()}, key=len, reverse=True):
        text = text.replace(value, "")
    return re.sub(r"\d", "", text)


@pytest.mark.parametrize("rule", [*rules(PAGES), *rules(API)], ids=lambda rule: rule.name)
def test_nothing_opens_without_sign_in_but_what_is_public(rule: Rule, seed: Seed):
    route = BY_NAME[rule.name]
    names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
    texts = {
        "secret": "x",
        "slug": "overview",
        "form": "pdf",
        "list_key": "customers",
        "source": "erp",
        "value": "CANARY",
    }
    texts["field"] = "life_cycle"
    if rule.name.endswith("-export"):
        texts["form"] = "csv"
    url = reverse(rule.name, kwargs={name: texts.get(name, 1) for name in names})

    response = Client().get(url)

    if rule.target == "public":
        assert response.status_code in {200, 302, 404, 410, 503}
        assert "/accounts/login/" not in response.headers.get("Location", "")
    elif rule.name.startswith("api:"):
        assert response.status_code == 401
    else:
        assert response.status_code in {302, 405}
        assert response.status_code == 405 or response["Location"].startswith("/accounts/login/")
