"""Erase a person: his own columns, his history, and his name, addresses and numbers wherever they stand in texts."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg2 import sql

from customers.models import Contact, Customer, SearchEntry
from customers.services import search
from customers.services.privacy.traces import Place, marks_of, places
from jobs.models import Job
from kcrm.lib import words

BLANKED: Final = (
    "salutation",
    "email",
    "phone",
    "mobile",
    "home_address",
    "private_phone",
    "chat_id",
    "external_source",
    "external_id",
)
SHORT: Final = 4  # a mark this short (a Chinese name) is only looked for where the person's customers are


def pseudonym_of(contact_id: int) -> str:
    """What stands where the name stood."""
    return f"[{contact_id}]"


@transaction.atomic
def erase_person(*, contact_id: int) -> dict[str, int]:
    """Erase a person for good; returns how many rows changed in each table, the certificate of the act.

    The row stays, without anything that tells who it was, so that meetings and tasks keep their shape. Files made for
    download are deleted, since any of them may name him. Asking whether it may be done is the caller's.
    """
    contact: Contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact_id)
    aliases = list(Contact.objects.select_for_update(of=("self",)).filter(merged_into=contact))
    found = [mark for person in (contact, *aliases) for mark in marks_of(person)]
    marks, pseudonym = sorted(dict.fromkeys(found), key=len, reverse=True), pseudonym_of(contact_id)
    values: dict[str, Any] = dict.fromkeys(BLANKED, "")
    values |= {
        "full_name": pseudonym,
        "name_key": pseudonym,
        "name_sort": pseudonym,
        "birthday": None,
        "custom": {},
        "deleted_at": contact.deleted_at or timezone.now(),
        "erased_at": timezone.now(),
    }
    contact.apply(values)
    for alias in aliases:
        alias.apply(values)
    search.forget("contact", [contact_id])
    certificate = {"customers.contact": 1, "customers.searchentry": _forget_search(marks, contact_id)}
    for place in places(contact, all_rows=True):
        if changed := _scrub(place, marks, pseudonym):
            certificate[place.label] = certificate.get(place.label, 0) + changed
    certificate["customers.contactevent"] = sum(_blank_history(person.pk, pseudonym) for person in (contact, *aliases))
    certificate["files"] = _drop_files()
    return {label: count for label, count in certificate.items() if count}


def _scrub(place: Place, marks: list[str], pseudonym: str) -> int:
    """Replace the marks in every text of the rows. In rows of nobody a short mark says too little and is left."""
    wanted = marks if place.condition else [mark for mark in marks if len(mark) >= SHORT]
    columns = [*place.texts, *place.jsons]
    if not wanted or not columns:
        return 0
    table = sql.Identifier(place.model._meta.db_table)
    key = sql.Identifier(str(place.model._meta.pk.column))  # type: ignore[union-attr]  # every model has one
    setters, tests, values = [], [], []
    for column in columns:
        identifier = sql.Identifier(column)
        expression: sql.Composable = sql.SQL("{}::text").format(identifier)
        for _mark in wanted:
            expression = sql.SQL("replace({}, %s, %s)").format(expression)
        kind = sql.SQL("::jsonb") if column in place.jsons else sql.SQL("")
        setters.append(sql.SQL("{} = ({}){}").format(identifier, expression, kind))
        for mark in wanted:
            values += [mark, pseudonym]
    for column in columns:
        for mark in wanted:
            tests.append(sql.SQL("position(%s in {}::text) > 0").format(sql.Identifier(column)))
            values.append(mark)
    rows, parameters = _keys(place)
    statement = sql.SQL("UPDATE {} SET {} WHERE ({}) AND {} IN ({})").format(
        table, sql.SQL(", ").join(setters), sql.SQL(" OR ").join(tests), key, sql.SQL(rows)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.cursor), [*values, *parameters])
        return int(cursor.rowcount)


def _keys(place: Place) -> tuple[str, tuple[Any, ...]]:
    """The keys of the rows as a query in text, with its parameters."""
    manager = place.model._base_manager
    query = manager.filter(place.condition).order_by().values("pk").query
    return query.sql_with_params()  # type: ignore[no-any-return]  # Django's compiler is untyped


def _blank_history(contact_id: int, pseudonym: str) -> int:
    """His former names and numbers."""
    event = apps.get_model("customers", "ContactEvent")
    values: dict[str, Any] = dict.fromkeys(BLANKED, "") | {
        "full_name": pseudonym,
        "name_key": pseudonym,
        "name_sort": pseudonym,
        "birthday": None,
        "custom": {},
    }
    return int(event.objects.filter(pgh_obj_id=contact_id).update(**values))


def _forget_search(marks: list[str], contact_id: int) -> int:
    """Entries of the search index that are found by one of the marks; the records index themselves when they change."""
    condition = Q()
    for mark in marks:
        if len(mark) >= SHORT:
            condition |= Q(title__contains=mark) | Q(detail__contains=mark)
    gone = int(SearchEntry.objects.filter(condition).delete()[0]) if condition else 0
    return gone + sum(_forget_words(mark, contact_id) for mark in marks)


def _forget_words(mark: str, contact_id: int) -> int:
    """Let what only other texts of a record said of him find it no more; the record stays findable by the rest."""
    folded, pinyin = words.fold(mark), words.pinyin_of(mark)
    customers = Customer.objects.filter(contact_roles__contact=contact_id).values_list("pk", flat=True)
    if not folded or (len(mark) < SHORT and not customers):
        return 0
    near = Q() if len(mark) >= SHORT else Q(customer__in=list(customers))
    rows = list(SearchEntry.objects.filter(near, folded__contains=folded))
    pieces = set(words.pieces([mark]))
    for row in rows:
        row.folded = row.folded.replace(folded, "").replace(pinyin or folded, "")
        row.words = [word for word in row.words if word not in pieces]
    return SearchEntry.objects.bulk_update(rows, ["folded", "words"], batch_size=500)


def _drop_files() -> int:
    """Files that jobs made for download."""
    jobs = [job for job in Job.objects.exclude(file="") if job.file]
    for job in jobs:
        name, storage = job.file.name, job.file.storage
        Job.objects.filter(pk=job.pk).update(file="", file_name="")
        transaction.on_commit(partial(storage.delete, str(name)))
    return len(jobs)
