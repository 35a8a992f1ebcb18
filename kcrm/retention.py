"""How long each kind of row is kept, and what lets go of it. A model without a rule fails the tests.

The nightly act erases people who are long gone and empties the bin; everything else either stays as long as what it
belongs to, or is let go of by the schedule that its rule names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from customers.models import Contact, Document, Interaction, LegalHold, Task
from customers.services import search
from customers.services.privacy.erasing import erase_person
from fields.services.purging import let_go_of_retired
from kcrm.lib.aftermath import note_end

IN_BIN: Final = timedelta(days=365)
LEFT: Final = timedelta(days=5 * 365)
HISTORY: Final = timedelta(days=10 * 365)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """Why rows are kept, or what lets go of them: `schedule` names a recurring job, empty where nothing does."""

    kept: str
    schedule: str = ""


CUSTOMER: Final = Rule("as long as its customer")
PARENT: Final = Rule("as long as what it belongs to")
SETTING: Final = Rule("as long as it is used")
EVIDENCE: Final = Rule("for good: it is evidence and names nobody")
BOOKS: Final = Rule("for good: books of account")
LIBRARY: Final = Rule("by the library that owns it")
ACT: Final = Rule("a year in the bin, then let go of", "retention")
OLD: Final = Rule("ten years, then let go of", "retention")

_GROUPS: Final[dict[Rule, str]] = {
    CUSTOMER: """
        customers.customer customers.customer_tags customers.site customers.buyingunit customers.externalid
        customers.agreement customers.contactrole customers.handover customers.searchentry profitability.customermonth
        profitability.salessummary selection.alternative selection.classification selection.currentscore
        selection.customerview selection.positionpoint selection.potential selection.rating selection.supplierscore
        selection.viewfactor selection.segmentplace selection.nodeaccount teams.accountteam teams.teammembership
    """,
    PARENT: """
        customers.duplicatepair customers.merge
        accounts.user_groups accounts.user_user_permissions customers.interactioncontact customers.interactionperson
        accounts.personcode
        selection.consensus selection.decisionline selection.modelfactor selection.notice selection.roundcustomer
        selection.mapnode selection.mapflow selection.projectmember selection.projectmode selection.projectobjective
        selection.projectresource selection.projectstep selection.roundrater selection.score
        selection.selectionproject_factor_sets selection.selectionproject_rounds
        selection.selectionproject_segments selection.sheetscore selection.signoff selection.snapshotrow
        selection.scenariomove teams.unitassignment
    """,
    SETTING: """
        accounts.apitoken accounts.user customers.savedmapping customers.tag feed.endpoint jobs.hold
        jobs.notificationsetting jobs.schedule planning.coveragerule profitability.product profitability.productgroup
        selection.capacity selection.competitor selection.quadrantrule selection.scoringmodel teams.orgunit
        accounts.savedview selection.segment selection.marketmap
        accounts.stamp selection.scenario
    """,
    EVIDENCE: """
        accounts.auditentry accounts.auditseal customers.consent customers.legalhold customers.privacyrequest
        selection.decision selection.scoringround selection.scoringrun selection.selectionproject selection.snapshot
    """,
    BOOKS: "profitability.ledgerdocument profitability.ledgerline profitability.ledgerload profitability.periodclose",
    ACT: "customers.contact customers.document customers.interaction customers.task",
    OLD: "pghistory.context",
    Rule("a year after it was retired, with its values", "retention"): "fields.customfield",
    Rule("90 days", "jobs.purge"): "jobs.job jobs.emailmessage jobs.occurrence jobs.heartbeat",
    Rule("180 days", "jobs.purge"): "jobs.notification",
    Rule("48 hours", "jobs.purge"): "accounts.idempotencykey",
    Rule("30 days after they ran out", "accounts.forget"): "accounts.invitation accounts.signinfailures",
    Rule("90 days", "exports.purge"): "exports.exportrequest",
    Rule("30 days, as long as the merge can be undone", "customers.merges"): "customers.mergerow",
    Rule("some weeks", "bulk.purge"): "bulk.bulkedit bulk.bulkrow",
    Rule("some weeks", "feed.purge"): "feed.change feed.delivery feed.outgoing",
    Rule("counted again each time", "selection.portfolio"): "selection.portfoliocell",
    Rule("as long as the batch can be taken back, then only its counts", "customers.imports-purge"): """
        customers.importbatch customers.importrow
    """,
}
RULES: Final[dict[str, Rule]] = {label: rule for rule, labels in _GROUPS.items() for label in labels.split()}
LIBRARIES: Final = frozenset({"account", "auth", "contenttypes", "mfa", "sessions", "socialaccount", "usersessions"})


def rule_of(model: type[Model]) -> Rule | None:
    """The rule of a model; a history follows the rule for histories, a library's model its library."""
    if model._meta.app_label in LIBRARIES:
        return LIBRARY
    if hasattr(model, "pgh_event_model") or model._meta.label_lower.endswith("event"):
        return OLD
    return RULES.get(model._meta.label_lower)


def let_go(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Erase whom nobody needs to know any more, empty the bin, drop old histories; how many rows of each sort.

    `dry_run` only counts. Each step is small and may be repeated; a person under legal hold stays.
    """
    steps: dict[str, Callable[[], int]] = {
        "people": lambda: _people(now, dry_run),
        "documents": lambda: _documents(now, dry_run),
        "interactions": lambda: _bin(Interaction, "interaction", now, dry_run),
        "tasks": lambda: _bin(Task, "task", now, dry_run),
        "histories": lambda: _histories(now, dry_run),
        "values of retired fields": lambda: let_go_of_retired(now=now, dry_run=dry_run),
    }
    return {name: step() for name, step in steps.items()}


def _people(now: datetime, dry_run: bool) -> int:
    held = LegalHold.objects.in_force().values("contact")
    rows = Contact.objects.filter(erased_at__isnull=True, merged_into__isnull=True).exclude(pk__in=held)
    gone = rows.filter(deleted_at__lt=now - IN_BIN) | rows.filter(left_on__lt=(now - LEFT).date())
    if dry_run:
        return gone.count()
    keys = list(gone.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            erase_person(contact_id=key)
            note_end("erasure", key)
    return len(keys)


def _documents(now: datetime, dry_run: bool) -> int:
    rows = Document.objects.filter(deleted_at__lt=now - IN_BIN)
    if dry_run:
        return rows.count()
    found = list(rows)
    for document in found:
        storage, name = document.file.storage, document.file.name
        with transaction.atomic():
            search.forget("document", [document.pk])
            document.delete()
        if name:
            storage.delete(name)
    return len(found)


def _bin(model: type[Any], kind: str, now: datetime, dry_run: bool) -> int:
    rows = model.objects.filter(deleted_at__lt=now - IN_BIN)
    if dry_run:
        return int(rows.count())
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            search.forget(kind, keys)
            model.objects.filter(pk__in=keys).delete()
        count += len(keys)
    return count


def _histories(now: datetime, dry_run: bool) -> int:
    count = 0
    for model in apps.get_models():
        if not hasattr(model, "pgh_created_at") or model._meta.proxy or not model._meta.managed:
            continue
        rows: QuerySet[Any] = model._default_manager.filter(pgh_created_at__lt=now - HISTORY)
        if dry_run:
            count += rows.count()
            continue
        while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
            model._default_manager.filter(pk__in=keys).delete()
            count += len(keys)
    return count
