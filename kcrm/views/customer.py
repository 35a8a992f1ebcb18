"""One customer seen from all sides: the frame with its tabs; what is below the fold comes as fragments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, Interaction
from customers.selectors.history import history_of
from customers.selectors.sheet import CustomerSheet, buying_units_of, customer_sheet, sites_of
from customers.views.aliases import to_winner
from fields.definitions import book_for
from fields.selectors import facts_of
from kcrm.lib import formats
from kcrm.lib.access import Verb, allows
from kcrm.lib.errors import NotAllowed
from kcrm.lib.money import from_units
from kcrm.lib.prepared import Prepared, Slot
from kcrm.lib.web import Page
from selection.models.scores import TierChoice

BODY: Final = "customer-body"
HISTORY_PAGES: Final = 1_000
TIER_WORDS: Final = dict(TierChoice.choices)
# what apps above that of customers know of one, for who may read it
FIGURES: Final = Prepared.once(
    lambda: Customer.objects.filter(pk=Slot("customer")).values(
        "sales_summary__net_12m_units", "sales_summary__growth",
        "current_score__score", "current_score__provisional", "current_score__tier",
    )
)  # fmt: skip
ICONS: Final[dict[str, str]] = {
    Interaction.Kind.CALL: "phone",
    Interaction.Kind.VISIT: "map-pin",
    Interaction.Kind.MEETING: "users",
    Interaction.Kind.EMAIL: "mail",
    Interaction.Kind.NOTE: "sticky-note",
}
OUTCOME_CSS: Final = {"advance": "good", "order": "good", "no_sale": "warn", "complaint": "bad"}
LIFE_CYCLE_CSS: Final = {"client": "good", "advocate": "good", "inactive": "warn", "lost": "bad"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A side of a customer, drawn by `template` here or served by the page that `fragment` names."""

    slug: str
    label: Any
    resource: str
    fragment: str = ""
    template: str = ""


TABS: Final = (
    Tab("", gettext_lazy("Overview"), "account_profile", template="customers/_customer_overview.html"),
    Tab("people", gettext_lazy("People"), "contact", "customers:customer-contacts"),
    Tab("activity", gettext_lazy("Activity"), "interaction", "customers:customer-interactions"),
    Tab("tasks", gettext_lazy("Tasks"), "task", "customers:customer-tasks"),
    Tab("agreements", gettext_lazy("Agreements"), "agreement", "customers:customer-agreements"),
    Tab("sales", gettext_lazy("Sales"), "sales_facts", "profitability:customer-sales"),
    Tab("scores", gettext_lazy("Scores"), "score", "selection:customer-score"),
    Tab("relationship", gettext_lazy("Relationship"), "score", "selection:customer-relationship"),
    Tab("strength", gettext_lazy("Customer's view"), "score", "selection:customer-strength"),
    Tab("team", gettext_lazy("Team"), "account_team", "customers:customer-team"),
    Tab("files", gettext_lazy("Files"), "document", "customers:customer-documents"),
    Tab("sites", gettext_lazy("Sites"), "account_profile", template="customers/_customer_sites.html"),
    Tab("history", gettext_lazy("History"), "record_history", template="customers/_customer_history.html"),
)
BY_SLUG: Final = {tab.slug: tab for tab in TABS}


def readable_tabs(sheet: CustomerSheet) -> list[Tab]:
    """The sides that the reader may see and that some page serves."""
    return [
        tab
        for tab in TABS
        if allows(tab.resource, Verb.READ, sheet.standings)
        and (tab.template or url_with(tab.fragment, sheet.customer.pk))
    ]


