"""One customer with one of everything, every protected value a canary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from customers.models import Customer
from feed.services.endpoints import create_endpoint
from fields.services.definitions import create_field
from planning.models import CoverageRule
from profitability.models import LedgerDocument, LedgerLine, SalesSummary
from profitability.services.ledger import load_ledger
from profitability.services.products import upsert_product_groups, upsert_products
from selection.models import (
    Bond,
    CurrentScore,
    CustomerView,
    Decision,
    DecisionLine,
    ModelFactor,
    Rating,
    SnapshotRow,
    SupplierScore,
    TierRule,
)
from selection.services.customer_views import name_alternative, save_factor
from selection.services.models import create_model
from selection.services.policies import estimate_potential, set_capacity, set_rule
from selection.services.project_parts import add_member, set_resource
from selection.services.projects import start_project
from selection.services.relationships import set_bonds, write_cell_text
from selection.services.rounds import open_round
from selection.services.runs import request_scoring
from selection.services.scenarios import PlannedMove, save_scenario
from selection.services.snapshots import take_snapshot
from teams.models import TeamMembership, UnitAssignment
from tests import personas
from tests.authz.seed_segments import segments_and_maps
from tests.factories.activities import (
    AgreementFactory,
    ContactFactory,
    ContactRoleFactory,
    DocumentFactory,
    InteractionFactory,
    PrivacyRequestFactory,
    TaskFactory,
)
from tests.factories.customers import BuyingUnitFactory, CustomerFactory, ExternalIdFactory, SiteFactory
from tests.factories.teams import UnitAssignmentFactory
from tests.running import run_jobs
from tests.selection.approving import put_into_force

PRIVATE = ("CANARY-private-phone", "CANARY-home-address", "CANARY-chat")
COST = Decimal("77123.4567")
COST_MARKS = ("77123.4567", "77,123", "771234567")
NAME = "Canary Foods"


@dataclass
class Seed:
    """The records of a customer by the names that the routes use."""

    customer: Customer
    records: dict[str, Any]
    people: dict[str, User]

    def key(self, target: str) -> int:
        """The primary key of a record."""
        return self.records[target].pk


def one_of_everything() -> Seed:
    """Make it."""
    customer = CustomerFactory(name="A company")
    people = personas.everybody(customer)  # their names repeat the customer's, so that it gets its canary afterwards
    customer.apply({"name": NAME})
    admin = people["administrator"]
    own_field = create_field(
        record="customer", by=admin, values={"label_en": "Segment", "kind": "text", "field_class": "F0"}
    )
    create_field(
        record="customer", by=admin, values={"label_en": "Own cost", "kind": "number", "places": 4, "field_class": "F2"}
    )
    create_field(record="contact", by=admin, values={"label_en": "Assistant", "kind": "text", "field_class": "F6"})
    create_field(record="contact", by=admin, values={"label_en": "Hobby", "kind": "text", "field_class": "F6P"})
    customer.apply({"custom": {"segment": "A", "own_cost": str(COST)}})
    finance, office, owner = people["finance"], people["programme_office"], people["account_manager"]
    contact = ContactFactory(
        full_name="Cara Canary",
        private_phone=PRIVATE[0],
        home_address=PRIVATE[1],
        chat_id=PRIVATE[2],
        custom={"hobby": PRIVATE[2]},
    )
    role = contact.roles.filter(customer=customer).first() or ContactRoleFactory(contact=contact, customer=customer)
    ExternalIdFactory(customer=customer, source="erp", value="CANARY")
    upsert_product_groups([{"code": "g", "name": "Group"}], source="erp", by=finance)
    upsert_products([{"sku": "p", "name": "Product", "group": "g"}], source="erp", by=finance)
    load_ledger(
        [
            {
                "document": "D1",
                "line": "1",
                "customer": "CANARY",
                "document_on": date(2026, 1, 15).isoformat(),
                "product": "p",
                "quantity": "1",
                "unit_price": "100000",
                "cost": str(COST),
            }
        ],
        source="erp",
        by=finance,
    )
    model = create_model(name="Model", factors=[{"key": "strategic_fit", "kind": "judged", "weight": 100}], by=office)
    model = put_into_force(model_id=model.pk, version=model.version, by=office)
    factor = ModelFactor.objects.get(model=model)
    rating = Rating.objects.create(
        factor=factor, customer=customer, rater=owner, score=8, evidence="told", rated_on=date(2026, 1, 1)
    )
    request_scoring(by=office)
    run_jobs()
    scoring_round = open_round(
        name="Round",
        model_id=model.pk,
        customer_ids=[customer.pk],
        rater_ids=[office.pk],
        chair_id=office.pk,
        due_on=date(2026, 2, 1),
        today=date(2026, 1, 2),
        by=office,
    )
    rival = name_alternative(customer_id=customer.pk, kind="rival", name="Rival", by=owner, today=date(2026, 1, 2))
    looked_at = save_factor(
        customer_id=customer.pk,
        values={"name": "Price", "weight": Decimal(100), "said_by_id": contact.pk},
        scores=[{"alternative_id": None, "score": Decimal(7)}, {"alternative_id": rival.pk, "score": Decimal(6)}],
        by=owner,
        today=date(2026, 1, 2),
    )
    potential = estimate_potential(
        customer_id=customer.pk,
        values={"available_sales": Decimal(1000), "category_spend": None, "evidence": "told", "note": ""},
        by=owner,
        today=date(2026, 1, 2),
    )
    snapshot = take_snapshot(name="2026 Q1", by=office)
    scenario = save_scenario(name="Scenario", moves=[PlannedMove(customer.pk, "key")], by=office)
    decision = Decision.objects.create(
        title="Key accounts", snapshot=snapshot, state="proposed", effective_on=date(2026, 4, 1), drafted_by=office
    )
    decided = DecisionLine.objects.create(
        decision=decision, customer=customer, chosen="key", reason="Reference", override_until=date(2026, 12, 31)
    )
    project = start_project(name="Key accounts 2026", starts_on=date(2026, 1, 5), by=office)
    member = add_member(project_id=project.pk, user_id=office.pk, function="sales", role="chair", why="", by=office)
    relationship = set_bonds(customer_id=customer.pk, bonds={"personal": (3, "")}, by=owner, today=date(2026, 1, 2))
    document = LedgerDocument.objects.get(number="D1")
    line = LedgerLine.objects.get(document=document)
    return Seed(
        customer=customer,
        people=people,
        records={
            "customer": customer,
            "tab": customer,
            "coverage_rule": CoverageRule.objects.first(),
            "webhook": create_endpoint(
                values={"name": "ERP", "url": "https://erp.example.com/hook", "events": []}, by=people["administrator"]
            )[0],
            "custom_field": own_field,
            "membership": TeamMembership.objects.get(user=people["team_reader"]),
            "unit": customer.org_unit,
            "site": SiteFactory(customer=customer),
            "buying_unit": BuyingUnitFactory(customer=customer),
            "contact": contact,
            "contact_role": role,
            "interaction": InteractionFactory(customer=customer, recorded_by=owner),
            "task": TaskFactory(customer=customer, assignee=owner, created_by=owner),
            "document": DocumentFactory(
                customer=customer, uploaded_by=owner, file=SimpleUploadedFile("note.txt", b"text")
            ),
            "privacy_request": PrivacyRequestFactory(customer=customer, contact=contact, opened_by=owner),
            "agreement": AgreementFactory(customer=customer, kind="service"),
            "ledger_document": document,
            "ledger_line": line,
            "sales_summary": SalesSummary.objects.get(customer=customer),
            "product": line.product,
            "product_group": line.product.group,
            "scoring_model": model,
            "round": scoring_round,
            "snapshot": snapshot,
            "snapshot_row": SnapshotRow.objects.get(snapshot=snapshot, customer=customer),
            "decision": decision,
            "decision_line": decided,
            "project": project,
            "project_step": project.steps.first(),
            "project_resource": set_resource(
                project_id=project.pk,
                function="service",
                heads=Decimal(1),
                net_days=Decimal(200),
                day_rate=None,
                by=office,
            ),
            "project_mode": project.modes.first(),
            "project_objective": project.objectives.first(),
            "project_member": member,
            "judged": factor,
            "factor": factor,
            "rating": rating,
            "score": CurrentScore.objects.get(customer=customer),
            "position": customer,
            "relationship": relationship,
            "bond": Bond.objects.get(customer=customer),
            "potential": potential,
            "tier_rule": TierRule.objects.create(),
            "unit_place": UnitAssignment.objects.get(unit=customer.org_unit, user=people["director"]),
            "grid_cell": write_cell_text(attractiveness="high", status="high", text="Ours", version=None, by=office),
            "quadrant_rule": set_rule(quadrant="key", version=None, values={"text": "Ours"}, by=office),
            "capacity": set_capacity(function="service", days_a_year=Decimal(100), day_rate=None, by=office),
            "customer_view": CustomerView.objects.get(customer=customer),
            "view_factor": looked_at,
            "alternative": rival,
            "supplier_score": SupplierScore.objects.filter(customer=customer).first(),
            "person": UnitAssignmentFactory(unit=customer.org_unit, user__full_name="Petra Person").user,
            **segments_and_maps(customer, office),
            "scenario": scenario,
            "scenario_move": scenario.moves.get(),
        },
    )


def fingerprint() -> str:
    """A hash over every row of every table but those that note denials and sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT string_agg(
                format('SELECT %L || md5(coalesce(string_agg(t::text, %L ORDER BY t::text), %L)) FROM %I t',
                       tablename, ',', '', tablename),
                ' UNION ALL ' ORDER BY tablename)
            FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('accounts_auditentry', 'django_session', 'usersessions_usersession', 'kcrm_cache',
                                  'pghistory_context', 'accounts_userevent', 'accounts_user')
            """
        )
        cursor.execute(
            f"SELECT md5(string_agg(hash, '' ORDER BY hash)) FROM ({cursor.fetchone()[0]}) AS all_rows(hash)"
        )
        return cursor.fetchone()[0]
