"""What files can bring in about our organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kcrm.lib.imports import Field, Importable, Kind, register
from teams.services.imports import can_import_units, save_units

register(
    Importable(
        key="units",
        label=_("Organisation units"),
        description=_("Regions, countries, sales offices, with their place in the tree."),
        order=10,
        fields=(
            Field("code", _("Code"), required=True, example="EU-DE",
                  aliases=("unit code", "territory id", "region id", "代码", "编码", "部门编码")),
            Field("name", _("Name"), required=True, example="Germany",
                  aliases=("unit", "description", "territory description", "region description", "名称", "部门", "部门名称")),
            Field("parent", _("Part of"), kind=Kind.REFERENCE, example="EU", help=_("the code of the unit above"),
                  aliases=("parent code", "parent unit", "region id", "上级", "上级部门", "上级编码")),
        ),
        keys=("code",),
        identity=lambda values: str(values["code"]).casefold(),
        allowed=can_import_units,
        save=save_units,
    )
)  # fmt: skip
