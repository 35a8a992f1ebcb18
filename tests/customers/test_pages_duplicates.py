"""Pages and REST door of duplicates: both sides must be visible, merging redirects, undo returns."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import Customer, DuplicatePair, Merge, SearchEntry
from customers.services import duplicate_scans
from customers.services.merging.merging import merge_records
from customers.services.merging.undoing import undo_merge
from tests import personas
from tests.factories.activities import ContactFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Two customers that look alike, and their director."""
    left = CustomerFactory(name="Huawei Technologies Co., Ltd.", city="Shenzhen")
    right = CustomerFactory(name="Huawei Technologies Inc", org_unit=left.org_unit, phone="+86 755 2878 0808")
    people = personas.everybody(left)
    duplicate_scans.scan()
    return left, right, people


def test_ticked_rows_of_the_list_lead_to_the_merge(client):
    customers = [CustomerFactory(name=f"Acme {number}") for number in range(2)]
    director = personas.director(customers[0])
    client.force_login(director)

    one = client.post("/customers/merge/chosen/", {"ids": [customers[0].pk]})
    two = client.post("/customers/merge/chosen/", {"ids": [customer.pk for customer in customers]})

    assert one["Location"] == "/customers/"
    keys = ",".join(str(customer.pk) for customer in customers)
    assert two["Location"] == f"/customers/merge/?kind=customer&ids={keys.replace(',', '%2C')}"
    assert "merge/chosen/" in client.get("/customers/").content.decode()


def test_a_director_reviews_merges_and_takes_back(pair, browse):
    left, right, people = pair
    client = browse(people["director"])
    found = DuplicatePair.objects.get(kind="customer")
    page = client.get(reverse("customers:duplicate-list")).content.decode()
    assert left.name in page
    assert "same name" in page
    page = client.get(reverse("customers:duplicate-detail", args=[found.pk])).content.decode()
    assert "2878" in page
    address = reverse("customers:merge")
    page = client.get(address, {"ids": f"{left.pk},{right.pk}"}).content.decode()
    assert "This one stays" in page
    sent = {
        "ids": f"{left.pk},{right.pk}", "winner": left.pk, "field-phone": right.pk,
        f"version-{left.pk}": left.version, f"version-{right.pk}": right.version,
    }  # fmt: skip
    stale = client.post(address, {**sent, f"version-{left.pk}": 77})
    assert stale.status_code == 409
    done = client.post(address, sent, follow=True)
    assert "can be undone" in done.content.decode()
    left.refresh_from_db()
    assert left.phone == right.phone
    moved = client.get(reverse("customers:customer-detail", args=[right.pk]))
    assert moved.headers["Location"] == reverse("customers:customer-detail", args=[left.pk])
    client.post(reverse("customers:merge-undo", args=[Merge.objects.get().pk]))
    assert client.get(reverse("customers:customer-detail", args=[right.pk])).status_code == 200


def test_answers_are_kept(pair, browse):
    _left, _right, people = pair
    client = browse(people["director"])
    found = DuplicatePair.objects.get(kind="customer")
    client.post(reverse("customers:duplicate-later", args=[found.pk]))
    assert "No pair waits" in client.get(reverse("customers:duplicate-list")).content.decode()
    client.post(reverse("customers:duplicate-dismiss", args=[found.pk]))
    found.refresh_from_db()
    assert found.state == "dismissed"
    assert client.post(reverse("customers:duplicate-scan")).status_code == 302


def test_nobody_learns_of_a_side_he_does_not_see(pair, browse):
    left, _right, people = pair
    hidden = CustomerFactory(name="Huawei Technologies Limited")
    duplicate_scans.scan()
    found = DuplicatePair.objects.get(left_id=left.pk, right_id=hidden.pk)
    client = browse(people["director"])
    assert hidden.name not in client.get(reverse("customers:duplicate-list")).content.decode()
    for name in ("duplicate-detail", "duplicate-dismiss"):
        method = client.get if name.endswith("detail") else client.post
        assert method(reverse(f"customers:{name}", args=[found.pk])).status_code == 404
    assert client.get(reverse("customers:merge"), {"ids": f"{left.pk},{hidden.pk}"}).status_code == 404
    assert client.get("/api/v1/duplicates/").json()["count"] == 1
    manager = browse(people["account_manager"])
    assert manager.get(reverse("customers:duplicate-list")).status_code == 403


