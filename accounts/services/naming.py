"""People of ours as rows and forms name them: by e-mail address or name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib import words
from kcrm.lib.imports import RowError
from kcrm.lib.imports.outcomes import UNMATCHED


@dataclass(frozen=True)
class People:
    """Active people of ours by e-mail address and name."""

    by_email: Mapping[str, User]
    by_name: Mapping[str, list[User]]

    def find(self, reference: str) -> User | None:
        """The person with this address or, if it is the only one, name."""
        named = self.by_name.get(words.fold(reference), [])
        return self.by_email.get(reference.casefold()) or (named[0] if len(named) == 1 else None)

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


def people_named(references: Iterable[str | None]) -> People:
    """The active people that these references may mean, in one statement."""
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
    return People(by_email, by_name)
