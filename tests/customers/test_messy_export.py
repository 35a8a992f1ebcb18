"""The export of a CRM as people left it comes in through the pages, without a script: what is unknown is asked once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.forms.import_answers import CREATE, LEAVE_EMPTY, ValuesForm
from customers.models import Customer, ImportBatch, ImportRow, Interaction
from jobs.runner import run_job
from kcrm.lib.imports import importable
from profitability.models import LedgerLine
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
ACCOUNTS = """account,sector,office_location,subsidiary_of,sales_agent
Acme Corporation,technolgy,United States,,Janet Leverling
Bluth Company,technology,United States,Acme Corporation,Janet Levering
Bioholding,medical,Philipines,,Moses Frase
Cancity,retail,United States,Massive Dynamic,Moses Frase
Codehow,software,United States,Acme Corportion,
"""
PRODUCTS = "product,series,sales_price\nGTX Basic,GTX,550\nGTX Pro,GTX,4821\nMG Special,MG,55\n"
CALLS = """Account,Date,Type,Subject,Agent
Acme Corporation,2017-10-20,call,Demo,Janet Leverling
ACME corporation,20/10/2017,Telefon,Offer,Janet Levering
Zenith,25/10/2017,call,First talk,
,2017-11-02,call,No account,
"""
SALES = """invoice,account,product,date,price,quantity
I1,Cancity,GTXPro,2017-03-01,4821,1
I2,Bluth Compny,GTX Pro,11/03/2017,4514,1
I3,Codehow,GTX Supreme,2017-03-09,588,1
"""


class Wizard:
    """A person at the pages of imports."""

    def __init__(self, user: User) -> None:
        self.client, self.user = Client(), user
        self.client.force_login(user)

    def bring(self, thing: str, text: str, **answers: str) -> ImportBatch:
        """A file with its guessed columns, checked, what is unknown answered by `answers` {text: answer}, and run."""
        file = SimpleUploadedFile(f"{thing}.csv", text.encode())
        sent = {"importable": thing, "source": "crm", "file": file}
        address = self.client.post(reverse("imports:import-create"), sent).url
        batch = ImportBatch.objects.get(pk=int(address.rstrip("/").rpartition("/")[2]))
        columns: dict[str, Any] = {f"field_{index}": name for name, index in batch.mapping.items()}
        for name, formats in batch.formats.items():
            columns |= {f"{kind}_{batch.mapping[name]}": value for kind, value in formats.items()}
        self._post(batch, "columns", columns)
        self._post(batch, "rules", {"keys": batch.keys, "rule": "overwrite"})
        self._work(batch)
        self.asked = self._asked(batch)
        if self.asked:
            values = {name: answers.get(text, first) for text, (name, first) in self.asked.items()}
            self._post(batch, "values", values)
            self._work(batch)
        self._post(batch, "run", {})
        self._work(batch)
        return batch

    def _asked(self, batch: ImportBatch) -> dict[str, tuple[str, str]]:
        """{text: (field of the form, what it would mean)} of all that the page asks."""
        form = ValuesForm(batch=batch, thing=importable(batch.importable), user=self.user)
        rows = [row for group in form.groups() for row in group["rows"]]
        return {row["text"]: (row["to"].html_name, str(row["to"].value() or "")) for row in rows}

    def _post(self, batch: ImportBatch, name: str, values: dict[str, Any]) -> None:
        batch.refresh_from_db()
        answer = self.client.post(
            reverse(f"imports:import-{name}", args=[batch.pk]), {**values, "version": batch.version}
        )
        assert answer.status_code == 302, answer.content.decode()
        batch.refresh_from_db()

    def _work(self, batch: ImportBatch) -> None:
        assert batch.job_id is not None
        run_job(batch.job_id, own_thread=False)
        batch.refresh_from_db()


def refused(batch: ImportBatch) -> list[tuple[int, str]]:
    return list(
        ImportRow.objects.filter(batch=batch, done="rejected").order_by("number").values_list("number", "column")
    )


@pytest.fixture
def director(tmp_path: Path, settings: Any) -> User:
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    UserFactory(full_name="Janet Leverling", email="janet@example.com")
    return user


def test_a_messy_export_comes_in_without_a_script(director: User) -> None:
    wizard = Wizard(director)
    accounts = wizard.bring("customers", ACCOUNTS, **{"Massive Dynamic": CREATE, "Moses Frase": LEAVE_EMPTY})

    assert {text: first for text, (_name, first) in wizard.asked.items()} == {
        "technolgy": "technology", "Philipines": "PH", "Janet Levering": "janet@example.com", "Moses Frase": "",
        "Massive Dynamic": "", "Acme Corportion": "Acme Corporation",
    }  # fmt: skip
    assert (accounts.created, refused(accounts)) == (5, [])
    found = Customer.objects.alive().order_by("name").values_list("name", "parent__name", "country", "industry")
    assert set(found) == {
        ("Acme Corporation", None, "US", "technology"), ("Bluth Company", "Acme Corporation", "US", "technology"),
        ("Bioholding", None, "PH", "medical"), ("Cancity", "Massive Dynamic", "US", "retail"),
        ("Codehow", "Acme Corporation", "US", "software"), ("Massive Dynamic", None, "", ""),
    }  # fmt: skip

    janet = Wizard(User.objects.get(full_name="Janet Leverling"))
    calls = janet.bring("interactions", CALLS)
    assert {text for text in janet.asked if text} == {"Telefon", "Janet Levering", "Zenith"}
    assert refused(calls) == [(3, "kind"), (4, "customer"), (5, "customer")]
    assert Interaction.objects.get().happened_at.date().isoformat() == "2017-10-20"
    calls = janet.bring("interactions", CALLS, Telefon="call")
    assert (calls.created, refused(calls)) == (1, [(4, "customer"), (5, "customer")])
    assert set(Interaction.objects.values_list("customer__name", "subject")) == {
        ("Acme Corporation", "Demo"), ("Acme Corporation", "Offer"),
    }  # fmt: skip

    finance = Wizard(personas.finance())
    assert refused(finance.bring("products", PRODUCTS, GTX=CREATE, MG=CREATE)) == []
    sales = finance.bring("ledger-lines", SALES, **{"GTX Supreme": "GTX Basic"})
    assert set(finance.asked) == {"Bluth Compny", "GTX Supreme"}
    assert refused(sales) == []
    lines = LedgerLine.objects.order_by("document__number").values_list("customer__name", "product__name")
    assert list(lines) == [("Cancity", "GTX Pro"), ("Bluth Company", "GTX Pro"), ("Codehow", "GTX Basic")]