def test_rest_merges_once_points_on_and_takes_back(pair, browse):
    left, right, people = pair
    client = browse(people["director"])
    address, body = f"/api/v1/customers/{left.pk}/merge/", {"others": [{"id": right.pk, "version": right.version}]}
    call = {"content_type": "application/json", "HTTP_IF_MATCH": f'"{left.version}"', "HTTP_IDEMPOTENCY_KEY": "k"}
    first = client.post(address, body, **call)
    assert first.status_code == 200, first.content
    again = client.post(address, body, **call)
    assert again.json() == first.json()
    gone = client.get(f"/api/v1/customers/{right.pk}/")
    assert (gone.status_code, gone.json()["code"]) == (410, "merged")
    assert str(left.pk) in gone.json()["title"]
    undone = client.post(f"/api/v1/merges/{first.json()['id']}/undo/")
    assert undone.json()["undone_at"]
    assert client.get(f"/api/v1/customers/{right.pk}/").status_code == 200


def test_people_merge_through_the_page(pair, browse):
    left, _right, people = pair
    one, other = ContactFactory(full_name="Ann Lee", at=left), ContactFactory(full_name="Ann Lee", at=left)
    client = browse(people["director"])
    page = client.get(reverse("customers:merge"), {"kind": "contact", "ids": f"{one.pk},{other.pk}"})
    assert page.status_code == 200
    versions = {f"version-{one.pk}": 1, f"version-{other.pk}": 1}
    sent = {"kind": "contact", "ids": f"{one.pk},{other.pk}", "winner": one.pk, **versions}
    done = client.post(reverse("customers:merge"), sent)
    assert done.status_code == 302
    moved = client.get(reverse("customers:contact-detail", args=[other.pk]))
    assert moved.headers["Location"] == reverse("customers:contact-detail", args=[one.pk])


def test_the_menu_of_a_customer_leads_to_the_merge(pair, browse):
    left, right, people = pair
    client = browse(people["director"])
    address = reverse("customers:customer-merge", args=[left.pk])
    assert address in client.get(reverse("customers:customer-detail", args=[left.pk])).content.decode()
    page = client.get(address).content.decode()
    assert right.name in page
    assert f"ids={left.pk}%2C{right.pk}" in page

    itself = client.post(address, {"other": f"#{left.pk}"})
    unknown = client.post(address, {"other": "Nobody at all"})
    found = client.post(address, {"other": right.name})

    assert (itself.status_code, unknown.status_code) == (422, 422)
    assert found["Location"].endswith(f"kind=customer&ids={left.pk}%2C{right.pk}")
    manager = browse(people["account_manager"])
    assert manager.get(address).status_code == 403
    assert address not in manager.get(reverse("customers:customer-detail", args=[left.pk])).content.decode()


def test_the_forms_of_a_customer_name_its_double(pair, browse):
    left, right, people = pair
    client = browse(people["director"])
    page = client.get(reverse("customers:customer-update", args=[left.pk])).content.decode()
    assert right.name in page
    assert f"ids={left.pk}%2C{right.pk}" in page
    same = {name: getattr(left, name) for name in ("org_unit_id", "relation", "life_cycle", "currency")}
    given = {"name": "Huawei Technologies", "org_unit": same.pop("org_unit_id"), **same}
    warned = client.post(reverse("customers:customer-create"), given)
    assert warned.status_code == 422
    assert f"ids={left.pk}%2C{right.pk}" in warned.content.decode()


def test_the_old_name_leads_to_the_one_that_stays(pair, browse):
    left, right, people = pair
    Customer.objects.filter(pk=right.pk).update(name="Weihua Trading")
    right.refresh_from_db()
    merge = merge_records(kind="customer", winner_id=left.pk, loser_ids=[right.pk], versions={}, by=people["director"])
    folded = SearchEntry.objects.get(kind="account_profile", object_id=left.pk).folded
    assert "weihua" in folded
    people["director"].__dict__.pop("_reach", None)
    undo_merge(merge_id=merge.pk, by=people["director"])
    assert "weihua" not in SearchEntry.objects.get(kind="account_profile", object_id=left.pk).folded