class CustomerView(Page):
    """A customer: the answer, the figures that sum it up, and one tab."""

    def get(self, request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
        """The whole page, or the tabs and their content alone for htmx."""
        tab = BY_SLUG.get(slug)
        if tab is None:
            raise Http404
        try:
            sheet = customer_sheet(pk, user=request.user, today=timezone.localdate())
        except Customer.DoesNotExist:
            return to_winner(Customer, pk, request.user, "customers:customer-detail")
        tabs = readable_tabs(sheet)
        if tab not in tabs:
            if allows(tab.resource, Verb.READ, sheet.standings):
                raise Http404
            raise NotAllowed(tab.resource, Verb.READ)
        context = {"sheet": sheet, "customer": sheet.customer, "tabs": tab_links(sheet, tabs, tab), "tab": tab}
        context |= content_of(tab, sheet, request)
        part = request.htmx and request.htmx.target == BODY
        if not part:
            context |= frame_of(sheet, request.user)
        answer = render(request, "customers/_customer_body.html" if part else "customers/customer_detail.html", context)
        patch_vary_headers(answer, ("HX-Request", "HX-Target"))
        return answer


def tab_links(sheet: CustomerSheet, tabs: list[Tab], current: Tab) -> list[dict[str, Any]]:
    """The tabs as `components/tabs.html` draws them."""
    counts = {"people": sheet.known_people, "tasks": sheet.open_tasks}
    return [
        {"label": tab.label, "url": tab_url(sheet, tab), "current": tab is current, "count": counts.get(tab.slug)}
        for tab in tabs
    ]


def tab_url(sheet: CustomerSheet, tab: Tab) -> str:
    """The address of a side of a customer."""
    first = _address("customers:customer-detail", sheet.customer.pk)
    return _address("customers:customer-tab", sheet.customer.pk, tab.slug) if tab.slug else first


def content_of(tab: Tab, sheet: CustomerSheet, request: HttpRequest) -> dict[str, Any]:
    """What the tab shows: a list of another page, or what this one reads."""
    if tab.fragment:
        return {"fragment_url": url_with(tab.fragment, sheet.customer.pk)}
    if tab.slug == "sites":
        return {
            "sites": list(sites_of(sheet.customer, request.user)),
            "buying_units": list(buying_units_of(sheet.customer, request.user)),
        }
    if tab.slug == "history":
        return history_content(sheet, request)
    return overview_of(sheet) | own_fields_of(sheet, request.user)


def history_content(sheet: CustomerSheet, request: HttpRequest) -> dict[str, Any]:
    """The page of the story that the address asks for, and the ways to its neighbours."""
    asked = request.GET.get("page", "")
    number = min(int(asked), HISTORY_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    history = history_of(sheet.customer, sheet.standings, page=max(1, number))
    here = tab_url(sheet, BY_SLUG["history"])
    return {
        "entries": history.entries,
        "previous_url": f"{here}?page={history.number - 1}" if history.number > 1 else "",
        "next_url": f"{here}?page={history.number + 1}" if history.has_next and number < HISTORY_PAGES else "",
    }


def url_with(name: str, pk: int) -> str:
    """The address of a page about a record, empty where no app serves it."""
    return _address(name, pk)


@lru_cache(maxsize=5_000)
def _address(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def overview_of(sheet: CustomerSheet) -> dict[str, Any]:
    """Tasks, story and people of the first tab, each with the way to all of them."""
    customer = sheet.customer
    return {
        "events": [
            {
                "icon": ICONS.get(talk.kind, "message-square"),
                "css": OUTCOME_CSS.get(talk.outcome, ""),
                "title": talk.subject,
                "note": talk.next_step and _("Next: %(step)s") % {"step": talk.next_step},
                "at": talk.happened_at,
                "who": talk.recorded_by,
            }
            for talk in sheet.interactions
        ],
        "todo": [
            {
                "tag": formats.short_day(task.due_on) if task.due_on else _("no date"),
                "css": "bad" if task.due_on and task.due_on < sheet.today else "",
                "title": task.title,
                "note": task.assignee,
            }
            for task in sheet.tasks
        ],
        "facts": [
            (_("Relation"), customer.get_relation_display()),
            (_("Industry"), customer.industry),
            (_("Unit"), customer.org_unit),
            (_("Place"), ", ".join(filter(None, (customer.city, customer.region, customer.country)))),
            (_("Legal name"), customer.legal_name),
            (_("Registration or tax number"), customer.registration_no),
            (_("Phone"), customer.phone),
            (_("Currency"), customer.currency),
            (
                _("Talk at least every"),
                _("%(days)s days") % {"days": customer.cadence_days} if customer.cadence_days else "",
            ),
        ],
        "urls": {slug: tab_url(sheet, BY_SLUG[slug]) for slug in ("people", "activity", "tasks")},
    }


def own_fields_of(sheet: CustomerSheet, user: User) -> dict[str, Any]:
    """The customer's custom fields as far as the reader has them, and the way to fill them in."""
    customer = sheet.customer
    facts = facts_of(CUSTOMER.key, customer.custom, permissions.custom_classes(user, sheet.standings), user)
    if not facts:
        return {}
    writable = permissions.writable_custom_classes(user, sheet.standings)
    may_fill = bool(book_for(user).live(CUSTOMER.key, writable))
    url = url_with("customers:customer-fields", customer.pk) if may_fill else ""
    return {"own_fields": facts, "own_fields_url": url}


def frame_of(sheet: CustomerSheet, user: User) -> dict[str, Any]:
    """What stands above the tabs: crumbs, tags, figures, acts."""
    customer = sheet.customer
    return {
        "crumbs": [(_("Customers"), reverse("customers:customer-list"))]
        + ([(sheet.parent.name, reverse("customers:customer-detail", args=[sheet.parent.pk]))] if sheet.parent else []),
        "life_cycle_css": LIFE_CYCLE_CSS.get(customer.life_cycle, ""),
        "figures": [*money_figures(sheet, user), *figures_of(sheet)],
        "log_url": url_with("customers:interaction-create", customer.pk) if sheet.can_log else "",
        "task_url": url_with("customers:task-create", customer.pk) if sheet.can_add_task else "",
        "more": more_of(sheet),
        "body_id": BODY,
    }


def money_figures(sheet: CustomerSheet, user: User) -> list[dict[str, Any]]:
    """Net sales and attractiveness, each opening to what it is made of; left out for who may not read them."""
    customer, figures = sheet.customer, []
    sees_sales = permissions.may(user, "sales_facts", Verb.READ, customer)
    sees_score = permissions.may(user, "score", Verb.READ, customer)
    found: dict[str, Any] = FIGURES().first(customer=customer.pk) if sees_sales or sees_score else {}
    if sees_sales:
        units, growth = found["sales_summary__net_12m_units"], found["sales_summary__growth"]
        net = None if units is None else from_units(units)
        figures.append(
            {
                "label": _("Net sales, 12 months"),
                "value": _("none") if net is None else formats.money(net, settings.KCRM_REPORTING_CURRENCY, 0),
                "undefined": net is None,
                "note": formats.percent(growth, 0, signed=True) if growth is not None else "",
                "css": "" if growth is None else "up" if growth >= 0 else "down",
                "url": "" if net is None else url_with("profitability:customer-sales", customer.pk),
            }
        )
    if sees_score:
        score = found["current_score__score"]
        figures.append(
            {
                "label": _("Attractiveness"),
                "value": _("not scored") if score is None else formats.number(score, 1),
                "undefined": score is None,
                "estimated": bool(found["current_score__provisional"]),
                "note": TIER_WORDS.get(found["current_score__tier"], ""),
                "url": "" if score is None else url_with("selection:customer-score", customer.pk),
            }
        )
    return figures


def figures_of(sheet: CustomerSheet) -> list[dict[str, Any]]:
    """The strip: contact, tasks, people, owner. Figures of what the reader may not read are left out."""
    customer = sheet.customer
    last, cadence = customer.last_interaction_on, customer.cadence_days
    figures: list[dict[str, Any]] = [
        {
            "label": _("Last contact"),
            "value": formats.age(last, timezone.now()) if last else _("never"),
            "note": _("every %(days)s days agreed") % {"days": cadence} if cadence else "",
            "css": "warn" if sheet.is_silent else "",
        }
    ]
    if sheet.open_tasks is not None:
        late = sheet.overdue_tasks
        figures.append(
            {
                "label": _("Open tasks"),
                "value": formats.number(sheet.open_tasks),
                "note": _("%(count)s overdue") % {"count": late} if late else "",
                "css": "warn" if late else "",
            }
        )
    if sheet.known_people is not None:
        figures.append({"label": _("People we know"), "value": formats.number(sheet.known_people)})
    if sheet.team:
        owner = sheet.owner
        figures.append(
            {
                "label": _("Account manager"),
                "value": owner or _("nobody"),
                "undefined": owner is None,
                "note": _("%(count)s in the team") % {"count": len(sheet.team)},
            }
        )
    return figures


def more_of(sheet: CustomerSheet) -> list[dict[str, Any]]:
    """The acts of the menu."""
    pk = sheet.customer.pk
    items = []
    if sheet.can_edit:
        parent = urlencode({"parent": pk})
        items.append(
            {
                "label": _("Add a subsidiary"),
                "url": f"{reverse('customers:customer-create')}?{parent}",
                "icon": "network",
            }
        )
        items.append({"label": _("Add a site"), "url": reverse("customers:site-create", args=[pk]), "icon": "map-pin"})
    group = urlencode({"group": pk})
    items.append(
        {
            "label": _("Company with its subsidiaries"),
            "url": f"{reverse('customers:customer-list')}?{group}",
            "icon": "list-tree",
        }
    )
    if allows("account_profile", Verb.EXPORT, sheet.standings):
        items.append(
            {"label": _("Archive"), "url": reverse("customers:customer-archive", args=[pk]), "icon": "folder-archive"}
        )
    if allows("account_profile", Verb.MERGE, sheet.standings):
        label, url = _("Merge with another"), reverse("customers:customer-merge", args=[pk])
        items.append({"label": label, "url": url, "icon": "merge"})
    if sheet.can_delete:
        items.append({"label": _("Delete"), "url": reverse("customers:customer-delete", args=[pk]), "icon": "trash-2"})
    return items
