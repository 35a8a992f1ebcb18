"""The steps of an import by file through REST: arrival, how to read it, what its columns mean, check, run."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from customers import permissions
from customers.forms.imports import LONGEST_PASTE
from customers.models import ImportBatch
from customers.selectors.imports import import_page
from customers.serializers.imports import ImportSerializer
from customers.services.imports import batches, mappings
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.rendering import OrjsonParser
from kcrm.lib.api.resources import ReadOnlyResource, StrictSerializer, act, given
from kcrm.lib.errors import NotAllowed

MOST_COLUMNS = 500
FIRST_ROWS = 5
NAME: dict[str, Any] = {"max_length": 60}
TEXT: dict[str, Any] = {"max_length": 200, "allow_blank": True}


class UploadSerializer(StrictSerializer):
    """What comes, from which system, as a `file` (multipart) or as `text` copied from a spreadsheet."""

    importable = serializers.CharField(max_length=40)
    source = serializers.CharField(max_length=40)
    file = serializers.FileField(required=False)
    text = serializers.CharField(required=False, max_length=LONGEST_PASTE, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("file" in attrs) == ("text" in attrs):
            raise serializers.ValidationError({"file": "file | text"})
        return attrs


class ReadingSerializer(StrictSerializer):
    """How the file is read; what is left out stays as it was guessed."""

    encoding = serializers.CharField(max_length=20, required=False)
    delimiter = serializers.CharField(max_length=1, required=False, trim_whitespace=False)
    sheet = serializers.CharField(max_length=100, required=False)
    header_row = serializers.IntegerField(min_value=1, max_value=1000, required=False)


class MappingSerializer(StrictSerializer):
    """Which column (from 0) means which field, how columns write dates and numbers, what replaces what, by which rules.

    What is left out stays as it is. `constants` are said by every row; a replacement by null leaves the cell empty;
    `creations` are texts of a field that are brought in before the rows; `keys` find what is there already; `policy`
    is overwrite, fill_empty or never for a field.
    """

    mapping = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_COLUMNS), required=False)
    formats = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=10)), required=False
    )
    policy = serializers.DictField(child=serializers.CharField(max_length=20), required=False)
    keys = serializers.ListField(child=serializers.CharField(**NAME), required=False, max_length=20)
    constants = serializers.DictField(child=serializers.CharField(**TEXT), required=False)
    replacements = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(allow_null=True, **TEXT)), required=False
    )
    creations = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(**TEXT), max_length=2000), required=False
    )


class KeepSerializer(StrictSerializer):
    """The name under which these answers are kept."""

    name = serializers.CharField(**NAME)


class UseSerializer(StrictSerializer):
    """The kept answers to take over, by their number in `setup/`."""

    mapping = serializers.IntegerField(min_value=1)


class ImportFieldSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A field that rows can bring."""

    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()


class KeptMappingSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """Answers that were kept under a name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SetupSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """How an import understands its file, with the first rows as they are read and what the check found."""

    fields_known = ImportFieldSerializer(many=True)
    first_rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_null=True)))
    kept_mappings = KeptMappingSerializer(many=True)
    answer = serializers.CharField()
    checked = serializers.DictField(allow_null=True)

    class Meta:
        model = ImportBatch
        fields = (
            "form", "encoding", "delimiter", "sheet", "sheets", "header_row", "header", "mapping", "formats", "policy",
            "keys", "constants", "replacements", "creations", "checked", "error", "answer", "fields_known",
            "first_rows", "kept_mappings",
        )  # fmt: skip


class ImportSteps(ReadOnlyResource):
    """An import by file, step by step."""

    @extend_schema(
        request={"multipart/form-data": UploadSerializer, "application/json": UploadSerializer},
        responses={201: ImportSerializer},
    )
    @action(detail=False, methods=["post"], parser_classes=[OrjsonParser, MultiPartParser])
    @answer_once
    def upload(self, request: Request) -> Response:
        """Take a file or pasted rows in and guess what its columns mean; nothing changes yet."""
        values, by = given(UploadSerializer, request), self._by
        known = {"importable": values["importable"], "source": values["source"], "by": by}
        if file := values.get("file"):
            batch = batches.upload_file(file=file, name=file.name, **known)
        else:
            batch = batches.paste_text(text=values["text"], **known)
        location = request.build_absolute_uri(f"{request.path.removesuffix('upload/')}{batch.pk}/")
        return self.answer_with(batch.pk, 201, {"Location": location})

    @extend_schema(responses={200: SetupSerializer})
    @action(detail=True, methods=["get"])
    def setup(self, request: Request, pk: str) -> Response:
        """How the file is read now, which fields there are, what its columns mean, what the check found."""
        batch = self.visible_rows().select_related("job", "created_by").get(pk=int(pk))
        if not permissions.can_see_import_rows(self._by, batch):
            raise NotAllowed("import_batch", Verb.READ)
        page = import_page(batch, self._by)
        rows = page.preview.rows[:FIRST_ROWS] if page.preview else ()
        shown = {name: getattr(batch, name) for name in SetupSerializer.Meta.fields if hasattr(batch, name)} | {
            "answer": page.answer,
            "fields_known": page.thing.fields if page.thing else (),
            "first_rows": [[None if cell is None else str(cell) for cell in cells] for _number, cells in rows],
            "kept_mappings": mappings.named_for(batch),
        }
        return Response(SetupSerializer(shown).data)

    @act(ReadingSerializer, verb=Verb.CREATE)
    def reading(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Read the file in another way; its columns are guessed anew. Needs If-Match."""
        batches.set_reading(batch_id=pk, version=version, values=values, by=self._by)

    @act(MappingSerializer, verb=Verb.CREATE)
    def mapping(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Say what the columns mean and by which rules rows go in; needs If-Match."""
        batch = self.visible_rows().get(pk=pk)
        now = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
        batches.set_mapping(batch_id=pk, version=version, by=self._by, **now | values)

    @act(KeepSerializer, verb=Verb.CREATE, versioned=False)
    def keep(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Keep these answers under a name, for other files."""
        batches.keep_mapping(batch_id=pk, name=values["name"], by=self._by)

    @act(UseSerializer, verb=Verb.CREATE)
    def use(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Take answers over that were kept under a name; needs If-Match."""
        batches.use_mapping(batch_id=pk, version=version, mapping_id=values["mapping"], by=self._by)

    @act(verb=Verb.CREATE, status=202)
    def check(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """The dry run: let a job try all rows and take them back; needs If-Match."""
        batches.start_check(batch_id=pk, version=version, by=self._by)

    @act(verb=Verb.CREATE, status=202)
    def run(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Let a job bring the rows in, or go on where it broke off; needs If-Match."""
        batches.start_run(batch_id=pk, version=version, by=self._by)

    @property
    def _by(self) -> Any:
        return self.request.user
