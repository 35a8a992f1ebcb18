"""Pages of the KAISM matrix: the picture, one customer's place on it, and what moving customers would do."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.permissions import can_open_customers, may
from customers.querysets import visible_customers
from customers.views.panels import customer_url
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import BadQuery, NotAllowed
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import Page
from selection import permissions
from selection.calculations.compliance import compliance_by_quadrant
from selection.calculations.quadrants import Quadrant
from selection.filters import PlacedFilter
from selection.selectors.compliance import compliance_of
from selection.selectors.explanations import explanation_of
from selection.selectors.matrix import Matrix, matrix_of, placed_customers
from selection.selectors.policies import entitlements
from selection.selectors.positions import position_of
from selection.selectors.scopes import models_behind
from selection.selectors.strengths import strength_page
from selection.selectors.what_if import Move, WhatIfResult, afford_of, what_if_of
from selection.views.pictures import kaism_chart
from selection.views.segments import place_context
from selection.words import QUADRANT_NAMES, QUADRANT_ROLES, balance_remark
from teams.models import TeamMembership

MOST_MOVES = 50


class ScorePage(Page):
    """A page over the customers whose scores its reader sees; nobody else gets in."""

    def require_scores(self) -> None:
        """Raise NotAllowed for who reads no scores anywhere."""
        if not permissions.can_read_some_scores(self.request.user):
            raise NotAllowed("score", Verb.READ)


class KaismMatrix(ScorePage):
    """Who is key, who could be, and what do we do with the others?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture with its table, the policies and how they are kept."""
        self.require_scores()
        today = timezone.localdate()
        filters = PlacedFilter(request.GET, placed_customers(request.user), request=request)
        matrix = matrix_of(request.user, filters.qs, today=today)
        rules = entitlements()
        kept = compliance_of({one.pk: one.quadrant for one in matrix.bubbles}, rules, today=today)
        afford, resources, names = afford_of(request.user, today=today)
        context = {
            "matrix": matrix,
            "filters": filters,
            "chart": kaism_chart(matrix),
            "rows": [(one, kept[one.pk]) for one in matrix.bubbles],
            "quadrants": quadrant_rows(matrix, compliance_by_quadrant(kept.values())),
            "choices": [(quadrant.value, QUADRANT_NAMES[quadrant]) for quadrant in Quadrant],
            "afford": afford,
            "first_left_out": names.get(afford.first_left_out.key, "") if afford.first_left_out else "",
            "shortfalls": [(function_name(name), days) for name, days in afford.shortfalls],
            "has_capacity": bool(resources.capacity),
            "answer": answer_of(matrix),
            "models": models_behind(filters.qs),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/matrix.html", context)


class MatrixChosen(ScorePage):
    """The picture of the customers ticked in the table alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """On to the picture; without ticks it shows everybody."""
        self.require_scores()
        chosen = ",".join(one for one in request.GET.getlist("ids") if one.isdecimal())
        return redirect(f"{reverse('selection:matrix')}?ids={chosen}" if chosen else reverse("selection:matrix"))


