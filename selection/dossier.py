"""The dossier of a selection project on paper: each step with its gate, what was found, who signed, what was waived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib import formats
from selection import papers
from selection.calculations.project_steps import GateState
from selection.models import SelectionProject
from selection.papers import Sheet
from selection.selectors.project_records import records_of
from selection.selectors.projects import ProjectPage, StepView


def as_pdf(page: ProjectPage, user: User) -> bytes:
    """The dossier, with what this reader may see."""
    return papers.as_pdf(page.project.name, _sheets(page, user))


def _sheets(page: ProjectPage, user: User) -> Iterator[Sheet]:
    project = page.project
    yield Sheet("", _facts(page), [45, 215], head=False)
    if page.waivers:
        rows = [[_("Step"), _("Open conditions"), _("Why go on"), _("Asked by"), _("Passed by")]]
        rows += [
            [
                waiver.step,
                " ".join(waiver.sentences),
                waiver.word.reason,
                str(waiver.word.asked_by),
                f"{waiver.word.decided_by}, {formats.day(waiver.word.decided_at)}",
            ]
            for waiver in page.waivers
        ]
        yield Sheet(_("Passed with open conditions"), rows, [40, 90, 70, 30, 30])
    head = [_("Step"), _("Responsible"), _("Due on"), _("Gate"), _("Signed by"), _("What was found")]
    yield Sheet(_("The ten steps"), [head, *(_step(step) for step in page.steps)], [48, 34, 24, 42, 42, 70])
    yield from _records(project, page, user)
    open_now = [
        [step.label, condition.sentence, condition.detail, _("open")]
        for step in page.steps
        if step.gate.state is not GateState.WAITING
        for condition in step.conditions
        if not condition.met
    ]
    if open_now:
        yield Sheet(_("Open conditions"), [[_("Step"), _("Condition"), "", _("State")], *open_now], [48, 110, 80, 22])


def _facts(page: ProjectPage) -> list[list[str]]:
    project = page.project
    facts = [
        [_("State"), str(project.get_state_display())],
        [_("Run by"), str(project.leader)],
        [_("Sponsor"), str(project.sponsor) if project.sponsor else "–"],
        [_("Timetable"), f"{formats.day(project.starts_on)} – {formats.day(project.ends_on)}"],
        [_("Gates passed"), f"{page.passed} / {len(page.steps)}"],
        [_("With open conditions"), formats.number(len(page.waivers))],
        [_("Re-check on"), formats.day(project.recheck_on) if project.recheck_on else "–"],
    ]
    if project.purpose:
        facts.append([_("Purpose"), project.purpose])
    if project.rights:
        facts.append([_("Who decides what"), project.rights])
    return facts


def _step(step: StepView) -> list[str]:
    signed = "–"
    if step.word and step.word.decided_by:
        signed = f"{step.word.decided_by}, {formats.day(step.word.decided_at)}"
    state = step.state_word
    if step.gate.slipped:
        state = f"{state}; {_('not met any more')}"
    return [
        f"{step.number}. {step.label}", str(step.row.responsible), formats.day(step.row.due_on), state, signed,
        step.row.finding or "–",
    ]  # fmt: skip


def _records(project: SelectionProject, page: ProjectPage, user: User) -> Iterator[Sheet]:
    def records(key: str) -> dict[str, Any]:
        return records_of(project, page.step(key), user)

    objectives = records("objectives")["rows"]
    if objectives:
        head = [_("Objective"), _("Measured by"), _("Target"), _("By"), _("Weight")]
        rows = [
            [
                row.name, row.measure or "–", row.target or "–", formats.day(row.due_on) if row.due_on else "–",
                formats.number(row.weight),
            ]
            for row in objectives
        ]  # fmt: skip
        yield Sheet(_("Objectives"), [head, *rows], [90, 70, 50, 30, 20])
    found = records("resources")
    head = [_("Way of selling"), _("Customers"), _("Days a year, each"), _("Days a year"), _("Cost, each"), _("Cost")]
    rows = [
        [
            str(mode["label"]),
            formats.number(mode["cost"].customers),
            formats.number(mode["cost"].days_each, 1),
            formats.number(mode["cost"].days),
            _or_undefined(mode["cost"].cost_each),
            _or_undefined(mode["cost"].cost),
        ]
        for mode in found["modes"]
    ]
    yield Sheet(f"{_('What each way of selling takes')} ({found['currency']})", [head, *rows], [70, 30, 40, 40, 40, 40])
    members = records("communication")["members"]
    if members:
        head = [_("Person"), _("Speaks for"), _("Role"), _("Says to the result"), _("In own words")]
        rows = [
            [
                str(member.user), str(member.get_function_display()), str(member.get_role_display()),
                str(member.get_answer_display()) if member.answer else "–", member.answer_note,
            ]
            for member, _notice in members
        ]  # fmt: skip
        yield Sheet(_("Selection team"), [head, *rows], [50, 45, 50, 40, 75])


def _or_undefined(value: Any) -> str:
    return _("not defined") if value is None else formats.number(value)
