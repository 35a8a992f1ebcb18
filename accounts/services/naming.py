"""People of ours as rows and forms name them: by e-mail address, name, or what the rows' system calls them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import PersonCode, User
from kcrm.lib import words
from kcrm.lib.imports import RowError
from kcrm.lib.imports.outcomes import UNMATCHED


@dataclass(frozen=True)
class People:
    """Active people of ours by e-mail address, by the codes of one system, and by name."""

    by_email: Mapping[str, User]
    by_name: Mapping[str, list[User]]
    by_code: Mapping[str, User] = field(default_factory=dict)

    def find(self, reference: str) -> User | None:
        """The person with this address, this code or, if it is the only one, name."""
        named = self.by_name.get(words.fold(reference), [])
        folded = reference.strip().casefold()
        return self.by_email.get(folded) or self.by_code.get(folded) or (named[0] if len(named) == 1 else None)

    def get(self, reference: str, *, field: str) -> User:
        """The same. Raises RowError where there is nobody."""
        found = self.find(reference)
        if found is None:
            raise RowError(
                _("Nobody of ours is “%(name)s”; write the e-mail address of somebody who can sign in.")
                % {"name": reference[:60]},
                field=field,
                code=UNMATCHED,
            )
        return found


def people_named(references: Iterable[str | None], source: str = "") -> People:
    """The active people that these references may mean, also by what the system `source` calls them; one statement or
    two."""
    asked = {reference.strip() for reference in references if reference}
    if not asked:
        return People({}, {})
    lowered = {reference.casefold() for reference in asked}
    users = User.objects.filter(is_active=True).annotate(lower_email=Lower("email"), lower_name=Lower("full_name"))
    by_name: dict[str, list[User]] = defaultdict(list)
    by_email = {}
    for user in users.filter(Q(lower_email__in=lowered) | Q(lower_name__in=lowered)):
        by_email[user.email.casefold()] = user
        by_name[words.fold(user.full_name)].append(user)
    return People(by_email, by_name, _by_code(lowered, source) if source else {})


def _by_code(lowered: Collection[str], source: str) -> dict[str, User]:
    codes = PersonCode.objects.filter(source=source, user__is_active=True).annotate(lower_code=Lower("code"))
    return {known.lower_code: known.user for known in codes.filter(lower_code__in=lowered).select_related("user")}
