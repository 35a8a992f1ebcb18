"""Migrate an empty database in a fraction of the time.

After every step Django renders anew all models within two relations of the changed one. In a house of this size that is
most of them, several hundred times: nine tenths of a first migration. A step that only adds to a model needs that model
alone. What needs the others sees them whole: the state is marked as delayed, so that Django renders everything afresh
before it runs Python; steps that alter or remove relations are left as Django has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

_find: Any = ProjectState._find_reload_model  # type: ignore[attr-defined]  # private, not in the stubs
_add_field, _add_model, _reload_model = ProjectState.add_field, ProjectState.add_model, ProjectState.reload_model


@contextmanager
def rendering_only_what_changes() -> Iterator[None]:
    """Within it, migrations render as little as they can."""
    state: Any = ProjectState
    state._find_reload_model = _find_what_changes
    state.add_field, state.add_model = _alone(_add_field), _alone(_add_model)
    try:
        yield
    finally:
        state._find_reload_model, state.add_field, state.add_model = _find, _add_field, _add_model


def is_empty() -> bool:
    """Whether nothing was ever migrated in the database."""
    return not MigrationRecorder(connection).applied_migrations()


def _find_what_changes(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> Any:
    if not delay:
        return _find(state, app_label, model_name, delay)
    state.is_delayed = True
    return {(app_label, model_name), *_built_on(state, app_label, model_name)}


def _alone(add: Callable[..., None]) -> Callable[..., None]:
    """Django's own step, but delayed for relations too: they concern other models only when Python looks at them."""

    def add_and_render_one(state: Any, *what: Any) -> None:
        state.reload_model = lambda app, model, **_delay: _reload_model(state, app, model, delay=True)
        try:
            add(state, *what)
        finally:
            del state.reload_model

    return add_and_render_one


def _built_on(state: ProjectState, app_label: str, model_name: str) -> Iterator[tuple[str, str]]:
    """The models that inherit from this one."""
    try:
        ahead: list[Any] = [state.apps.get_model(app_label, model_name)]
    except LookupError:
        return
    while ahead:
        for model in ahead.pop().__subclasses__():
            if model._meta.apps is state.apps:
                yield model._meta.app_label, model._meta.model_name
                ahead.append(model)
