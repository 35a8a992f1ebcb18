"""What every page needs around its content: navigation, preferences, counts.

Of queries it makes only that for the rights, which most pages make anyway, and those for what a page shows.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.selectors.frame import frame_figures
from kcrm.lib.access import MATRIX, Actor, Scope, Verb, allows, global_standings
from kcrm.lib.drawn import Drawn
from teams.permissions import reach_of

Permission = Callable[[User], bool]

TEAM_ACTORS: Final = frozenset({Actor.ACCOUNT_MANAGER, Actor.CONTRIBUTOR, Actor.READER})


def _actors_of(user: User) -> frozenset[Actor]:
    """What the user is towards any record; who has neither a role nor a team yet will work through account teams."""
    actors = reach_of(user).actors() - {Actor.ANYBODY}
    return (actors or TEAM_ACTORS) | {Actor.ANYBODY}


def may_somewhere(resource: str, *, beyond_self: bool = False) -> Permission:
    """A permission that holds where the matrix lets the user read this somewhere: it offers a page, it opens none."""
    cells = MATRIX[resource].cells

    @cache
    def readable(actors: frozenset[Actor]) -> bool:
        return any(
            Verb.READ in clause.verbs and not (beyond_self and clause.scope == Scope.SELF)
            for actor in actors
            for clause in cells.get(actor, ())
        )

    return lambda user: readable(_actors_of(user))


def may_define(user: User) -> bool:
    """Whether the matrix lets the user define fields."""
    return allows("custom_field", Verb.UPDATE, global_standings(user.roles))


def may_merge(user: User) -> bool:
    """Whether the matrix could let the user merge customers somewhere."""
    cells = MATRIX["account_profile"].cells
    return any(Verb.MERGE in clause.verbs for actor in _actors_of(user) for clause in cells.get(actor, ()))


def everybody(user: User) -> bool:
    """Holds for all who are signed in."""
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation, by the name of its URL; left out while no app serves it."""

    label: Any
    url_name: str
    icon: str
    permission: Permission = everybody
    shortcut: str = ""


class Item(NamedTuple):
    """A place as one reader sees it."""

    label: str
    url: str
    icon: str
    current: bool
    shortcut: str
    count: int | None = None  # type: ignore[assignment]  # not the method that tuples have


class Group(NamedTuple):
    """Places that belong together."""

    label: str
    items: tuple[Item, ...]


PLACES: Final = (
    (
        "",
        (
            Place(_("My day"), "home", "sun", shortcut="d"),
            Place(_("Customers"), "customers:customer-list", "building-2", may_somewhere("account_profile"), "c"),
            Place(_("Contacts"), "customers:contact-list", "contact", may_somewhere("contact"), "p"),
            Place(_("Tasks"), "customers:task-list", "circle-check", may_somewhere("task"), "t"),
            Place(_("Interactions"), "customers:interaction-list", "messages-square", may_somewhere("interaction")),
            Place(_("Agreements"), "customers:agreement-list", "file-text", may_somewhere("agreement")),
        ),
    ),
    (
        _("Selection"),
        (
            Place(_("Portfolio"), "portfolio", "chart-scatter", may_somewhere("score"), "o"),
            Place(_("Selection projects"), "selection:project-list", "list-checks"),
            Place(_("KAISM matrix"), "selection:matrix", "grid-2x2", may_somewhere("score"), "k"),
            Place(_("Segments"), "selection:segment-list", "chart-pie", may_somewhere("segment")),
            Place(_("Market maps"), "selection:map-list", "waypoints", may_somewhere("market_map")),
            Place(_("Scoring rounds"), "selection:round-list", "grid-3x3", shortcut="r"),
            Place(_("Scoring"), "selection:model-list", "scale", may_somewhere("scoring_model"), "s"),
            Place(_("Decisions"), "selection:decision-list", "gavel", may_somewhere("selection_decision")),
        ),
    ),
    (
        _("Steering"),
        (
            Place(_("Ledger"), "profitability:ledger-line-list", "receipt-text", may_somewhere("sales_facts"), "l"),
            Place(_("Products"), "profitability:product-list", "package", may_somewhere("product")),
            Place(_("Coverage"), "planning:coverage", "calendar-clock", may_somewhere("coverage_rule")),
            Place(_("Teams"), "teams:unit-list", "users", may_somewhere("org_unit")),
        ),
    ),
    (
        _("Data"),
        (
            Place(_("Jobs"), "jobs:job-list", "loader", may_somewhere("job"), "j"),
            Place(_("Imports"), "imports:import-list", "file-up", may_somewhere("import_batch")),
            Place(_("Exports"), "exports:request-list", "file-down", may_somewhere("export_job")),
            Place(_("Bulk edits"), "bulk:edit-list", "square-pen", may_somewhere("bulk_edit")),
            Place(_("Privacy"), "customers:privacy-request-list", "shield", may_somewhere("privacy")),
            Place(_("Duplicates"), "customers:duplicate-list", "copy", may_merge),
            Place(_("Custom fields"), "fields:field-list", "list-plus", may_define),
            Place(_("Audit trail"), "accounts:audit-list", "history", may_somewhere("audit_entry")),
            Place(_("Webhooks"), "feed:endpoint-list", "webhook", may_somewhere("webhook")),
            Place(_("System health"), "jobs:system-health", "activity", may_somewhere("system")),
            Place(_("People"), "accounts:user-list", "id-card", may_somewhere("user", beyond_self=True)),
        ),
    ),
)

