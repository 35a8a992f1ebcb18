"""Market maps: drafts, balance, publication for good, editions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import MapFlow, MarketMap, NodeAccount
from selection.selectors.market_maps import Flow, Node, picture_of
from selection.services.market_maps import (
    create_map,
    delete_draft,
    name_accounts,
    next_edition_of_map,
    publish_map,
    save_map,
)
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

NODES = [
    Node("us", "Us", "us", Decimal("0")),
    Node("rivals", "Rivals", "competitor", Decimal("0")),
    Node("distributor", "Distributors", "channel", Decimal("0.30")),
    Node("contractor", "Contractors", "channel", Decimal("0.45"), Decimal(5)),
    Node("user", "Users", "end_customer", Decimal("0.10")),
    Node("architect", "Architects", "influencer", Decimal("0.15")),
]
FLOWS = [
    Flow("us", "distributor", Decimal(60), our_share=Decimal(1)),
    Flow("us", "contractor", Decimal(20), our_share=Decimal(1)),
    Flow("rivals", "distributor", Decimal(120), our_share=Decimal(0)),
    Flow("distributor", "contractor", Decimal(130)),
    Flow("distributor", "user", Decimal(50), value=Decimal("900.50")),
    Flow("contractor", "user", Decimal(145), value=Decimal("2000")),
]


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def drawn(office) -> MarketMap:
    return create_map(name="Pumps", unit="t", nodes=NODES, flows=FLOWS, by=office)


def test_the_worked_figures_of_the_method_stand_on_the_page(drawn, office):
    picture = picture_of(drawn, by=office)

    assert (picture.check.market_size, picture.check.our_share, picture.problems) == (200.0, 0.4, [])
    assert [line.node.name for line in picture.leverage] == ["Contractors", "Distributors"]
    assert picture.value == Decimal("2900.50")
    assert {line.node.key: line.our_share for line in picture.nodes}["distributor"] == pytest.approx(1 / 3)


def test_a_map_out_of_balance_names_the_node_and_by_how_much(drawn, office):
    flows = [*FLOWS[:3], Flow("distributor", "contractor", Decimal(110)), *FLOWS[4:]]
    save_map(map_id=drawn.pk, version=drawn.version, nodes=NODES, flows=flows, by=office)

    with pytest.raises(DomainError, match=r"Distributors receives 180.0, passes on 160.0 and loses 0.0: 20.0 too"):
        publish_map(map_id=drawn.pk, version=None, by=office)

    assert MarketMap.objects.get(pk=drawn.pk).state == "draft"


def test_a_published_map_cannot_be_changed_by_anybody(drawn, office):
    publish_map(map_id=drawn.pk, version=drawn.version, by=office)

    with pytest.raises(DomainError, match="stays as it is"):
        save_map(map_id=drawn.pk, version=None, nodes=NODES[:2], flows=[], by=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        MapFlow.objects.filter(map=drawn).update(volume=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        drawn.nodes.all().delete()


def test_the_next_edition_supersedes_the_published_one(drawn, office):
    customer = CustomerFactory()
    name_accounts(map_id=drawn.pk, node_key="contractor", customer_ids=[customer.pk], by=office)
    publish_map(map_id=drawn.pk, version=None, by=office)

    following = next_edition_of_map(map_id=drawn.pk, by=office)
    publish_map(map_id=following.pk, version=None, by=office)

    drawn.refresh_from_db()
    following.refresh_from_db()
    assert (drawn.state, following.state, following.edition) == ("retired", "published", 2)
    assert picture_of(following, by=office).nodes[3].accounts == [(customer.pk, customer.name)]


def test_two_people_do_not_write_over_each_other(drawn, office):
    save_map(map_id=drawn.pk, version=1, nodes=NODES, flows=FLOWS[:2], by=office)

    with pytest.raises(StaleVersion):
        save_map(map_id=drawn.pk, version=1, nodes=NODES, flows=FLOWS, by=office)

    assert drawn.flows.count() == 2


def test_saving_the_same_again_writes_nothing(drawn, office):
    saved = save_map(map_id=drawn.pk, version=1, nodes=NODES, flows=FLOWS, by=office)

    assert saved.version == 1


def test_rows_that_stay_keep_their_history(drawn, office):
    row = drawn.flows.get(source__key="us", target__key="contractor")

    save_map(
        map_id=drawn.pk, version=1, nodes=NODES, flows=[Flow("us", "contractor", Decimal(25)), *FLOWS[2:]], by=office
    )

    row.refresh_from_db()
    assert row.volume == 25


@pytest.mark.parametrize(
    ("nodes", "flows", "words"),
    [
        ([*NODES, Node("us", "Twice", "us")], [], "once"),
        (NODES, [Flow("us", "nobody", Decimal(1))], "nobody"),
        (NODES, [Flow("us", "us", Decimal(1))], "another"),
        (NODES, [Flow("us", "user", Decimal(-1))], "negative"),
        (NODES, [Flow("us", "user", Decimal(1), our_share=Decimal(2))], "between 0 and 1"),
    ],
)
def test_parts_that_no_map_has_are_refused(office, nodes, flows, words):
    with pytest.raises(DomainError, match=words):
        create_map(name="Wrong", unit="t", nodes=nodes, flows=flows, by=office)

    assert not MarketMap.objects.exists()


def test_a_draft_is_thrown_away(drawn, office):
    delete_draft(map_id=drawn.pk, version=1, by=office)

    assert not MarketMap.objects.exists()


def test_readers_read(drawn):
    customer = CustomerFactory()
    manager = personas.account_manager(customer)

    with pytest.raises(NotAllowed):
        save_map(map_id=drawn.pk, version=1, note="mine", by=manager)

    assert MarketMap.objects.visible_to(manager).count() == 1
    assert not MarketMap.objects.visible_to(personas.outsider()).exists()


def test_a_reader_sees_the_accounts_of_his_own_sight(drawn, office):
    ours, others = CustomerFactory(), CustomerFactory()
    name_accounts(map_id=drawn.pk, node_key="user", customer_ids=[ours.pk, others.pk], by=office)

    picture = picture_of(drawn, by=personas.account_manager(ours))

    assert picture.nodes[4].accounts == [(ours.pk, ours.name)]
    assert NodeAccount.objects.count() == 2
