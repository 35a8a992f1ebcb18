"""What files can bring in about our organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.importables import known_people
from accounts.models import User
from kcrm.lib import words
from kcrm.lib.imports import Field, Importable, Kind, register
from teams.models import OrgUnit, UnitAssignment
from teams.services.imports import can_import_places, can_import_units, save_places, save_units


def known_units(user: User) -> Mapping[str, Any]:
    """Which units can be named in a file: {code: name}."""
    return dict(OrgUnit.objects.visible_to(user).values_list("code", "name"))


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

register(
    Importable(
        key="unit-places",
        label=_("Places in the organisation"),
        description=_("Who leads, belongs to or serves which unit or territory, and from when."),
        order=15,
        fields=(
            Field("person", _("Person"), kind=Kind.REFERENCE, required=True, known=known_people, example="nancy@example.com",
                  help=_("an e-mail address or name; what your system calls people is asked for once each"),
                  aliases=("employee id", "employee", "email", "e-mail", "user", "member", "salesperson", "sales rep",
                           "人员", "员工", "员工编号", "成员", "邮箱")),
            Field("unit", _("Unit"), kind=Kind.REFERENCE, required=True, known=known_units, example="EU-DE", help=_("a unit's code"),
                  aliases=("unit code", "territory id", "territory", "region id", "branch", "sales office", "部门", "部门编码",
                           "组织", "销售区域")),
            Field("kind", pgettext_lazy("of a person", "Place"), kind=Kind.CHOICE, choices=dict(UnitAssignment.Kind.choices),
                  help=_("empty: belongs to it"), aliases=("role", "kind", "关系", "角色")),
            Field("valid_from", _("From"), kind=Kind.DATE, policy=False, aliases=("since", "start", "开始日期", "起始日期")),
            Field("valid_to", _("Until"), kind=Kind.DATE, aliases=("end", "结束日期", "截止日期")),
        ),
        keys=("person",),
        identity=lambda values: "\n".join(
            [words.fold(str(values["person"])), str(values["unit"]).casefold(), str(values.get("kind", "")),
             str(values.get("valid_from", ""))]
        ),
        allowed=can_import_places,
        save=save_places,
    )
)  # fmt: skip
