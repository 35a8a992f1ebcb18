"""How far a relationship has come (M12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.stages import (
    FORM_OF_STAGE,
    OLDER_NAMES,
    ContactForm,
    Stage,
    StageItem,
    stage_gap,
    stage_index,
    stage_of_total,
    stage_result,
)


def answers(*values: int | None) -> dict[StageItem, int | None]:
    return dict(zip(StageItem, values, strict=False))


@pytest.mark.parametrize(
    ("total", "stage"),
    [
        (6, Stage.BASIC),
        (10, Stage.BASIC),
        (11, Stage.COOPERATIVE),
        (16, Stage.COOPERATIVE),
        (17, Stage.INTERDEPENDENT),
        (22, Stage.INTERDEPENDENT),
        (23, Stage.INTEGRATED),
        (24, Stage.INTEGRATED),
        (None, None),
    ],
)
def test_stage_of_a_total(total, stage):
    assert stage_of_total(total) is stage


def test_six_answers_make_a_stage():
    result = stage_result(answers(3, 2, 2, 3, 2, 2), trading=True)

    assert (result.total, result.stage, result.contact_form) == (14, Stage.COOPERATIVE, ContactForm.NETWORK)


def test_no_trade_is_exploratory_whatever_is_answered():
    assert stage_result(answers(4, 4, 4, 4, 4, 4), trading=False).stage is Stage.EXPLORATORY
    assert stage_result({}, trading=False).stage is Stage.EXPLORATORY


def test_missing_answer_leaves_the_stage_undefined():
    result = stage_result(answers(3, 2, 2, None, 2), trading=True)

    assert (result.total, result.stage, result.contact_form) == (None, None, None)
    assert result.missing == (StageItem.LINKED_PROCESSES, StageItem.EXIT_DIFFICULTY)


@pytest.mark.parametrize("answer", [0, 5])
def test_answer_off_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="between 1 and 4"):
        stage_result(answers(answer), trading=True)


def test_seeing_it_a_stage_closer_than_the_customer_is_a_warning():
    ours = stage_result(answers(3, 3, 3, 3, 3, 3), trading=True)
    theirs = stage_result(answers(3, 2, 1, 3, 3, 2), trading=True)

    gap = stage_gap(ours, theirs)

    assert (ours.stage, theirs.stage) == (Stage.INTERDEPENDENT, Stage.COOPERATIVE)
    assert (gap.stages, gap.warning) == (1, True)
    assert gap.items[:3] == (
        (StageItem.JOINT_PLANNING, 2),
        (StageItem.OPENNESS, 1),
        (StageItem.EXIT_DIFFICULTY, 1),
    )


def test_same_stage_is_no_warning():
    one = stage_result(answers(2, 2, 2, 2, 2, 2), trading=True)

    assert stage_gap(one, stage_result(answers(3, 2, 2, 2, 2, 2), trading=True)).warning is False


def test_gap_to_a_side_not_asked_is_undefined():
    one = stage_result(answers(2, 2, 2, 2, 2, 2), trading=True)

    gap = stage_gap(one, stage_result({}, trading=True))

    assert (gap.stages, gap.warning, gap.items) == (None, False, ())


def test_index_rises_in_equal_steps():
    assert [stage_index(stage) for stage in Stage] == [0, 25, 50, 75, 100]
    assert stage_index(None) is None


def test_bow_tie_at_basic_and_diamond_at_interdependent():
    assert FORM_OF_STAGE[Stage.BASIC] is ContactForm.BOW_TIE
    assert FORM_OF_STAGE[Stage.INTERDEPENDENT] is ContactForm.DIAMOND


def test_older_names_cover_every_stage():
    assert [stage for stage in OLDER_NAMES.values() if stage] == list(Stage)


@given(st.lists(st.integers(1, 4), min_size=6, max_size=6), st.integers(0, 5))
def test_a_higher_answer_never_gives_an_earlier_stage(given_answers, place):
    higher = [*given_answers]
    higher[place] = 4

    before = stage_result(answers(*given_answers), trading=True)
    after = stage_result(answers(*higher), trading=True)

    assert stage_index(after.stage) >= stage_index(before.stage)


@given(st.lists(st.integers(1, 4), min_size=6, max_size=6), st.permutations(range(6)))
def test_which_question_was_asked_first_changes_nothing(given_answers, order):
    shuffled = [given_answers[place] for place in order]

    assert (
        stage_result(answers(*shuffled), trading=True).total
        == stage_result(answers(*given_answers), trading=True).total
    )
