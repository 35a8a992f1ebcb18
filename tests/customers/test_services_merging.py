"""Merge moves every relation, keeps an alias, can be taken back, and is never half done."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Contact, Customer, DuplicatePair, HandOver, Merge, MergeRow, Site
from customers.services import duplicate_scans, duplicates
from customers.services.merging.merging import merge_records
from customers.services.merging.undoing import undo_merge
from jobs.runner import run_job
from jobs.running import Cancelled
from jobs.schedules import declared_schedules
from jobs.services.queue import enqueue
from kcrm.lib import merging
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from profitability.models import CustomerMonth, SalesSummary
from selection.models.decisions import Classification, DecisionLine
from selection.models.relationships import (
    Bond,
    DependenceAssessment,
    QualityResponse,
    Relationship,
    StageAssessment,
)
from selection.models.rounds import Consensus, SheetScore
from tests.authz.seed import one_of_everything
from tests.factories.activities import ContactFactory, ContactRoleFactory, InteractionFactory, TaskFactory
from tests.factories.customers import BuyingUnitFactory, CustomerFactory, SiteFactory, TagFactory

pytestmark = pytest.mark.django_db

DERIVED = {"profitability_customermonth", "profitability_salessummary"}  # made anew, under new numbers
BESIDE = {
    "accounts_auditentry", "django_session", "pghistory_context", "customers_merge", "customers_mergerow", "kcrm_cache",
    "feed_change", "feed_outgoing",
}  # fmt: skip


def content() -> dict[str, str]:
    """{table: hash of its rows}, without history, audit, versions and the numbers of derived rows."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if hasattr(model, "pgh_tracked_model") or table in BESIDE or model._meta.app_label == "pghistory":
            continue
        without = "- 'version' - 'updated_at'" + (" - 'id'" if table in DERIVED else "")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(x::text, chr(10) ORDER BY x::text), chr(32))) FROM"
                f' (SELECT to_jsonb(t) {without} AS x FROM "{table}" t) AS rows'
            )
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def world():
    """A director, a customer with one row in every related table (the loser), and one of the same unit that stays."""
    seed = one_of_everything()
    loser = Customer.objects.get(pk=seed.customer.pk)
    winner = CustomerFactory(name="Winner", org_unit=loser.org_unit, indexed=True)
    CustomerFactory(name="Daughter", parent=loser, org_unit=loser.org_unit)
    loser.tags.add(TagFactory())
    CustomerFactory(name="Old alias", org_unit=loser.org_unit, merged_into=loser, deleted_at=timezone.now())
    from customers.models import ImportBatch, ImportRow
    from customers.services import search
    from jobs.models import Job, Notification

    search.index_customer(loser)
    user = seed.people["director"]
    Notification.objects.create(user=user, kind="x", key="x", subject="x", customer_id=loser.pk)
    Job.objects.create(kind="x", customer_id=loser.pk)
    batch = ImportBatch.objects.create(importable="customers", source="erp", created_by=user)
    ImportRow.objects.create(batch=batch, number=1, done="created", customer_id=loser.pk, object_id=loser.pk)
    place = {"round": seed.records["round"], "customer": loser, "factor_key": "strategic_fit", "score": 8}
    SheetScore.objects.get_or_create(rater=seed.people["account_manager"], **place)
    Consensus.objects.get_or_create(agreed_by=user, **place)
    HandOver.objects.create(customer=loser, to_user=user, by=user, note="x", membership_id=1)
    Relationship.objects.get_or_create(customer=loser)
    told = {"assessed_by": user, "assessed_on": "2026-01-01"}
    for model in (Bond, StageAssessment, DependenceAssessment):
        more = {"score": 1} if model is Bond else {}
        model.objects.get_or_create(customer=loser, defaults={**told, **more})
    QualityResponse.objects.get_or_create(customer=loser, defaults={"assessed_by": user, "answered_on": "2026-01-01"})
    line = DecisionLine.objects.filter(customer=loser).first()
    Classification.objects.get_or_create(customer=loser, defaults={"kind": "key", "since": "2026-01-01", "line": line})
    return user, winner, loser


def merge(user, winner, *losers, **more):
    user.__dict__.pop("_reach", None)
    return merge_records(
        kind=more.pop("kind", "customer"), winner_id=winner.pk, loser_ids=[row.pk for row in losers],
        versions=more.pop("versions", {}), by=user, **more,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["customer", "contact"])
def test_every_relation_has_a_rule(kind):
    names = {name for name, _column in merging.relations(kind)}
    assert names <= merging.declared(kind)
    for name, column, _rule in merging.rules(kind):
        assert isinstance(column, models.Field), name


