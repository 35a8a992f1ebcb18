"""What Schemathesis cannot know: which records there are, and which version of them somebody just read.

Without it nearly every call names a record that is not there and stops at 404. Half of the calls are left as they were
made up, so that wrong numbers and versions are tried too.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import schemathesis

KINDS: Final[Mapping[str, str]] = {
    "customer": "customers",
    "contact": "contacts",
    "assignee": "users",
    "user": "users",
    "owner": "users",
    "org_unit": "org-units",
    "parent": "customers",
    "interaction": "interactions",
    "round": "scoring-rounds",
    "factor": "scoring-factors",
    "view": "customer-views",
    "alternative": "alternatives",
}  # fmt: skip
_dice = random.Random(7)  # noqa: S311 - chance for tests


@schemathesis.hook
def before_call(context: Any, case: Any, **kwargs: Any) -> None:
    """Aim half of the calls at records that there are, in the version that they have."""
    parameters, headers = case.path_parameters or {}, case.headers
    if "id" in parameters and _dice.random() < 0.7 and (found := _known(case.path.split("/")[3])):
        parameters["id"] = _dice.choice(found)
    if isinstance(case.body, dict):
        for name, kind in KINDS.items():
            if isinstance(case.body.get(name), int) and _dice.random() < 0.7 and (found := _known(kind)):
                case.body[name] = _dice.choice(found)
    if headers is not None and "If-Match" in headers and _dice.random() < 0.7:
        base = case.path.split("{")[0]
        if "id" in parameters and (tag := _tag(f"{base}{parameters['id']}/")):
            headers["If-Match"] = tag


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: Any, value: Any) -> bytes:
    """One object a line."""
    rows = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(row).encode() for row in rows)


@cache
def _known(kind: str) -> tuple[int, ...]:
    """The numbers of some records of a resource that the caller sees."""
    answer = _get(f"/api/v1/{kind}/?page_size=5&fields=id")
    return tuple(row["id"] for row in json.loads(answer.read())["results"]) if answer else ()


def _tag(path: str) -> str:
    answer = _get(path)
    return answer.headers.get("ETag", "") if answer else ""


def _get(path: str) -> Any:
    headers = {"Authorization": f"Bearer {os.environ['KCRM_TEST_TOKEN']}"}
    try:
        return urlopen(Request(os.environ["KCRM_TEST_URL"] + path, headers=headers), timeout=10)  # noqa: S310 - our own server
    except (HTTPError, OSError):
        return None
