"""What files can say about people of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.services.imports import can_import_people, save_people
from kcrm.lib import words
from kcrm.lib.imports import Field, Importable, Kind, register


def known_people(user: User) -> Mapping[str, Any]:
    """Who can be named in a file: {e-mail address: name}."""
    return dict(User.objects.active().order_by("full_name").values_list("email", "full_name"))


def _identity(values: Mapping[str, Any]) -> str | None:
    name = (
        values.get("email")
        or values.get("code")
        or values.get("full_name")
        or " ".join(str(values[part]) for part in ("first_name", "last_name") if part in values)
    )
    return words.fold(str(name)) or None


register(
    Importable(
        key="people",
        label=_("Our people"),
        description=_("What your system calls people who are here, their job titles and phones. A file lets nobody in."),
        order=5,
        fields=(
            Field("email", _("E-mail"), kind=Kind.TEXT, policy=False, example="nancy@example.com",
                  help=_("finds the person; without it the name does"),
                  aliases=("e-mail", "mail", "email address", "work email", "邮箱", "电子邮件", "电子邮箱")),
            Field("full_name", pgettext_lazy("person", "Name"), kind=Kind.REFERENCE, known=known_people, policy=False,
                  example="Nancy Davolio",
                  aliases=("full name", "employee name", "employee", "user", "姓名", "员工姓名", "员工")),
            Field("code", _("Code in your system"), policy=False, example="5",
                  help=_("such as the employee number: later files from the same system may name people by it"),
                  aliases=("employee id", "employee no", "employee number", "personnel number", "staff no", "user id",
                           "salesperson code", "sales rep code", "key in your system", "工号", "员工编号", "员工号", "业务员编号", "编号")),
            Field("first_name", _("First name"), policy=False, aliases=("given name", "forename", "名")),
            Field("last_name", _("Last name"), policy=False, aliases=("surname", "family name", "姓")),
            Field("job_title", _("Job title"), aliases=("title", "position", "function", "职务", "职位", "岗位")),
            Field("phone", _("Phone"), aliases=("telephone", "tel", "work phone", "office phone", "电话", "办公电话")),
        ),
        keys=("email", "code", "full_name"),
        identity=_identity,
        allowed=can_import_people,
        save=save_people,
    )
)  # fmt: skip