def test_every_number_of_a_customer_has_a_rule():
    loose = {
        f"{model._meta.label_lower}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        if not hasattr(model, "pgh_tracked_model")
        for column in model._meta.concrete_fields
        if column.name in {"customer_id", "customer_ids", "contact_id"} and not column.is_relation
    }
    assert loose <= merging.declared("customer") | merging.declared("contact")


def test_a_relation_without_rule_stops_the_merge(world, monkeypatch):
    user, winner, loser = world
    rules = dict(merging._rules["customer"])
    rules.pop("customers.site.customer")
    monkeypatch.setitem(merging._rules, "customer", rules)
    with pytest.raises(LookupError):
        merge(user, winner, loser)


def test_everything_moves_and_undo_returns_the_same_content(world):
    user, winner, loser = world
    for name, column, _rule in merging.rules("customer"):
        if name != "accounts.apitoken.customer_ids" and not name.startswith("feed."):
            assert column.model._default_manager.filter(**{column.attname: loser.pk}).exists(), name
    before = content()

    done = merge(user, winner, loser)

    for name, column, rule in merging.rules("customer"):
        rows = column.model._default_manager.filter(**{column.attname: loser.pk})
        if isinstance(rule, merging.Move):
            assert not rows.exists(), name
            assert column.model._default_manager.filter(**{column.attname: winner.pk}).exists(), name
    assert not CustomerMonth.objects.filter(customer=loser).exists()
    assert SalesSummary.objects.get(customer=winner).net_12m_units > 0
    loser.refresh_from_db()
    assert (loser.merged_into_id, bool(loser.deleted_at)) == (winner.pk, True)
    assert AuditEntry.objects.filter(action="merge", subject_id=winner.pk).exists()

    user.__dict__.pop("_reach", None)
    undo_merge(merge_id=done.pk, by=user)
    after = content()
    assert {table for table in before if before[table] != after[table]} == set()


def test_people_merge_and_come_back(world):
    user, winner, loser = world
    stays = ContactFactory(full_name="Ann Lee", at=loser)
    goes = ContactFactory(full_name="Anne Lee", email="ann@example.com", external_source="erp", external_id="7")
    ContactRoleFactory(contact=goes, customer=loser, is_primary=True)
    ContactRoleFactory(contact=goes, customer=winner)
    call = InteractionFactory(customer=loser)
    call.contacts.add(stays, goes)
    TaskFactory(customer=loser, contact=goes)
    from customers.services import contacts

    contacts.index_contact(stays)
    contacts.index_contact(goes)
    before = content()
    done = merge(user, stays, goes, kind="contact")
    stays.refresh_from_db()
    assert (stays.email, stays.external_id) == ("ann@example.com", "7")
    assert call.contacts.get() == stays
    assert set(stays.roles.values_list("customer", flat=True)) == {loser.pk, winner.pk}
    undo_merge(merge_id=done.pk, by=user)
    after = content()
    assert {table for table in before if before[table] != after[table]} == set()


def test_a_row_changed_since_stays_and_is_named(world):
    user, winner, loser = world
    done = merge(user, winner, loser, choices={"name": loser.pk})
    winner.refresh_from_db()
    assert winner.name == loser.name
    Site.objects.filter(customer=winner).delete()
    winner.apply({"name": "Changed later"})
    undo_merge(merge_id=done.pk, by=user)
    winner.refresh_from_db()
    assert winner.name == "Changed later"
    kept = set(MergeRow.objects.filter(merge=done, kept=True).values_list("model", flat=True))
    assert kept == {"customers.customer", "customers.site"}


def test_dies_ten_times_and_leaves_nothing_half(world):
    user, winner, loser = world
    count = {"now": 0}

    def counting(execute, *args):
        count["now"] += 1
        return execute(*args)

    before = content()
    from django.db import transaction

    with connection.execute_wrapper(counting), transaction.atomic():
        done = merge(user, winner, loser)
        merged = count["now"]
        undo_merge(merge_id=done.pk, by=user)
        transaction.set_rollback(True)
    for point in random.Random(17).sample(range(3, merged), 10):  # noqa: S311 - a test
        seen = {"now": 0}

        def dying(execute, *args, point=point, seen=seen):
            seen["now"] += 1
            if seen["now"] == point:
                raise ConnectionError
            return execute(*args)

        with pytest.raises(ConnectionError), transaction.atomic(), connection.execute_wrapper(dying):
            merge(user, winner, loser)
        assert content() == before
    assert not Merge.objects.exists()


