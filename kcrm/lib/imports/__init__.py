"""Imports: what can be brought in, declared once; reading files, guessing columns and understanding values.

An app declares its importable things in `<app>/importables.py`; the wizard, the API, the templates for download and
the demonstration follow from the declarations.

register(Importable(
    key="customers",
    label=_("Customers"),
    fields=(Field("name", _("Name"), aliases=("company", "公司名称"), required=True), ...),
    keys=("external_id", "registration_no", "name"),
    identity=lambda values: values.get("external_id") or values.get("name"),
    allowed=can_create_customer,
    save=save_customers,
))
"""

from kcrm.lib.imports.fields import Field, Kind
from kcrm.lib.imports.outcomes import Done, Image, Outcome, Result, Row, RowError, Run
from kcrm.lib.imports.registry import Importable, all_importables, importable, importables_for, register

__all__ = [
    "Done",
    "Field",
    "Image",
    "Importable",
    "Kind",
    "Outcome",
    "Result",
    "Row",
    "RowError",
    "Run",
    "all_importables",
    "importable",
    "importables_for",
    "register",
]
