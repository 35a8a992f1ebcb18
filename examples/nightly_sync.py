#!/usr/bin/env python3
"""Bring customers, products and invoices of an ERP into KCRM every night, and read back what people changed there.

    KCRM_URL=https://kcrm.example.com KCRM_TOKEN=kcrm_... nightly_sync.py /var/erp/export /var/lib/kcrm-sync

The first folder holds what the ERP exports, as UTF-8 CSV (a file that is missing is left out):

    customers.csv   key,name,unit,...    unit: code of the organisation unit; the rest as POST /customers/bulk-upsert/
    groups.csv      code,name,description
    products.csv    sku,name,group,list_price,currency,unit,is_active
    invoices.csv    one line of an invoice or credit note a row, columns as docs/ledger.md has them
    payments.csv    document,paid_on,amount: read and counted only, KCRM keeps no payments in this version

The second keeps `state.json`, the only memory; `rejected.csv`, what KCRM refused and why; `changes.ndjson`, what
changed in KCRM since the last night, for the ERP to take over.

It may be stopped at any moment and started again: what was taken is remembered batch by batch, everything is known by
its key in the ERP, and a repeated call has one effect. Only rows that differ from those of the last night are sent.
Needs Python 3.11 and nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

SOURCE = "erp"  # the name of the ERP in KCRM; keys are unique within it
TRIES = 6
BATCHES = {"customers": 500, "groups": 500, "products": 500, "invoices": 5_000}
READ_BACK = "customer,contact,interaction,task,team_membership"

Row = dict[str, str]


class Refused(Exception):
    """KCRM understood the call and said no; `problem` is its answer (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('detail') or problem.get('title')}")
        self.status, self.problem = status, problem


