"""The import contracts cover every app there is."""

from __future__ import annotations

import tomllib

from kcrm.lib.own_apps import own_apps, project_root


def test_every_app_stands_in_the_import_contracts() -> None:
    with (project_root() / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]

    (layers,) = (contract["layers"] for contract in contracts["contracts"] if contract["type"] == "layers")

    assert set(own_apps()) <= set(contracts["root_packages"])
    assert set(own_apps()) - {"kcrm"} <= {layer.strip("()") for layer in layers}
