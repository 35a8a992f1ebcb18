"""View sets that every resource extends."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, ClassVar, Final

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kcrm.lib.access import Verb, token_allows
from kcrm.lib.api.conditions import etag_of, if_match
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.paging import RESERVED, KeysetPagination, page_of
from kcrm.lib.drawn import Drawn
from kcrm.lib.errors import BadQuery
from kcrm.lib.filters import OPEN_CLASSES, StrictFilterSet, UnknownKey
from kcrm.lib.prepared import Prepared, Slot
from kcrm.lib.tables.columns import nullable_path
from kcrm.lib.tables.keyset import Order

VERBS: Mapping[str, Verb] = {
    "GET": Verb.READ,
    "HEAD": Verb.READ,
    "OPTIONS": Verb.READ,
    "POST": Verb.CREATE,
    "PUT": Verb.UPDATE,
    "PATCH": Verb.UPDATE,
    "DELETE": Verb.DELETE,
}

_rows: Final[Drawn[Prepared]] = Drawn(1_000)


class ReadOnlyResource(GenericViewSet):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A resource that can be listed and read.

    Subclasses set
    `model`             the model;
    `access_resource`   the row of the access matrix that tokens are held against;
    `serializer_class`  the read serializer: each field's `source` is the ORM path or the name in `annotations`;
    `annotations`       {name: ORM expression} for what is no column;
    `orderings`         {public name: ORM path} that `?ordering=` knows (with `-` for descending), `default_ordering`;
    `filterset_class`   a StrictFilterSet;
    `field_classes`     {public name: field class} of protected fields;
    and answer `visible_rows()`. `verbs` names the verb of extra actions whose method does not say it.
    """

    model: type[Model]
    access_resource: str = ""
    annotations: ClassVar[Mapping[str, Combinable | Any]] = {}
    orderings: ClassVar[Mapping[str, str]] = {"id": "pk"}
    default_ordering = "id"
    filterset_class: type[StrictFilterSet] = StrictFilterSet
    field_classes: ClassVar[Mapping[str, str]] = {}
    verbs: ClassVar[Mapping[str, Verb]] = {}
    pagination_class = KeysetPagination
    filter_backends: ClassVar = [DjangoFilterBackend]  # read by the API document; `filtered` does the work
    lookup_value_regex = r"\d{1,18}"
    row_needs: ClassVar[tuple[str, ...]] = ()

    def visible_rows(self) -> QuerySet[Any]:
        """The rows that the caller may see."""
        raise NotImplementedError

    def reader(self) -> Hashable:
        """All that decides, with the day, which rows the caller sees: equal readers share statements. None for none."""
        return None

    def allowed_classes(self) -> frozenset[str]:
        """The field classes that the caller may read on at least one row."""
        return OPEN_CLASSES

    def classes_of_row(self, row: Mapping[str, Any]) -> frozenset[str]:
        """The field classes that the caller may read on this row; `row` has the paths of `row_needs`."""
        return self.allowed_classes()

    def get_queryset(self) -> QuerySet[Any]:
        """DRF's name for the visible rows; none while the API document is made."""
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.visible_rows()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who calls, and whether the token may ask for this at all."""
        super().initial(request, *args, **kwargs)
        token = getattr(request.user, "api_token", None)
        resource = getattr(getattr(self, self.action or "", None), "resource", "") or self.access_resource
        if token is not None and not token_allows(resource, self.verb, token.scopes):
            raise PermissionDenied(_("The token's scopes do not cover this call."))

    @property
    def verb(self) -> Verb:
        """The verb of the matrix that this call is: as `verbs` says, as the act says, else as its method says."""
        name = self.action or ""
        by_act = getattr(getattr(self, name, None), "verb", None)
        return self.verbs.get(name) or by_act or VERBS.get(self.request.method or "", Verb.READ)

    # --- reading

    @cached_property
    def read_fields(self) -> dict[str, tuple[str, Any]]:
        """{public name: (path, converter or None)} of the fields this call answers with.

        Raises BadRequest for a name in `?fields=` that the caller's resource does not have.
        """
        allowed = self.allowed_classes()
        known = {
            name: found
            for name, found in _fields_of(self.serializer_class).items()
            if self.field_classes.get(name, "F0") in allowed
        }
        wanted = self.request.query_params.get("fields")
        if not wanted:
            return known
        names = [name.strip() for name in wanted.split(",") if name.strip()]
        for name in names:
            if name not in known:
                raise UnknownKey(
                    _("Unknown field “%(name)s”. This resource has: %(known)s.")
                    % {"name": name[:100], "known": ", ".join(known)}
                )
        return {name: known[name] for name in names}

    def projected(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with the annotations that this call needs."""
        paths = {path.split("__")[0] for path, _convert in self.read_fields.values()}
        needed = {name: value for name, value in self.annotations.items() if name in paths}
        return rows.annotate(**needed) if needed else rows

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """A fetched row as the answer shows it: public names, converted values, no field the caller may not read."""
        classes = self.classes_of_row(row) if self.field_classes else OPEN_CLASSES
        return {
            name: convert(row[path]) if convert else row[path]
            for name, (path, convert) in self.read_fields.items()
            if self.field_classes.get(name, "F0") in classes
        }

    def order(self, rows: QuerySet[Any]) -> Order:
        """The order asked for. Raises BadRequest for one that does not exist."""
        key = self.request.query_params.get("ordering") or self.default_ordering
        name = key.removeprefix("-")
        path = self.orderings.get(name)
        if path is None or self.field_classes.get(name, "F0") not in self.allowed_classes():
            raise UnknownKey(
                _("Unknown order “%(key)s”. This resource knows: %(known)s.")
                % {"key": key[:100], "known": ", ".join(self.orderings)}
            )
        return Order(name, path, key.startswith("-"), nullable_path(rows.model, path))

    def filtered(self, visible: QuerySet[Any]) -> tuple[QuerySet[Any], bool]:
        """The visible rows that pass the query's filters, and whether there were any. Raises BadRequest."""
        query = self.request.query_params
        filterset = self.filterset_class(
            query, visible, request=self.request, allowed_classes=self.allowed_classes(), reserved=RESERVED
        )
        if not filterset.form.is_valid():
            raise serializers.ValidationError(filterset.form.errors)
        since = query.get("changed_since")
        if since is None and all(key in RESERVED for key in query):
            return visible, False
        return filterset.qs if since is None else self._changed_since(filterset.qs, since), True

    def _changed_since(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows that were made or changed at a moment or later. Raises BadRequest."""
        if not any(field.name == "updated_at" for field in rows.model._meta.fields):
            raise UnknownKey(_("Unknown filter “%(key)s”.") % {"key": "changed_since"})
        try:
            moment = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise BadQuery(_("Give changed_since as a moment with its zone, such as 2026-03-01T08:00:00Z."))
        return rows.filter(updated_at__gte=_in_utc(moment))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of rows."""
        visible = self.projected(self.visible_rows())
        filtered, is_filtered = self.filtered(visible)
        order = self.order(visible)
        paths = dict.fromkeys([path for path, _convert in self.read_fields.values()] + list(self.row_needs))
        answer = page_of(request, visible, filtered, order, paths, is_filtered=is_filtered)
        answer["results"] = [self.plain(row) for row in answer["results"]]
        return Response(answer)

    def row(self, pk: int) -> dict[str, Any]:
        """One visible row as fetched, with its version. Raises DoesNotExist."""
        paths = [path for path, _convert in self.read_fields.values()]
        names = tuple(dict.fromkeys((*paths, *self.row_needs)))

        def prepared() -> Prepared:
            rows = self.projected(self.visible_rows())
            extra = ("version",) if _has_version(rows.model) else ()
            return Prepared(rows.order_by().filter(pk=Slot("pk")).values(*dict.fromkeys((*names, *extra))))

        reader = self.reader()
        statement = (
            prepared() if reader is None else _rows.get((type(self), reader, timezone.localdate(), names), prepared)
        )
        found = statement.first(pk=pk)
        if found is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]  # every model has its own
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row; its version is the ETag."""
        return self.answer_with(int(kwargs[self.lookup_field]))

    def answer_with(self, pk: int, number: int = status.HTTP_200_OK, headers: dict[str, str] | None = None) -> Response:
        """The row with this key as the answer to a read or a write."""
        row = self.row(pk)
        response = Response(self.plain(row), status=number, headers=headers)
        if "version" in row:
            response["ETag"] = etag_of(row["version"])
        return response

    def current_values(self, current: Any) -> dict[str, Any] | None:
        """What a caller who came too late needs to see; None when he may no longer see it."""
        try:
            return self.plain(self.row(current.pk))
        except (type(current).DoesNotExist, BadRequest):
            return None


class Writing(ReadOnlyResource):
    """What the three kinds of writes share. A write may carry `Idempotency-Key`."""

    write_serializer_class: type[serializers.BaseSerializer[Any]] | None = None

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """The write serializer for writes, so that the API document describes bodies and answers."""
        if self.action in {"create", "update", "partial_update"} and self.write_serializer_class:
            return self.write_serializer_class
        return super().get_serializer_class()

    def validated(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The body's values. Raises ValidationError."""
        serializer_class = self.write_serializer_class or self.get_serializer_class()
        serializer = serializer_class(data=request.data, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values


class CreateRows(Writing):
    """A resource whose records can be made; subclasses answer `create_with` by calling a service."""

    def create_with(self, values: dict[str, Any]) -> Any:
        """Make the record and return it."""
        raise NotImplementedError

    @answer_once
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a record."""
        made = self.create_with(self.validated(request))
        location = request.build_absolute_uri(f"{request.path}{made.pk}/")
        return self.answer_with(made.pk, status.HTTP_201_CREATED, {"Location": location})


class UpdateRows(Writing):
    """A resource whose records can be changed; subclasses answer `update_with` by calling a service."""

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Any:
        """Change the record."""
        raise NotImplementedError

    @answer_once
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replace a record's fields; needs If-Match."""
        return self._write(request, int(kwargs[self.lookup_field]), partial=False)

    @answer_once
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields of a record; needs If-Match."""
        return self._write(request, int(kwargs[self.lookup_field]), partial=True)

    def _write(self, request: Request, pk: int, *, partial: bool) -> Response:
        self.row(pk)
        version = if_match(request)
        self.update_with(pk, version, self.validated(request, partial=partial))
        return self.answer_with(pk)


class DeleteRows(Writing):
    """A resource whose records can be put into the bin; subclasses answer `delete_with` by calling a service."""

    def delete_with(self, pk: int, version: int) -> None:
        """Put the record into the bin."""
        raise NotImplementedError

    @answer_once
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a record into the bin; needs If-Match."""
        pk = int(kwargs[self.lookup_field])
        self.row(pk)
        self.delete_with(pk, if_match(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Resource(CreateRows, UpdateRows, DeleteRows):
    """A resource that can be made, changed and put into the bin."""


@cache
def _fields_of(serializer_class: Any) -> Mapping[str, tuple[str, Any]]:
    """{public name: (ORM path, converter or None)} of a read serializer; the same for every call."""
    return {
        name: ((field.source or name).replace(".", "__"), getattr(field, "plain", None))
        for name, field in serializer_class().fields.items()
    }


def _in_utc(moment: datetime) -> datetime:
    """The moment without its offset: PostgreSQL knows fewer of them than Python. Raises BadQuery."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadQuery(_("This moment is out of range.")) from None


@cache
def _has_version(model: Any) -> bool:
    return any(field.name == "version" for field in model._meta.concrete_fields)
