"""Catalogues follow the sources, and an incomplete one is named."""

from __future__ import annotations

import gettext
from pathlib import Path

import polib
import pytest

from kcrm.lib import catalogues

APPS = ["orders", "kcrm"]
VIEWS = """
from django.utils.translation import gettext as _, ngettext, pgettext

def page(count):
    # Translators: a verb, on a button
    _("Order")
    pgettext("noun", "Order")
    ngettext("One line", "%(count)d lines", count)
"""
TEMPLATE = """{% load i18n %}
      {% if rows %}
  {% translate "Order" %} {% include "x.html" with title=_("Delivered") %}
    {% endif %}
{% blocktranslate count n=rows|length trimmed %}
  One customer
{% plural %}
  {{ n }} customers
{% endblocktranslate %}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one app that has a view and a template, and a roof with a template of its own."""
    for folder in ("orders", "kcrm", "templates/orders", "templates/components"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "orders/views.py").write_text(VIEWS)
    (tmp_path / "templates/orders/list.html").write_text(TEMPLATE)
    (tmp_path / "templates/components/table.html").write_text('{% load i18n %}{% translate "Next page" %}')
    return tmp_path


def orders(root: Path) -> catalogues.Catalogue:
    return catalogues.Catalogue("orders", "zh_Hans", root)


def translated(root: Path) -> polib.POFile:
    """The app's catalogue, updated and translated in full."""
    catalogues.update(orders(root), catalogues.extract("orders", APPS, root))
    book = orders(root).read()
    for entry in book:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid_plural}
        else:
            entry.msgstr = "译"
    book.save(str(orders(root).path))
    return book


def faults(root: Path) -> list[str]:
    return catalogues.problems(orders(root), catalogues.extract("orders", APPS, root))


def test_extracts_python_and_templates_with_contexts_and_plurals(project: Path) -> None:
    messages = catalogues.extract("orders", APPS, project)

    assert [(m.key.context, m.key.text, m.plural) for m in messages] == [
        (None, "Order", None),
        ("noun", "Order", None),
        (None, "One line", "%(count)d lines"),
        (None, "Delivered", None),
        (None, "One customer", "%(n)s customers"),
    ]
    assert messages[0].places == ("orders/views.py", "templates/orders/list.html")
    assert messages[0].notes == ("Translators: a verb, on a button",)


def test_templates_that_no_app_claims_belong_to_the_roof(project: Path) -> None:
    messages = catalogues.extract("kcrm", APPS, project)

    assert [m.key.text for m in messages] == ["Next page"]


def test_update_keeps_translations_and_drops_what_has_gone(project: Path) -> None:
    translated(project)
    (project / "orders/views.py").write_text("from x import _\n_('Order')\n_('Invoice')\n")

    changed = catalogues.update(orders(project), catalogues.extract("orders", APPS, project))

    assert changed
    assert {entry.msgid: entry.msgstr for entry in orders(project).read() if not entry.msgid_plural} == {
        "Order": "译",
        "Invoice": "",
        "Delivered": "译",
    }


def test_update_without_a_change_leaves_the_file_alone(project: Path) -> None:
    translated(project)
    messages = catalogues.extract("orders", APPS, project)
    catalogues.update(orders(project), messages)

    assert catalogues.update(orders(project), messages) is False


def test_a_complete_catalogue_has_no_faults(project: Path) -> None:
    translated(project)

    assert faults(project) == []


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("msgstr", " ", "has no translation"),
        ("flags", ["fuzzy"], "is marked fuzzy"),
        ("msgstr_plural", {0: "%(n)s 位客户"}, "has other placeholders"),
        ("msgstr_plural", {0: ""}, "has no translation"),
    ],
)
def test_an_incomplete_entry_is_named(project: Path, field: str, value: object, fault: str) -> None:
    book = translated(project)
    entry = next(entry for entry in book if bool(entry.msgid_plural) == (field == "msgstr_plural"))
    setattr(entry, field, value)
    book.save(str(orders(project).path))

    found = faults(project)

    assert len(found) == 1
    assert fault in found[0]


def test_missing_and_stale_entries_are_named(project: Path) -> None:
    translated(project)
    (project / "orders/views.py").write_text("from x import _\n_('Invoice')\n")

    found = faults(project)

    assert any("'Invoice' is missing (orders/views.py)" in fault for fault in found)
    assert any("'One line' is no longer in the sources" in fault for fault in found)


def test_two_translations_of_one_string_contradict(project: Path) -> None:
    translated(project)
    roof = catalogues.Catalogue("kcrm", "zh_Hans", project)
    book = roof.read()
    book.append(polib.POEntry(msgid="Order", msgstr="订单"))
    roof.path.parent.mkdir(parents=True)
    book.save(str(roof.path))

    found = catalogues.contradictions([roof, orders(project)])

    assert len(found) == 1
    assert "'订单' in kcrm and '译' in orders" in found[0]


def test_compiles_once_and_again_after_a_change(project: Path) -> None:
    translated(project)
    source, target = orders(project).path, project / "out" / "django.mo"

    first, second = catalogues.compile_stale(source, target), catalogues.compile_stale(source, target)

    assert (first, second) == (True, False)
    with target.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Order") == "译"


def test_compiles_several_into_one_for_a_closed_checkout(project: Path) -> None:
    translated(project)
    roof = catalogues.Catalogue("kcrm", "zh_Hans", project)
    book = roof.read()
    book.append(polib.POEntry(msgid="Next page", msgstr="下一页"))
    roof.path.parent.mkdir(parents=True)
    book.save(str(roof.path))
    target = project / "data" / "django.mo"

    catalogues.compile_together([roof.path, orders(project).path], target)

    with target.open("rb") as stream:
        told = gettext.GNUTranslations(stream)
    assert (told.gettext("Order"), told.gettext("Next page")) == ("译", "下一页")
    assert told.ngettext("One customer", "%(n)s customers", 5) == "%(n)s customers"
