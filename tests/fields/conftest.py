"""Fields of customers and contacts, as an administrator defines them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fields.models import CustomField
from fields.services.definitions import create_field
from tests import personas


@pytest.fixture
def define(db: None) -> Callable[..., CustomField]:
    admin = personas.administrator(None)

    def make(label: str, kind: str = "text", record: str = "customer", **values: Any) -> CustomField:
        usual = {"field_class": "F6" if record == "contact" else "F0"}
        return create_field(record=record, values={"label_en": label, "kind": kind, **usual, **values}, by=admin)

    return make