class WhatIfPage(ScorePage):
    """What would it do to put these customers into other quadrants?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Before and after; as a fragment beside the picture. Nothing is stored."""
        self.require_scores()
        result = what_if_of(request.user, moves_of(request), today=timezone.localdate())
        context = what_if_context(result) | {"may_save": permissions.can_save_scenarios(request.user)}
        template = "selection/_what_if.html" if is_fragment(request) else "selection/what_if.html"
        answer = render(request, template, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer


class CustomerPosition(Page):
    """Why does this customer stand where it stands, and does it get what it is entitled to?"""

    def get(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """Both axes opened to their inputs, the policy and how it is kept."""
        customer = visible_customers(request.user, "score").select_related("org_unit").get(pk=customer_id)
        today = timezone.localdate()
        position = position_of(customer, today=today)
        page = strength_page(customer, by=request.user, today=today)
        context = {
            "crumbs": [
                (_("KAISM matrix"), reverse("selection:matrix")),
                (customer.name, customer_url(customer.pk) if can_open_customers(request.user) else ""),
            ],
            "customer": customer,
            "position": position,
            "explanation": explanation_of(customer, by=request.user, today=timezone.localdate()),
            "page": page,
            "quadrant_role": QUADRANT_ROLES.get(position.quadrant or "", ""),
            "may_rate": permissions.can_rate(request.user, customer),
            "may_ask": False,
            "may_see_sales": may(request.user, "sales_facts", Verb.READ, customer),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        } | place_context(request.user, customer)
        return render(request, "selection/customer_position.html", context)


def moves_of(request: HttpRequest) -> list[Move]:
    """The moves in the query: `move=71:key` each, `sales_71=120000` where other sales are expected.

    Raises BadQuery for what is no move.
    """
    moves = []
    for text in dict.fromkeys(filter(None, request.GET.getlist("move"))):
        number, _colon, quadrant = text.partition(":")
        if not number.isdecimal() or quadrant not in set(Quadrant):
            raise BadQuery(_("“%(text)s” is no move. Say it as 71:key.") % {"text": text[:40]})
        moves.append(Move(int(number), Quadrant(quadrant), _sales(request.GET.get(f"sales_{number}", ""))))
    if len(moves) > MOST_MOVES:
        raise BadQuery(_("Move %(most)s customers at most at once.") % {"most": MOST_MOVES})
    return moves


def _sales(text: str) -> Decimal | None:
    try:
        sales = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return sales if sales.is_finite() and sales >= 0 else None


def what_if_context(result: WhatIfResult) -> dict[str, Any]:
    """A what-if as its template shows it."""
    before, after = result.found.before, result.found.after
    remarks = result.comparison.remarks[0]
    changed = {change.key: change for change in result.changed}
    return {
        "result": result,
        "moves": [
            {
                "pk": move.customer_id,
                "name": result.names[str(move.customer_id)],
                "from": change.before if (change := changed.get(str(move.customer_id))) else move.quadrant,
                "to": move.quadrant,
                "value": f"{move.customer_id}:{move.quadrant}",
                "sales": move.sales,
                "days": change.days if change else 0,
            }
            for move in result.moves
        ],
        "loads": [
            {"name": function_name(old.function), "before": old, "after": new}
            for old, new in zip(before.loads, _same_functions(before.loads, after.loads), strict=True)
        ],
        "counts": [
            (QUADRANT_ROLES[quadrant], QUADRANT_NAMES[quadrant], old, new)
            for (quadrant, old), (_quadrant, new) in zip(before.quadrants, after.quadrants, strict=True)
        ],
        "new_remarks": [balance_remark(one, subject_of(one.subject, result)) for one in remarks.new],
        "solved_remarks": [balance_remark(one, subject_of(one.subject, result)) for one in remarks.solved],
        "choices": [(quadrant.value, QUADRANT_NAMES[quadrant]) for quadrant in Quadrant],
        "currency": settings.KCRM_REPORTING_CURRENCY,
    }


def _same_functions(before: Iterable[Any], after: Iterable[Any]) -> list[Any]:
    known = {load.function: load for load in after}
    return [known.get(load.function, load) for load in before]


def subject_of(key: str, result: WhatIfResult) -> str:
    """An account, a manager or a function in words."""
    return result.names.get(key) or result.managers.get(key) or function_name(key)


def function_name(code: str) -> str:
    """A function of the account teams in words."""
    known = dict(TeamMembership.Function.choices)
    return str(known.get(code, code))


def quadrant_rows(matrix: Matrix, kept: Iterable[Any]) -> list[dict[str, Any]]:
    """The quadrants with their counts, sales and compliance, each with the way to its customers."""
    by_quadrant = {one.quadrant: one for one in kept}
    address = reverse("selection:matrix")
    return [
        {
            "code": one.quadrant.value,
            "role": QUADRANT_ROLES[one.quadrant],
            "name": QUADRANT_NAMES[one.quadrant],
            "count": one.count,
            "current": one.current,
            "available": one.available,
            "kept": by_quadrant[one.quadrant],
            "url": f"{address}?quadrant={one.quadrant.value}",
        }
        for one in matrix.counts
    ]


def answer_of(matrix: Matrix) -> tuple[str, str]:
    """The sentence the page opens with: its main clause, and what follows."""
    if not matrix.total:
        return (
            _("Nobody stands on the matrix yet."),
            _("A customer appears once it is scored for attractiveness and compared with a named rival."),
        )
    counts = {one.quadrant: one for one in matrix.counts}
    key, coming = counts[Quadrant.KEY], counts[Quadrant.KEY_DEVELOPMENT]
    main = ngettext(
        "%(count)s customer is key and brings %(sales)s a year.",
        "%(count)s customers are key and bring %(sales)s a year.",
        key.count,
    ) % {
        "count": formats.number(key.count),
        "sales": formats.money(key.current, settings.KCRM_REPORTING_CURRENCY, 0),
    }
    rest = ngettext(
        "%(count)s attractive customer prefers somebody else.",
        "%(count)s attractive customers prefer somebody else.",
        coming.count,
    ) % {"count": formats.number(coming.count)}
    return main, rest
