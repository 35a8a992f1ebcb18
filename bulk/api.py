"""/api/v1/bulk-edits/: choose rows of a list, say what they get, look at it, start it, take it back. In person only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from bulk.forms import ChangeForm, tick_of
from bulk.models import BulkEdit
from bulk.registry import all_bulk_lists, bulk_list
from bulk.selectors import EditPage
from bulk.services import edits
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, StrictSerializer, act
from kcrm.lib.tables.addresses import list_at


class BulkEditSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """Rows of one list that are changed together, frozen when they were chosen; `job` does the work."""

    list = serializers.CharField(source="list_key")
    job = serializers.IntegerField(source="job_id", allow_null=True)

    class Meta:
        model = BulkEdit
        fields = (
            "id", "list", "state", "act", "values", "job", "count", "changed", "unchanged", "refused", "undone", "kept",
            "version", "created_at",
        )  # fmt: skip


class ChooseSerializer(StrictSerializer):
    """Rows by `list` and `ids`, or all that a list shows at its `address`, with the filters of its page."""

    list = serializers.ChoiceField(choices=[], required=False)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, min_length=1, max_length=edits.LARGEST
    )
    address = serializers.CharField(max_length=2000, required=False, help_text="Such as /customers/?industry=steel.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: Any = self.fields["list"]
        lists.choices = sorted(known.key for known in all_bulk_lists())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way of naming the rows."""
        if ("address" in attrs) == ("list" in attrs and "ids" in attrs) or ("address" in attrs and len(attrs) > 1):
            raise serializers.ValidationError(_("Give a list with ids, or an address."))
        return attrs


class BulkChangeSerializer(StrictSerializer):
    """What every row gets: `values` by the names of `fields/`, or with `delete` the bin."""

    act = serializers.ChoiceField(choices=BulkEdit.Act.choices, default=BulkEdit.Act.CHANGE)
    values = serializers.DictField(child=serializers.JSONField(allow_null=True), required=False, default=dict)


class BulkFieldSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """A value that the rows of this edit can get together."""

    name = serializers.CharField()
    label = serializers.CharField()
    needed = serializers.BooleanField()


class SampleSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """A row of the preview: whom it concerns, and [[field, before, after]] in words."""

    label = serializers.CharField()
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class PreviewSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """What would come of the rows now."""

    changing = serializers.IntegerField()
    equal = serializers.IntegerField()
    gone = serializers.IntegerField()
    stale = serializers.IntegerField()
    not_allowed = serializers.IntegerField()
    samples = SampleSerializer(many=True)


class LeftSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """A row that was left as it is, with the reason."""

    label = serializers.CharField()
    reason = serializers.CharField()


class LeftRowsSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The first rows that were left, and those that could not be taken back."""

    refused = LeftSerializer(many=True)
    kept = LeftSerializer(many=True)


class BulkEditResource(CreateRows):
    """One's own bulk edits: up to 10,000 frozen rows, shown before, changed one by one, taken back one by one."""

    model = BulkEdit
    access_resource = "bulk_edit"
    serializer_class = BulkEditSerializer
    write_serializer_class = ChooseSerializer
    orderings: ClassVar = {"id": "pk", "created_at": "created_at"}
    default_ordering = "-id"
    verbs: ClassVar = dict.fromkeys(("choices", "preview", "left"), Verb.READ)

    def visible_rows(self) -> QuerySet[BulkEdit]:
        """One's own."""
        rows: QuerySet[BulkEdit] = BulkEdit.objects.visible_to(self.request.user)  # type: ignore[arg-type]  # signed in
        return rows

    def create_with(self, values: dict[str, Any]) -> BulkEdit:
        """Freeze the rows."""
        user: Any = self.request.user
        if "address" in values:
            query = list_at(values["address"], by=user)
            key, matching, shown = query.spec.key, query.filtered, values["address"].partition("?")[2]
            if key not in {known.key for known in all_bulk_lists()}:
                raise serializers.ValidationError({"address": _("The rows of this list cannot be changed together.")})
        else:
            key, shown = values["list"], ""
            matching = bulk_list(key).rows(user)
        return edits.choose_rows(list_key=key, matching=matching, ids=values.get("ids"), query=shown, by=user)

    @act(BulkChangeSerializer)
    def change(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Say what is to become of the rows; nothing happens yet. Needs If-Match."""
        plain = {} if values["act"] == BulkEdit.Act.DELETE else self._cleaned(pk, values["values"])
        edits.set_change(edit_id=pk, version=version, act=values["act"], values=plain, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(status=202)
    def run(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Change the rows in a job, or go on with one that was stopped; needs If-Match."""
        edits.start_run(edit_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(status=202)
    def revert(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Take back in a job what was changed, except what was changed since; needs If-Match."""
        edits.start_revert(edit_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(responses={200: BulkFieldSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], url_path="fields", pagination_class=None)
    def choices(self, request: Request, pk: str) -> Response:
        """What the rows of this edit can get."""
        return Response(BulkFieldSerializer(self._page(pk).declared.fields, many=True).data)

    @extend_schema(responses={200: PreviewSerializer})
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str) -> Response:
        """What would come of every row now, with examples; only zeros before it is said and after it has begun."""
        found = self._page(pk).preview
        empty: dict[str, Any] = dict.fromkeys(("changing", "equal", "gone", "stale", "not_allowed"), 0) | {
            "samples": []
        }
        return Response(PreviewSerializer(found or empty).data)

    @extend_schema(responses={200: LeftRowsSerializer})
    @action(detail=True, methods=["get"])
    def left(self, request: Request, pk: str) -> Response:
        """Which rows were left as they are, and why."""
        return Response(LeftRowsSerializer(self._page(pk)).data)

    def _page(self, pk: str | int) -> EditPage:
        user: Any = self.request.user
        return EditPage(self.visible_rows().select_related("job").get(pk=int(pk)), user)

    def _cleaned(self, pk: int, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the form of the page cleans them. Raises ValidationError by field."""
        declared = self._page(pk).declared
        if unknown := set(values) - {field.name for field in declared.fields}:
            raise serializers.ValidationError({name[:100]: _("Unknown field.") for name in sorted(unknown)})
        typed: MultiValueDict[str, str] = MultiValueDict()
        for name, value in values.items():
            typed[tick_of(declared.field(name))] = "on"
            texts = value if isinstance(value, list) else [value]
            typed.setlist(name, ["" if one is None else str(one) for one in texts])
        user: Any = self.request.user
        form = ChangeForm(typed, declared=declared, user=user)
        if not form.is_valid():
            raise serializers.ValidationError(dict(form.errors))
        return form.values()
