"""A first migration renders less and makes the same."""

from __future__ import annotations

from django.db import migrations, models
from django.db.migrations.state import ProjectState

from kcrm.embedded.first_migration import rendering_only_what_changes


def made_of(*operations: migrations.operations.base.Operation) -> ProjectState:
    state = ProjectState()
    for operation in operations:
        operation.state_forwards("house", state)
        assert state.apps  # as the database's half of each step asks for it
    return state


def with_key(name: str, **options: object) -> migrations.CreateModel:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True))], **options)


STEPS = (
    with_key("Room"),
    with_key("Door"),
    with_key("Window"),
    migrations.CreateModel("Hall", [], bases=("house.Room",), options={"proxy": True}),
    migrations.AddField("Door", "room", models.ForeignKey("house.Room", models.CASCADE)),
    migrations.AddField("Window", "room", models.ForeignKey("house.Room", models.CASCADE)),
    migrations.AddField("Room", "name", models.CharField(max_length=10)),
    migrations.AddIndex("Room", models.Index("name", name="by_name")),
    migrations.AddConstraint("Door", models.UniqueConstraint(fields=["room"], name="one_each")),
)


def counted(monkeypatch) -> list[str]:
    """The names of the models as they are rendered."""
    from django.db.migrations.state import ModelState

    rendered, render = [], ModelState.render

    def note(model: ModelState, apps: object) -> object:
        rendered.append(model.name)
        return render(model, apps)

    monkeypatch.setattr(ModelState, "render", note)
    return rendered


def test_a_step_that_adds_renders_its_model_and_what_inherits_from_it(monkeypatch) -> None:
    with rendering_only_what_changes():
        state = made_of(*STEPS)
        rendered = counted(monkeypatch)
        migrations.AddIndex("Room", models.Index("id", name="by_key")).state_forwards("house", state)
        migrations.AddField("Window", "wide", models.BooleanField()).state_forwards("house", state)

    assert set(rendered) == {"Room", "Hall", "Window"}


def test_a_step_that_renames_renders_what_django_renders(monkeypatch) -> None:
    with rendering_only_what_changes():
        state = made_of(*STEPS)
        rendered = counted(monkeypatch)
        migrations.RenameModel("Room", "Chamber").state_forwards("house", state)

    assert {"Chamber", "Door", "Window"} <= set(rendered)


def test_python_in_a_migration_sees_all_models_whole() -> None:
    with rendering_only_what_changes():
        state = made_of(*STEPS)
        assert state.is_delayed
        state.clear_delayed_apps_cache()  # what RunPython does first

    quick, plain = state.apps, made_of(*STEPS).apps
    for name in ("Room", "Door", "Window", "Hall"):
        fields = {field.name for field in quick.get_model("house", name)._meta.get_fields()}
        assert fields == {field.name for field in plain.get_model("house", name)._meta.get_fields()}
        for field in quick.get_model("house", name)._meta.get_fields():
            assert field.related_model is None or field.related_model._meta.apps is quick


def test_afterwards_django_is_as_it_was() -> None:
    before = ProjectState.add_field, ProjectState.add_model, ProjectState._find_reload_model

    with rendering_only_what_changes():
        assert ProjectState.add_model not in before

    assert (ProjectState.add_field, ProjectState.add_model, ProjectState._find_reload_model) == before
