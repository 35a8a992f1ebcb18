"""The page of the balance: every check of the set with its figure, its limit and the way to what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kcrm.lib import formats
from selection import permissions
from selection.calculations.balance import MOST_DEVELOPMENT, BalanceReason
from selection.calculations.concentration import HIGH_ABOVE, LARGE_FROM, MODERATE_FROM, Concentration
from selection.calculations.load import AMBER_FROM, MOST_KEY_ACCOUNTS, LoadLevel, ManagerVerdict
from selection.selectors.balance import BalanceSheet, balance_sheet
from selection.views.matrix import ScorePage, function_name
from selection.words import BALANCE_REMARKS

LISTED = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the set: what was found, in a sentence, and where to look or act. `css`: good, warn, bad or none."""

    title: Any
    sentence: str
    figure: str
    limit: str
    css: str
    url: str
    action: Any


class PortfolioBalance(ScorePage):
    """Can we serve this set, does it pay, does it hang on one name?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """All checks, then what they are made of."""
        self.require_scores()
        sheet = balance_sheet(request.user, today=timezone.localdate())
        checks = checks_of(sheet)
        context = {
            "sheet": sheet,
            "checks": checks,
            "answer": answer_of(sheet, checks),
            "loads": [(function_name(load.function), load) for load in sheet.found.loads],
            "largest": [(share, sheet.held.names[share.key]) for share in sheet.found.concentration.shares[:LISTED]],
            "spreads": [
                (title, [(share.key or empty, share) for share in sheet.spreads[name].shares[:LISTED]])
                for name, title, empty in (
                    ("country", _("By country"), _("no country")),
                    ("segment", _("By segment"), _("no segment")),
                    ("currency", _("By currency"), "–"),
                )
            ],
            "chosen": [(one, sheet.held.names[one.key]) for one in sheet.afford.chosen],
            "left_out": [(one, sheet.held.names[one.key]) for one in sheet.afford.left_out],
            "shortfalls": shortfalls_of(sheet),
            "may_open_scenarios": permissions.can_read_scenarios(request.user),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/balance.html", context)


def answer_of(sheet: BalanceSheet, checks: list[Check]) -> tuple[str, str]:
    """The sentence the page opens with: how many checks fail, and the first thing to do about it."""
    failed = [check for check in checks if check.css in {"bad", "warn"}]
    if not sheet.held.accounts:
        return _("There is no portfolio to weigh yet."), _("It begins with the first customer that buys.")
    if not failed:
        return _("The portfolio is in balance."), ""
    worst = sorted(failed, key=lambda check: check.css != "bad")[0]
    main = ngettext(
        "%(count)s check of the portfolio needs you.", "%(count)s checks of the portfolio need you.", len(failed)
    )
    return main % {"count": len(failed)}, worst.sentence


def checks_of(sheet: BalanceSheet) -> list[Check]:
    """The checks of M05, in its order."""
    return [
        _capacity(sheet),
        _managers(sheet),
        _concentrated(sheet),
        _large(sheet),
        _development(sheet),
        _spread(sheet),
        _payback(sheet),
        _afford(sheet),
    ]


def shortfalls_of(sheet: BalanceSheet) -> str:
    """The days that the first one left out lacks, in words."""
    return formats.listing(
        [f"{function_name(name)} {formats.number(days, 0)} {_('days')}" for name, days in sheet.afford.shortfalls]
    )


def _capacity(sheet: BalanceSheet) -> Check:
    red = [load for load in sheet.found.loads if load.level is LoadLevel.RED]
    amber = [load for load in sheet.found.loads if load.level is LoadLevel.AMBER]
    loads = [load.load for load in sheet.found.loads if load.load is not None]
    if not sheet.resources.capacity:
        sentence, css = _("Nobody has said yet how many days there are."), ""
    elif red:
        worst = max(red, key=lambda load: load.missing_days)
        sentence = _("%(function)s is promised %(days)s days more than there are.") % {
            "function": function_name(worst.function),
            "days": formats.number(worst.missing_days, 0),
        }
        css = "bad"
    elif amber:
        sentence = _("%(functions)s: hardly a day is free.") % {
            "functions": formats.listing([function_name(load.function) for load in amber])
        }
        css = "warn"
    else:
        sentence, css = _("Every function has the days that are promised."), "good"
    return Check(
        title=_("Capacity"),
        sentence=sentence,
        figure=formats.percent(max(loads, default=None), 0) if loads else _("not defined"),
        limit=_("at most 100 %%, tight from %(share)s") % {"share": formats.percent(AMBER_FROM, 0)},
        css=css,
        url=reverse("selection:policy-list"),
        action=_("Policies and capacity"),
    )


def _managers(sheet: BalanceSheet) -> Check:
    over = [one for one in sheet.holdings if one.verdict == ManagerVerdict.OVERLOADED]
    most = max((one.accounts for one in sheet.holdings), default=0)
    if over:
        sentence = ngettext(
            "%(names)s looks after more than %(most)s key accounts: hand one over, or let one rest.",
            "%(names)s look after more than %(most)s key accounts each: hand some over, or let some rest.",
            len(over),
        ) % {"names": formats.listing([one.name for one in over]), "most": MOST_KEY_ACCOUNTS}
        css = "bad"
    elif not sheet.holdings:
        sentence, css = _("No manager looks after a key account yet."), ""
    else:
        sentence, css = _("Nobody looks after more than %(most)s key accounts.") % {"most": MOST_KEY_ACCOUNTS}, "good"
    return Check(
        title=_("Load of the managers"),
        sentence=sentence,
        figure=formats.number(most),
        limit=_("1 to %(most)s each") % {"most": MOST_KEY_ACCOUNTS},
        css=css,
        url="#managers",
        action=_("Who looks after whom"),
    )


def _concentrated(sheet: BalanceSheet) -> Check:
    found = sheet.found.concentration
    words = {
        None: (_("Nobody buys yet, so there is nothing to concentrate."), ""),
        "low": (_("Sales are spread over many customers."), "good"),
        "moderate": (_("Sales hang on fewer customers than is comfortable."), "warn"),
        "high": (_("Sales hang on a few names: win others before you give these more."), "bad"),
    }
    sentence, css = words[found.level and found.level.value]
    return Check(
        title=_("Concentration, HHI"),
        sentence=sentence,
        figure=formats.number(found.hhi, 0) if found.hhi is not None else _("not defined"),
        limit=_("moderate from %(moderate)s, high above %(high)s")
        % {"moderate": formats.number(MODERATE_FROM, 0), "high": formats.number(HIGH_ABOVE, 0)},
        css=css,
        url="#largest",
        action=_("The largest customers"),
    )


def _large(sheet: BalanceSheet) -> Check:
    found: Concentration = sheet.found.concentration
    if found.large:
        names = formats.listing([sheet.held.names[one.key] for one in found.large])
        sentence = _("%(names)s: losing one of them would be felt. Keep a plan for that day.") % {"names": names}
    else:
        sentence = _("No customer alone brings a tenth of the sales.")
    return Check(
        title=_("Largest customer"),
        sentence=sentence,
        figure=formats.percent(found.top_1, 1) if found.top_1 is not None else _("not defined"),
        limit=_("below %(share)s") % {"share": formats.percent(LARGE_FROM, 0)},
        css="warn" if found.large else "good" if found.shares else "",
        url="#largest",
        action=_("The largest customers"),
    )


def _development(sheet: BalanceSheet) -> Check:
    share = sheet.found.development_share
    if share is None:
        sentence, css = _("No customer is chosen yet."), ""
    elif share > MOST_DEVELOPMENT:
        sentence, css = (
            _("Most of the chosen ones still prefer somebody else: finish some before you begin more."),
            "warn",
        )
    else:
        sentence, css = _("Not too many projects at once."), "good"
    return Check(
        title=_("In development"),
        sentence=sentence,
        figure=formats.percent(share, 0) if share is not None else _("not defined"),
        limit=_("at most %(share)s of the chosen") % {"share": formats.percent(MOST_DEVELOPMENT, 0)},
        css=css,
        url=f"{reverse('selection:matrix')}?quadrant=key_development",
        action=_("The customers in development"),
    )


def _spread(sheet: BalanceSheet) -> Check:
    countries = sheet.spreads["country"]
    top = countries.shares[0] if countries.shares else None
    if top is None:
        sentence = _("Nobody buys yet, so there is nothing to concentrate.")
    else:
        sentence = _("%(count)s countries; %(country)s brings most.") % {
            "count": len(countries.shares),
            "country": top.key or _("no country"),
        }
    return Check(
        title=_("Spread over countries"),
        sentence=sentence,
        figure=formats.percent(top.share, 0) if top else _("not defined"),
        limit="–",
        css="",
        url="#spread",
        action=_("The spread"),
    )


def _payback(sheet: BalanceSheet) -> Check:
    found = sheet.found.payback
    if found.balanced is None:
        sentence = _("Not defined: what each account plan takes and brings year by year is not on record yet.")
        css = ""
    elif found.balanced:
        sentence, css = _("At least one account has paid back by this year."), "good"
    else:
        sentence, css = str(BALANCE_REMARKS[BalanceReason.NO_PAYBACK]), "warn"
    return Check(
        title=_("Payback"),
        sentence=sentence,
        figure=formats.number(found.paid) if found.balanced is not None else _("not defined"),
        limit=_("at least one by this year"),
        css=css,
        url=reverse("method", args=["M05"]),
        action=_("Method"),
    )


def _afford(sheet: BalanceSheet) -> Check:
    afford = sheet.afford
    if not sheet.resources.capacity:
        sentence, css = _("Nobody has said yet how many days there are."), ""
    elif afford.first_left_out is None:
        sentence, css = _("All attractive customers can be served with the days there are."), "good"
    else:
        sentence = _("The first one left out is %(name)s; missing: %(days)s.") % {
            "name": sheet.held.names[afford.first_left_out.key],
            "days": shortfalls_of(sheet),
        }
        css = "warn"
    return Check(
        title=_("How many we can afford"),
        sentence=sentence,
        figure=formats.number(afford.count),
        limit=_("%(count)s attractive customers") % {"count": len(sheet.held.candidates)},
        css=css,
        url="#afford",
        action=_("The ranking"),
    )