def test_conflicting_rows_follow_their_rule(world):
    user, winner, loser = world
    tag = TagFactory()
    winner.tags.add(tag)
    loser.tags.add(tag)
    SiteFactory(customer=winner, is_primary=True)
    SiteFactory(customer=loser, is_primary=True)
    BuyingUnitFactory(customer=winner, name="Plant")
    BuyingUnitFactory(customer=loser, name="Plant")
    before = content()
    done = merge(user, winner, loser)
    assert winner.tags.filter(pk=tag.pk).count() == 1
    assert winner.sites.filter(is_primary=True).count() == 1
    assert winner.buying_units.filter(name__startswith="Plant").count() == 2
    undo_merge(merge_id=done.pk, by=user)
    after = content()
    assert {table for table in before if before[table] != after[table]} == set()


def test_a_cycle_of_companies_is_refused(world):
    user, winner, loser = world
    between = CustomerFactory(org_unit=loser.org_unit, parent=loser)
    Customer.objects.filter(pk=winner.pk).update(parent=between)
    with pytest.raises(DomainError, match="below itself"):
        merge(user, winner, loser)


def test_a_daughter_takes_in_its_mother(world):
    user, winner, loser = world
    Customer.objects.filter(pk=winner.pk).update(parent=loser)
    merge(user, winner, loser)
    winner.refresh_from_db()
    assert winner.parent_id is None


def test_versions_rights_and_time(world):
    user, winner, loser = world
    with pytest.raises(StaleVersion):
        merge(user, winner, loser, versions={loser.pk: 99})
    with pytest.raises(DomainError):
        merge(user, winner, winner)
    stranger = CustomerFactory()
    with pytest.raises(Customer.DoesNotExist):
        merge(user, winner, stranger)
    done = merge(user, winner, loser)
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    with pytest.raises(DomainError, match="thirty"):
        undo_merge(merge_id=done.pk, by=user)


def test_after_thirty_days_the_rows_of_a_merge_are_forgotten(world):
    user, winner, loser = world
    done = merge(user, winner, loser)
    forget = next(known for known in declared_schedules() if known.key == "customers.merges")
    assert run_job(enqueue(kind=forget.kind).pk, own_thread=False).result == {"rows": 0}
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    assert run_job(enqueue(kind=forget.kind).pk, own_thread=False).result["rows"] > 0
    assert not MergeRow.objects.filter(merge=done).exists()
    assert Merge.objects.get() == done


def test_a_scan_tells_how_far_it_is_and_a_cancelled_one_leaves_nothing(world):
    CustomerFactory(name="Acme GmbH"), CustomerFactory(name="ACME Inc")
    told = []

    with pytest.raises(Cancelled):
        duplicate_scans.scan(progress=lambda *told_now: _cancel_late(told, told_now))
    assert not DuplicatePair.objects.exists()

    told.clear()
    duplicate_scans.scan(progress=lambda *told_now: told.append(told_now))
    total = Customer.objects.alive().count() + Contact.objects.alive().count()
    assert (told[0], told[-1]) == ((0, total), (total, total))
    assert told == sorted(told)
    assert DuplicatePair.objects.exists()


def _cancel_late(told, told_now):
    told.append(told_now)
    if len(told) > 3:
        raise Cancelled


def test_the_account_manager_may_not_merge():
    seed = one_of_everything()
    with pytest.raises((NotAllowed, Customer.DoesNotExist)):
        merge(seed.people["account_manager"], seed.customer, CustomerFactory())


def test_the_scan_finds_pairs_and_remembers_answers(world):
    user, _winner, loser = world
    left = CustomerFactory(name="Huawei Technologies Co., Ltd.", org_unit=loser.org_unit)
    right = CustomerFactory(name="HUAWEI Technologies Inc", org_unit=loser.org_unit)
    here = ContactFactory(full_name="张伟", at=left)
    there = ContactFactory(full_name="章伟", at=left)
    duplicate_scans.scan()
    pair = DuplicatePair.objects.get(kind="customer", left_id=left.pk, right_id=right.pk)
    assert (pair.score, pair.reasons) == (75, ["name"])
    people = DuplicatePair.objects.get(kind="contact", left_id=here.pk, right_id=there.pk)
    assert people.reasons == ["pinyin", "customer"]
    user.__dict__.pop("_reach", None)
    assert pair in DuplicatePair.objects.visible_to(user)
    duplicates.dismiss(pair_id=pair.pk, by=user)
    duplicate_scans.scan()
    pair.refresh_from_db()
    assert pair.state == "dismissed"
    right.apply({"name": "Other", "name_key": "other"})
    duplicate_scans.scan()
    assert not DuplicatePair.objects.filter(kind="customer", right_id=right.pk, state="open").exists()
