"""Hostile calls, 61 to 66: no fault of ours in the answer, and nothing changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload
from django.urls import reverse

from accounts.models import User
from customers.models import Customer, ImportBatch, ImportRow
from customers.services.imports import running

NEW = "/imports/new/"
API = "/api/v1/imports/"
FILE = b"id,name\n1,Acme\n2,Beta\n"


@pytest.fixture
def client(director: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(director)
    return client


def part(headers: str, body: bytes) -> bytes:
    return f"--{BOUNDARY}\r\n{headers}\r\n\r\n".encode() + body + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
FLOODS: dict[str, tuple[bytes, str]] = {
    "61 spaces as base64": (
        part('Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Transfer-Encoding: base64',
             b" " * 3_000_000) + END, MULTIPART_CONTENT),
    "61 10,000 parts": (
        b"".join(part(f'Content-Disposition: form-data; name="x{n}"', b"1") for n in range(10_000)) + END,
        MULTIPART_CONTENT),
    "61 10,000 files": (
        b"".join(part(f'Content-Disposition: form-data; name="x{n}"; filename="a"', b"1") for n in range(10_000)) + END,
        MULTIPART_CONTENT),
    "61 no boundary": (b"x", "multipart/form-data"),
    "61 a boundary of nonsense": (b"x", "multipart/form-data; boundary=" + "x" * 5_000),
    "61 a thousand headers": (
        part('Content-Disposition: form-data; name="x"' + "".join(f"\r\nX-{n}: 1" for n in range(1_000)), b"1") + END,
        MULTIPART_CONTENT),
}  # fmt: skip
ROW = b'{"importable":"customers","source":"x","rows":[{"name":'
BODIES = {
    "62 10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "62 10,000 deep in a row": b'{"importable":"customers","source":"x","rows":[{"name":'
    + b"[" * 900
    + b"]" * 900
    + b"}]}",
    "62 a number without end": b'{"importable":"customers","source":"x","rows":[{"name":1e400}]}',
    "62 no number": b'{"importable":"customers","source":"x","rows":[{"name":NaN}]}',
    "62 half a sign": b'{"importable":"customers","source":"x","rows":[{"name":"\\ud800"}]}',
    "62 a zero": b'{"importable":"customers","source":"x","rows":[{"name":"a\\u0000b"}]}',
    "62 not UTF-8": b'{"importable":"\xff"}',
}
QUERIES = (
    "?ordering=" + ",".join(["created_by__password"] * 500), "?x__y__z__startswith=1", "?state=done&state=failed",
    "?" + "&".join(f"k{n}=1" for n in range(900)), "?ordering=-id&ordering=id", "?fields=created_by__password",
    "?page_size=999999999", "?cursor=" + "A" * 5_000, "?id=1%00", "?created_at=%FF%FE",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "kind"), FLOODS.values(), ids=FLOODS)
def test_floods_of_parts_are_refused(client: Client, body: bytes, kind: str) -> None:
    answer = client.generic("POST", NEW, body, content_type=kind)

    assert 400 <= answer.status_code < 500 or answer.status_code == 200
    assert ImportBatch.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_hostile_json_is_refused_or_its_row_is(client: Client, body: bytes) -> None:
    answer = client.generic("POST", API, body, content_type="application/json")

    assert answer.status_code in {201, 400, 413, 422}
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_62_of_two_keys_the_last_counts(client: Client) -> None:
    body = b'{"importable":"units","importable":"customers","source":"x","rows":[{"name":"A","name":"B"}]}'

    client.generic("POST", API, body, content_type="application/json")

    assert [customer.name for customer in Customer.objects.all()] == ["B"]


@pytest.mark.hostile
@pytest.mark.django_db
def test_62_a_body_of_100_mb_is_refused(client: Client) -> None:
    body = b'{"importable":"customers","source":"' + b"x" * 100_000_000 + b'","rows":[]}'

    answer = client.generic("POST", API, body, content_type="application/json")

    assert answer.status_code in {400, 413}


@pytest.mark.django_db
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", [API, "/imports/"])
def test_63_hostile_queries_are_refused_or_ignored(client: Client, path: str, query: str) -> None:
    answer = client.get(path + query)

    assert answer.status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "testserver:80@evil.example"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "4"},
    ],
    ids=lambda headers: "64 " + " and ".join(headers),
)
def test_64_headers_change_neither_host_nor_method(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/imports/", **headers)

    assert answer.status_code == (400 if "HTTP_HOST" in headers else 200)
    assert b"evil.example" not in answer.content


@pytest.mark.django_db
def test_66_an_upload_that_stops_half_way_leaves_nothing(client: Client) -> None:
    body = part('Content-Disposition: form-data; name="file"; filename="a.csv"', FILE)[:-20]

    answer = client.generic("POST", NEW, body, content_type=MULTIPART_CONTENT)

    assert 200 <= answer.status_code < 500
    assert ImportBatch.objects.count() == 0


@pytest.mark.django_db
def test_66_a_connection_that_breaks_leaves_nothing(client: Client) -> None:
    class Broken(FakePayload):
        def read(self, *args: Any, **kwargs: Any) -> bytes:
            raise OSError("the client is gone")

    answer = client.generic(
        "POST", NEW, b"", content_type=MULTIPART_CONTENT, **{"wsgi.input": Broken(), "CONTENT_LENGTH": "1000"}
    )

    assert answer.status_code < 500
    assert ImportBatch.objects.count() == 0


@pytest.mark.django_db
def test_66_the_same_name_with_other_content_is_another_import(client: Client) -> None:
    for data in (FILE, FILE + b"3,Gamma\n"):
        file = SimpleUploadedFile("a.csv", data)
        client.post(NEW, {"importable": "customers", "source": "erp", "file": file})

    assert len(set(ImportBatch.objects.values_list("digest", flat=True))) == 2


@pytest.mark.hostile
@pytest.mark.django_db(transaction=True)
def test_65_one_file_fifty_times_at_once_goes_in_once(director: User) -> None:
    ready = threading.Barrier(10)

    def send(number: int) -> int:
        client = Client(raise_request_exception=False)
        client.force_login(director)
        if number < 10:
            ready.wait(20)
        answer = client.post(
            NEW,
            {"importable": "customers", "source": "erp", "file": SimpleUploadedFile("a.csv", FILE)},
        )
        if answer.status_code == 302:
            batch = ImportBatch.objects.get(pk=int(answer.url.rstrip("/").split("/")[-1]))
            form = {f"field_{index}": name for name, index in batch.mapping.items()}
            client.post(reverse("imports:import-columns", args=[batch.pk]), form | {"version": batch.version})
            running.run_batch(batch_id=batch.pk, by=director)
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(send, range(50)))

    assert set(statuses) <= {302, 429}
    assert Customer.objects.count() == 2
    assert ImportRow.objects.filter(done="created").count() == 2
