"""Organisation units, account teams and their members."""

from teams.models.teams import AccountTeam, TeamMembership
from teams.models.units import OrgUnit, UnitAssignment

__all__ = ["AccountTeam", "OrgUnit", "TeamMembership", "UnitAssignment"]