# Pages that tabs lead to from the matrix, so that the matrix is marked on them.
PICTURES: Final = tuple(
    f"/selection/{name}/"
    for name in ("grid", "dependence", "loyalty", "tiers", "conflicts", "reviews-due", "unknown-territory")
)

# Addresses that the frame itself links to.
FRAME: Final = {
    "home": "home",
    "search": "search",
    "language": "accounts:preference-language",
    "theme": "accounts:preference-theme",
    "notifications": "jobs:notification-list",
    "bell": "jobs:notification-bell",
    "system": "jobs:system-health",
    "profile": "accounts:profile",
    "tokens": "accounts:token-list",
    "sessions": "usersessions_list",
    "security": "mfa_index",
    "help": "help",
    "sign_out": "account_logout",
}


@cache
def url_of(name: str) -> str:
    """The address of a URL name, empty where no app serves it. The set of apps is fixed for the process."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _items(places: tuple[Place, ...], user: User, current: str) -> Iterator[Item]:
    for place in places:
        url = url_of(place.url_name)
        if url and place.permission(user):
            yield Item(str(place.label), url, place.icon, url == current, place.shortcut)


def _current(path: str) -> str:
    """The address of the place that the page belongs to: the longest that the path begins with."""
    if path.startswith(PICTURES):
        return url_of("selection:matrix")
    known = [url for _group, places in PLACES for place in places if (url := url_of(place.url_name))]
    return max((url for url in known if path == url or (url != "/" and path.startswith(url))), key=len, default="")


def navigation_for(user: User, path: str) -> tuple[Group, ...]:
    """The navigation of this user with the place of the path marked; groups without a place are left out."""
    current = _current(path)
    groups = (Group(str(label), tuple(_items(places, user, current))) for label, places in PLACES)
    return tuple(group for group in groups if group.items)


_navigations: Final[Drawn[tuple[Group, ...]]] = Drawn(4_000)


def _kept_navigation(user: User, path: str) -> tuple[Group, ...]:
    """The navigation, found once for each reach and path."""
    return _navigations.get((reach_of(user), path, get_language()), lambda: navigation_for(user, path))


class Look(NamedTuple):
    """How the frame looks and where it leads: comparable, so that its parts are drawn once for each look."""

    urls: Any
    theme: str
    narrow: bool
    compact: bool
    languages: tuple[str, ...]


class Person(NamedTuple):
    """What the frame says of its reader."""

    name: str
    email: str
    initials: str


class Top(NamedTuple):
    """What the bar on top says: comparable, so that it is drawn once for as long as nothing new waits."""

    look: Look
    person: Person
    query: str
    unread: int
    scheduler_is_silent: bool

    @property
    def urls(self) -> Any:
        """Where the frame leads."""
        return self.look.urls


def _person(user: Any) -> Person:
    return Person(str(user or ""), getattr(user, "email", ""), getattr(user, "initials", "?"))


@cache
def _frame_urls() -> Any:
    names = namedtuple("Urls", tuple(FRAME))  # type: ignore[misc]  # the keys of FRAME
    return names(**{name: url_of(url_name) for name, url_name in FRAME.items()})


def _look(request: HttpRequest, user: Any) -> Look:
    cookies = request.COOKIES
    return Look(
        urls=_frame_urls(),
        theme=_theme(request) if user else "",
        narrow=cookies.get("kcrm_navigation") == "narrow",
        compact=cookies.get("kcrm_density") == "compact",
        languages=tuple(code for code, _name in settings.LANGUAGES),
    )


def _theme(request: HttpRequest) -> str:
    chosen = getattr(request.user, "theme", "") or request.COOKIES.get("kcrm_theme", "")
    return chosen if chosen in {"light", "dark"} else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """`navigation` and `shell` for templates/base.html."""
    user = getattr(request, "user", None)
    look = _look(request, user)
    frame: dict[str, Any] = {"look": look, **look._asdict(), "person": _person(user)}
    query = request.GET.get("q", "")
    if not (user and user.is_authenticated):
        frame["top"] = Top(look, frame["person"], query, 0, False)
        return {"shell": frame, "navigation": ()}
    figures = cache(lambda: frame_figures(user))  # templates ask for it, those that show no bell do not
    frame["unread"] = lambda: figures().unread
    frame["top"] = lambda: Top(look, frame["person"], query, figures().unread, figures().scheduler_is_silent)
    return {
        "shell": frame,
        "navigation": cache(lambda: _kept_navigation(user, request.path)),
    }
