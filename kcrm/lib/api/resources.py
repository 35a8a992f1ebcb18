"""The REST door's own furniture: rows as JSON without detours, paging, versions, repeated calls, problem details.

A resource is declared once: a read serializer names its fields (their `source` is the ORM path) and documents them;
the view set turns exactly these into one `SELECT ... values` and hands the rows to orjson. Writes validate with a write
serializer and call one service.
"""

from kcrm.lib.api.acts import act, given
from kcrm.lib.api.conditions import etag_of, if_match
from kcrm.lib.api.exporting import ExportRows
from kcrm.lib.api.serializers import KeysField, StrictSerializer, UnitsField
from kcrm.lib.api.viewsets import CreateRows, DeleteRows, ReadOnlyResource, Resource, UpdateRows

__all__ = [
    "CreateRows",
    "DeleteRows",
    "ExportRows",
    "KeysField",
    "ReadOnlyResource",
    "Resource",
    "StrictSerializer",
    "UnitsField",
    "UpdateRows",
    "act",
    "etag_of",
    "given",
    "if_match",
]
