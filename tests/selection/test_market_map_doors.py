"""Market maps through their doors: the editor, files, REST."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kcrm.lib.errors import DomainError
from selection.models import MarketMap
from selection.selectors.market_maps import stored_parts
from selection.services.map_files import parts_of
from selection.services.market_maps import create_map, publish_map
from tests import personas
from tests.selection.test_market_maps import FLOWS, NODES

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def drawn(office) -> MarketMap:
    return create_map(name="Pumps", unit="t", nodes=NODES, flows=FLOWS, by=office)


@pytest.fixture
def browser(office) -> Client:
    client = Client()
    client.force_login(office)
    return client


def rows(prefix, *typed):
    """A form set as a browser posts it."""
    data = {f"{prefix}-TOTAL_FORMS": len(typed), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(typed):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def posted(drawn, volume="10", **more):
    return {
        "version": drawn.version, "name": "Pumps", "unit": "t", "currency": "USD",
        **rows("nodes", {"name": "We", "level": "us"}, {"name": "Users", "level": "end_customer", "decides": "100"}),
        **rows("flows", {"source": "We", "target": "users", "volume": volume, "our_share": "100", "rivals": ""}),
        **more,
    }  # fmt: skip


def test_the_editor_keeps_nodes_and_flows_by_name(browser, drawn):
    answer = browser.post(f"/selection/maps/{drawn.pk}/edit/", posted(drawn))

    nodes, flows = stored_parts(MarketMap.objects.get(pk=drawn.pk))
    assert answer.status_code == 302
    assert [(node.key, node.decision_share) for node in nodes] == [("we", None), ("users", Decimal(1))]
    assert [(flow.source, flow.target, flow.volume) for flow in flows] == [("we", "users", Decimal(10))]


def test_typing_shows_the_balance_and_keeps_nothing(browser, drawn):
    data = posted(drawn, check="1") | rows(
        "flows",
        {"source": "We", "target": "Shops", "volume": "10"},
        {"source": "Shops", "target": "Users", "volume": "7"},
    )
    data |= rows("nodes", *({"name": name, "level": "channel"} for name in ("We", "Shops", "Users")))

    answer = browser.post(f"/selection/maps/{drawn.pk}/edit/", data, headers={"HX-Request": "true"})

    assert "Shops receives 10.0, passes on 7.0 and loses 0.0: 3.0 too little goes on." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert drawn.nodes.count() == len(NODES)


def test_a_flow_to_nowhere_is_named_and_what_was_typed_stays(browser, drawn):
    data = posted(drawn) | rows("flows", {"source": "We", "target": "Nobody", "volume": "10"})

    answer = browser.post(f"/selection/maps/{drawn.pk}/edit/", data)

    assert answer.status_code == 422
    assert "Nobody, which is not among the nodes" in answer.content.decode()
    assert 'value="Nobody"' in answer.content.decode()


def test_who_comes_second_is_told_and_keeps_what_was_typed(browser, drawn):
    browser.post(f"/selection/maps/{drawn.pk}/edit/", posted(drawn))

    answer = browser.post(f"/selection/maps/{drawn.pk}/edit/", posted(drawn, volume="99"))

    assert answer.status_code == 409
    assert 'value="99"' in answer.content.decode()


def test_a_map_goes_out_as_a_file_and_comes_back_the_same(browser, drawn):
    before = stored_parts(drawn)
    file = browser.get(f"/selection/maps/{drawn.pk}/file/?form=csv")
    content = b"".join(file.streaming_content) if file.streaming else file.content

    browser.post(f"/selection/maps/{drawn.pk}/edit/", posted(drawn))
    version = MarketMap.objects.get(pk=drawn.pk).version
    upload = SimpleUploadedFile("map.csv", content)
    browser.post(f"/selection/maps/{drawn.pk}/file/", {"version": version, "file": upload})

    nodes, flows = stored_parts(drawn)
    assert sorted(node.name for node in nodes) == sorted(node.name for node in before[0])
    assert [(flow.volume, flow.our_share) for flow in flows] == [(flow.volume, flow.our_share) for flow in before[1]]


def test_a_file_at_fault_names_its_line():
    header = ["part", "name", "level", "from", "to", "volume"]

    with pytest.raises(DomainError, match="Line 3: a flow needs two nodes"):
        parts_of([header, ["node", "We", "us", "", "", ""], ["flow", "", "", "We", "Nobody", "1"]])


def test_the_picture_is_a_sankey_with_a_table(browser, drawn):
    page = browser.get(f"/selection/maps/{drawn.pk}/").content.decode()

    assert "sankey" in page
    assert "The market is 200 t." in page
    assert page.count("leverage point") == 2


def test_rest_draws_publishes_and_refuses_changes_afterwards(browser):
    body = {
        "name": "Valves", "unit": "t",
        "nodes": [{"name": "We", "level": "us"}, {"name": "Users", "level": "end_customer", "decision_share": "1"}],
        "flows": [{"source": "we", "target": "users", "volume": "5", "rival_shares": {"Bosch": "0.5"}}],
    }  # fmt: skip

    made = browser.post("/api/v1/market-maps/", body, content_type="application/json")
    key, tag = made.json()["id"], {"If-Match": made["ETag"]}
    published = browser.post(f"/api/v1/market-maps/{key}/publish/", headers=tag)
    refused = browser.patch(
        f"/api/v1/market-maps/{key}/", {"note": "x"}, content_type="application/json",
        headers={"If-Match": published["ETag"]},
    )  # fmt: skip

    assert made.status_code == 201
    assert published.json()["state"] == "published"
    assert published.json()["flows"][0] | {"volume": 0} == {
        "source": "we", "target": "users", "volume": 0, "value": None, "our_share": None,
        "rival_shares": {"Bosch": 0.5},
    }  # fmt: skip
    assert refused.status_code in {400, 409, 422}


def test_a_published_map_leads_from_the_editor_to_its_picture(browser, drawn, office):
    publish_map(map_id=drawn.pk, version=None, by=office)

    assert browser.get(f"/selection/maps/{drawn.pk}/edit/").status_code == 302
