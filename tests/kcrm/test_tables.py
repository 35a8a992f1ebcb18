"""Lists: strict addresses, keyset paging in every order, columns by right, a constant number of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
import pytest
from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Length, NullIf
from django.test import RequestFactory
from django.utils.translation import ngettext_lazy

from accounts.models import User
from kcrm.lib.errors import BadQuery
from kcrm.lib.filters import StrictFilterSet, UnknownKey
from kcrm.lib.tables import BulkAction, Cell, Column, EmptyState, Kind, ListSpec, open_page
from kcrm.lib.tables.rows import COUNT_CAP
from tests.factories.accounts import SavedViewFactory, UserFactory

pytestmark = pytest.mark.django_db


class PeopleFilter(StrictFilterSet):
    field_classes = {"phone": "F6P"}
    full_name = django_filters.CharFilter(lookup_expr="icontains", label="Name")
    language = django_filters.MultipleChoiceFilter(
        choices=[("en", "English"), ("zh-hans", "Chinese")], label="Language"
    )
    joined = django_filters.DateFromToRangeFilter(field_name="date_joined", label="Joined")
    phone = django_filters.CharFilter(label="Phone")


def classes_of(user: User) -> set[str]:
    return {"F0", "F1", "F6"} | ({"F6P"} if user.has_role("director") else set())


SPEC = ListSpec(
    key="people",
    title="People",
    columns=(
        Column("full_name", "Name", needs=("email",), render=lambda row: Cell(row.full_name, sub=row.email)),
        Column("language", "Language", choices={"en": "English", "zh-hans": "Chinese"}),
        Column("last_login", "Last seen", kind=Kind.MOMENT, none="never"),
        Column("version", "Changes", kind=Kind.NUMBER, total=Count("pk")),
        Column("title", "Title", value=NullIf(F("job_title"), Value("")), default=False),
        Column("length", "Length", value=Length("full_name"), kind=Kind.NUMBER, default=False, sort_nullable=False),
        Column("phone", "Phone", field_class="F6P"),
        Column("act", "Act", value=None, sort=None, render=lambda row: f"<{row.id}>", default=False),
    ),
    queryset=lambda user: User.objects.filter(is_staff=False),
    default_sort="full_name",
    filterset_class=PeopleFilter,
    url_name="accounts:saved-view-delete",
    noun=ngettext_lazy("%(shown)s person", "%(shown)s people", "count"),
    empty=EmptyState(heading="Nobody yet", text="Invite somebody."),
    allowed_classes=classes_of,
)


@pytest.fixture
def reader() -> User:
    return UserFactory(is_staff=True)


def ask(reader: User, query: str = "", spec: ListSpec = SPEC) -> Any:
    request = RequestFactory().get(f"/people/?{query}")
    request.user = reader
    return open_page(spec, request)


def names(page: Any) -> list[str]:
    return [row.cells[0].html for row in page.rows]


def walk(reader: User, query: str) -> tuple[list[list[str]], list[list[str]]]:
    """All pages forwards, then all pages backwards from the last."""
    page = ask(reader, query)
    forwards, backwards = [names(page)], []
    while page.next_url:
        page = ask(reader, page.next_url.partition("?")[2])
        forwards.append(names(page))
    while page.previous_url:
        page = ask(reader, page.previous_url.partition("?")[2])
        backwards.append(names(page))
    return forwards, backwards


def test_shows_visible_rows_with_links_words_and_dashes(reader: User) -> None:
    person = UserFactory(full_name="Ada <b>", email="ada@example.com", language="zh-hans")

    page = ask(reader)

    assert page.rows[0].id == person.pk
    assert [*page.rows[0].cells] == [
        Cell("Ada <b>", "", f"/saved-views/{person.pk}/delete/", "ada@example.com"),
        Cell("Chinese"),
        Cell("never"),
        Cell("1", "num"),
    ]
    assert page.summary == "1 person"
    assert page.empty is None


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("full_name", ["a", "b", "c", "d", "e"]),
        ("-full_name", ["e", "d", "c", "b", "a"]),
        ("last_login", ["c", "a", "b", "d", "e"]),
        ("-last_login", ["b", "a", "c", "e", "d"]),
        ("title", ["d", "b", "a", "c", "e"]),
        ("-title", ["b", "d", "e", "c", "a"]),
        ("version", ["a", "b", "c", "d", "e"]),
        ("-version", ["e", "d", "c", "b", "a"]),
        ("length", ["a", "b", "c", "d", "e"]),
        ("-length", ["e", "d", "c", "b", "a"]),
    ],
)
def test_walks_every_order_both_ways_with_ties_and_empty_values(
    reader: User, monkeypatch: pytest.MonkeyPatch, sort: str, expected: list[str]
) -> None:
    monkeypatch.setattr("kcrm.lib.tables.state.PAGE_SIZES", (2,))
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 2)
    late, early = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    for name, seen, title in [
        ("a", late, ""),
        ("b", late, "经理"),
        ("c", early, ""),
        ("d", None, "总监"),
        ("e", None, ""),
    ]:
        UserFactory(full_name=name, last_login=seen, job_title=title)

    forwards, backwards = walk(reader, f"sort={sort}")

    assert [name for page in forwards for name in page] == expected
    assert backwards == forwards[-2::-1]


def test_going_back_past_the_beginning_gives_the_whole_first_page(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 2)
    for name in "abcd":
        UserFactory(full_name=name)
    second = ask(reader, ask(reader).next_url.partition("?")[2])
    User.objects.filter(full_name="a").delete()

    page = ask(reader, second.previous_url.partition("?")[2])

    assert names(page) == ["b", "c"]
    assert page.previous_url == ""


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "full_name__startswith=a",
        "password=x",
        "phone=1",
        "sort=password",
        "sort=phone",
        "sort=act",
        "columns=phone",
        "columns=full_name,password",
        "export=csv",
        "cursor=x",
    ],
)
def test_unknown_and_protected_keys_are_refused_alike(reader: User, query: str) -> None:
    with pytest.raises(UnknownKey):
        ask(reader, query)


@pytest.mark.parametrize(
    "query",
    [
        "size=51",
        "size=abc",
        "sort=full_name&sort=version",
        "after=nonsense",
        "after=WyJ4IiwxLDJd",
        "before=%00",
        "after=a&before=b",
    ],
)
def test_unreadable_values_are_refused(reader: User, query: str) -> None:
    with pytest.raises(BadQuery):
        ask(reader, query)


def test_a_page_marker_of_another_order_is_refused(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 1)
    UserFactory.create_batch(2)
    marker = ask(reader).next_url.partition("after=")[2]

    with pytest.raises(BadQuery):
        ask(reader, f"sort=-full_name&after={marker}")


def test_a_protected_column_filter_and_order_exist_for_those_who_may_read(reader: User) -> None:
    UserFactory(full_name="x", phone="2")
    UserFactory(full_name="y", phone="1")
    reader.roles = ["director"]

    page = ask(reader, "columns=full_name,phone&sort=phone&phone=1")

    assert names(page) == ["y"]
    assert page.rows[0].cells[1].html == "1"
    assert "phone" in [column.name for column in page.choosable]
    assert "phone" not in [column.name for column in ask(UserFactory(is_staff=True)).choosable]


def test_columns_can_be_chosen_by_commas_or_boxes(reader: User) -> None:
    UserFactory(full_name="x")

    by_commas, by_boxes = ask(reader, "columns=act,full_name"), ask(reader, "columns=act&columns=full_name")

    assert [head.name for head in by_commas.columns] == [head.name for head in by_boxes.columns] == ["act", "full_name"]
    assert by_commas.rows[0].cells[0].html == f"<{by_commas.rows[0].id}>"


def test_headings_turn_the_order_round_and_keep_filters(reader: User) -> None:
    head = {column.name: column for column in ask(reader, "full_name=x&sort=full_name&size=25").columns}

    assert (head["full_name"].sorted, head["full_name"].sort_url) == (
        "asc",
        "/people/?full_name=x&size=25&sort=-full_name",
    )
    assert head["version"].sort_url.endswith("sort=-version")
    assert head["version"].sorted == ""


def test_chips_say_words_and_lead_to_the_list_without_them(reader: User) -> None:
    page = ask(reader, "full_name=li&language=en&language=zh-hans&joined_after=2026-01-02&sort=-full_name")

    assert [(chip["label"], chip["remove_url"]) for chip in page.chips] == [
        ("Name: li", "/people/?language=en&language=zh-hans&joined_after=2026-01-02&sort=-full_name"),
        ("Language: English", "/people/?full_name=li&language=zh-hans&joined_after=2026-01-02&sort=-full_name"),
        ("Language: Chinese", "/people/?full_name=li&language=en&joined_after=2026-01-02&sort=-full_name"),
        ("Joined from 2026-01-02", "/people/?full_name=li&language=en&language=zh-hans&sort=-full_name"),
    ]
    assert page.clear_url == "/people/?sort=-full_name"
    assert page.kept == (("sort", "-full_name"),)


def test_filters_and_pages_go_together(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 2)
    for number in range(5):
        UserFactory(full_name=f"Li {number}")
    UserFactory(full_name="Wang")

    forwards, backwards = walk(reader, "full_name=li")

    assert forwards == [["Li 0", "Li 1"], ["Li 2", "Li 3"], ["Li 4"]]
    assert backwards == [["Li 2", "Li 3"], ["Li 0", "Li 1"]]
    assert ask(reader, "full_name=li").summary == "5 people"


def test_an_unreadable_filter_value_shows_its_error_and_no_rows(reader: User) -> None:
    UserFactory()

    page = ask(reader, "joined_after=yesterday")

    assert page.rows == []
    assert "data-invalid" in next(field.html for field in page.fields if field.name == "joined")


def test_filters_are_drawn_once_for_equal_values_and_anew_for_others(reader: User) -> None:
    def joined(query: str) -> str:
        return next(field.html for field in ask(reader, query).fields if field.name == "joined")

    assert joined("") is joined("sort=-full_name")
    assert 'value="2026-01-02"' in joined("joined_after=2026-01-02")
    assert 'value="2026-01-02"' not in joined("")


class WriterFilter(StrictFilterSet):
    owner = django_filters.ModelChoiceFilter(queryset=lambda request: User.objects.all(), method="only", label="Owner")

    def only(self, rows: QuerySet[User], name: str, value: User) -> QuerySet[User]:
        return rows.filter(pk=value.pk)


def test_choices_out_of_the_database_come_when_they_are_asked_for(reader: User, django_assert_num_queries: Any) -> None:
    spec = replace(SPEC, filterset_class=WriterFilter)
    page = ask(reader, "", spec)
    with django_assert_num_queries(0):
        (waiting,) = page.fields

    (opened,) = ask(reader, "choices=owner", spec).fields
    (chosen,) = ask(reader, f"owner={reader.pk}", spec).fields

    assert (waiting.html, waiting.is_open) == ("", False)
    assert opened.is_open
    assert f'value="{reader.pk}"' in opened.html
    assert f'value="{reader.pk}" selected' in chosen.html
    with pytest.raises(UnknownKey):
        _ = ask(reader, "choices=name", spec).fields


def test_an_empty_list_offers_the_first_step_and_a_filtered_one_the_way_back(reader: User) -> None:
    assert ask(reader).empty["heading"] == "Nobody yet"
    assert ask(reader, "full_name=x").empty["action_url"] == "/people/"


def test_totals_are_of_all_matching_rows(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 1)
    UserFactory.create_batch(3)

    assert [cell.html for cell in ask(reader).totals] == ["", "", "", "3"]


def test_counts_stop_at_the_cap(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcrm.lib.tables.rows.COUNT_CAP", 2)
    monkeypatch.setattr("kcrm.lib.tables.page.COUNT_CAP", 2)
    monkeypatch.setattr("kcrm.lib.tables.state.DEFAULT_PAGE_SIZE", 1)
    for name in ("Li 1", "Li 2", "Li 3", "Li 4"):
        UserFactory(full_name=name)

    assert COUNT_CAP == 10_000
    assert ask(reader).summary == "more than 2 people"
    assert ask(reader).totals is None
    assert walk(reader, "full_name=li")[0] == [["Li 1"], ["Li 2"], ["Li 3"], ["Li 4"]]


def test_saved_views_are_own_and_shared_and_the_current_one_is_marked(reader: User) -> None:
    own = SavedViewFactory(owner=reader, name="Mine", query="language=en&sort=-full_name")
    SavedViewFactory(name="Theirs")
    SavedViewFactory(name="For all", is_shared=True)
    SavedViewFactory(owner=reader, list_key="customers")

    views = ask(reader, "sort=-full_name&language=en").views

    assert [(view.label, view.current, view.shared, view.own) for view in views] == [
        ("For all", False, True, False),
        ("Mine", True, False, True),
    ]
    assert views[1].url == "/people/?language=en&sort=-full_name"
    assert views[1].delete_url == f"/saved-views/{own.pk}/delete/"


@pytest.mark.parametrize("query", ["", "full_name=person&language=en", "sort=-last_login&columns=full_name,title"])
def test_a_page_costs_the_same_for_two_rows_and_for_fifty(
    reader: User, django_assert_max_num_queries: Any, django_assert_num_queries: Any, query: str
) -> None:
    def everything(page: Any) -> None:
        assert page.rows
        assert page.views == []
        assert page.columns
        assert page.chips is not None
        assert page.totals is None or page.totals
        assert page.next_url is not None

    UserFactory.create_batch(2)
    with django_assert_max_num_queries(4) as few:
        everything(ask(reader, query))
    UserFactory.create_batch(48)

    with django_assert_num_queries(len(few)):
        everything(ask(reader, query))


def test_bulk_actions_show_for_those_who_may(reader: User) -> None:
    spec = ListSpec(
        key="people",
        title="People",
        columns=SPEC.columns,
        queryset=SPEC.queryset,
        default_sort="full_name",
        bulk_actions=(
            BulkAction("yes", "Yes", "account_login"),
            BulkAction("no", "No", "account_login", allowed=lambda user: False),
        ),
    )

    assert [action["name"] for action in ask(reader, spec=spec).bulk_actions] == ["yes"]


def test_a_filter_over_many_rows_shows_each_row_once(reader: User) -> None:
    class ViewFilter(StrictFilterSet):
        view = django_filters.CharFilter(field_name="saved_views__name", lookup_expr="icontains", label="View")

    def rows(user: User) -> QuerySet[User]:
        return User.objects.filter(is_staff=False)

    spec = ListSpec(
        key="people",
        title="People",
        columns=SPEC.columns[:1],
        queryset=rows,
        default_sort="full_name",
        filterset_class=ViewFilter,
    )
    person = UserFactory(full_name="x")
    SavedViewFactory.create_batch(2, owner=person, created_at=datetime.now(UTC) - timedelta(days=1))

    assert names(ask(reader, "view=view", spec)) == ["x"]