class Kcrm:
    """The REST door: waits when it is told to, repeats what may have been lost, never does anything twice."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def get(self, path: str, **query: str) -> Any:
        return self._call("GET", f"{path}?{urllib.parse.urlencode(query)}" if query else path, None, "")

    def post(self, path: str, body: Any) -> Any:
        return self._call("POST", path, json.dumps(body).encode(), "application/json")

    def post_lines(self, path: str, rows: Sequence[Row]) -> Any:
        data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        return self._call("POST", path, data, "application/x-ndjson")

    def _call(self, method: str, path: str, data: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = kind
        if data is not None and kind == "application/json":
            headers["Idempotency-Key"] = hashlib.sha256(path.encode() + data).hexdigest()
        for attempt in range(TRIES):
            request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in {429, 502, 503, 504} or attempt == TRIES - 1:
                    raise Refused(error.code, _problem(error)) from None
                time.sleep(float(error.headers.get("Retry-After") or 2**attempt))
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if attempt == TRIES - 1:
                    raise
                time.sleep(2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        found = json.load(error)
    except ValueError:
        return {"title": error.reason}
    return found if isinstance(found, dict) else {"title": error.reason}


class State:
    """What KCRM has taken: a digest of each row by its key, and the place in the change feed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "state.json"
        known = json.loads(self.path.read_text("utf-8")) if self.path.exists() else {}
        self.taken: dict[str, dict[str, str]] = known.get("taken", {})
        self.cursor: str = known.get("cursor", "")

    def save(self) -> None:
        """Write it beside the old one and put it in its place: a crash leaves one or the other."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"taken": self.taken, "cursor": self.cursor}), "utf-8")
        fresh.replace(self.path)


class Sync:
    """One night."""

    def __init__(self, kcrm: Kcrm, exported: Path, kept: Path) -> None:
        self.kcrm, self.exported, self.kept = kcrm, exported, kept
        self.state = State(kept)
        self.rejected: list[tuple[str, str, str]] = []
        self.counts: dict[str, int] = {}

    def run(self) -> int:
        """Send what is new, read back what changed; 0 when nothing was refused."""
        if not self.state.cursor:  # from here on the feed tells; what is there already, the ERP has
            self.state.cursor = self.kcrm.get("changes/", changed_since="now")["cursor"]
            self.state.save()
        self._send("groups", lambda row: row["code"], self._products("product-groups", "code"))
        self._send("products", lambda row: row["sku"], self._products("products", "sku"))
        self._send("customers", lambda row: row["key"], self._customers)
        self._send("invoices", lambda row: f"{row['document']}/{row['line']}", self._invoices)
        self.counts["payments left out"] = sum(1 for _row in self._rows("payments"))
        self._read_back()
        self._write_rejected()
        return 1 if self.rejected else 0

    def _rows(self, name: str) -> Iterator[Row]:
        path = self.exported / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from csv.DictReader(file)

    def _send(self, name: str, key_of: Callable[[Row], str], send: Callable[[list[Row]], dict[str, str]]) -> None:
        """Send the rows that differ from what was taken, in batches; `send` answers {key: reason} of refused ones."""
        taken = self.state.taken.setdefault(name, {})
        changed = [row for row in self._rows(name) if taken.get(key_of(row)) != _digest(row)]
        self.counts[name] = len(changed)
        for start in range(0, len(changed), BATCHES[name]):
            batch = changed[start : start + BATCHES[name]]
            refused = send(batch)
            for row in batch:
                if key_of(row) in refused:
                    self.rejected.append((name, key_of(row), refused[key_of(row)]))
                else:
                    taken[key_of(row)] = _digest(row)
            self.state.save()

    def _products(self, resource: str, key: str) -> Callable[[list[Row]], dict[str, str]]:
        def send(batch: list[Row]) -> dict[str, str]:
            answer = self.kcrm.post(f"{resource}/bulk/", {"source": SOURCE, "rows": batch})
            outcomes = zip(batch, answer["results"], strict=True)
            return {row[key]: found["reason"] for row, found in outcomes if found["result"] == "rejected"}

        return send

    def _customers(self, batch: list[Row]) -> dict[str, str]:
        units = {unit["code"]: unit["id"] for unit in self._all("org-units/")}
        refused = {row["key"]: f"no unit {row['unit']}" for row in batch if row["unit"] not in units}
        sent = [row for row in batch if row["key"] not in refused]
        answer = self.kcrm.post("customers/bulk-upsert/", [_customer(row, units[row["unit"]]) for row in sent])
        for row, found in zip(sent, answer["results"], strict=True):
            if found["status"] == "refused":
                refused[row["key"]] = "; ".join(f"{one['field']}: {one['detail']}" for one in found["errors"])
        return refused

    def _invoices(self, batch: list[Row]) -> dict[str, str]:
        answer = self.kcrm.post_lines(f"ledger-lines/bulk/?source={SOURCE}", batch)
        return {
            f"{batch[reject['row'] - 1]['document']}/{batch[reject['row'] - 1]['line']}": reject["reason"]
            for reject in answer["rejects"]
        }

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        page = self.kcrm.get(path, page_size="200")
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.kcrm.get(path, **dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"]).query)))

    def _read_back(self) -> None:
        """Append what changed in KCRM; the place in the feed moves on only after the lines are on disk."""
        more = True
        while more:
            try:
                page = self.kcrm.get("changes/", changed_since=self.state.cursor, resource=READ_BACK)
            except Refused as error:
                if error.status != 410:  # away for more than ninety days: start afresh
                    raise
                page = self.kcrm.get("changes/", changed_since="now")
            with (self.kept / "changes.ndjson").open("a", encoding="utf-8") as file:
                for change in page["results"]:
                    file.write(json.dumps(change | {"record": self._record(change)}) + "\n")
                    self.counts["changes"] = self.counts.get("changes", 0) + 1
                file.flush()
                os.fsync(file.fileno())
            self.state.cursor, more = page["cursor"], page["more"]
            self.state.save()

    def _record(self, change: dict[str, Any]) -> dict[str, Any] | None:
        """The customer as it is now, with its key in the ERP; other kinds and what is gone only by number."""
        if change["resource"] != "customer" or change["gone"]:
            return None
        try:
            record: dict[str, Any] = self.kcrm.get(f"customers/{change['id']}/")
        except Refused as error:
            if error.status == 404:  # it went between the feed and now: a later change says so
                return None
            raise
        return record

    def _write_rejected(self) -> None:
        with (self.kept / "rejected.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("file", "key", "reason"), *self.rejected])


def _customer(row: Row, unit: int) -> dict[str, Any]:
    """A row of customers.csv as KCRM takes it; empty cells leave what KCRM has."""
    values: dict[str, Any] = {name: value for name, value in row.items() if name not in {"key", "unit"} and value}
    return values | {"source": SOURCE, "value": row["key"], "org_unit": unit}


def _digest(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


def main(arguments: Sequence[str]) -> int:
    """One night; the exit status is 1 when rows were refused."""
    exported, kept = map(Path, arguments)
    sync = Sync(Kcrm(os.environ["KCRM_URL"], os.environ["KCRM_TOKEN"]), exported, kept)
    status = sync.run()
    for name, count in sync.counts.items():
        print(f"{name}: {count}")
    print(f"rejected: {len(sync.rejected)}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
