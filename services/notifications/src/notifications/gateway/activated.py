"""The thresholds that people have activated, as the database has them."""

import json
from collections import defaultdict
from dataclasses import fields, replace

from chassis.database import Connection
from notifications.domain.policy import Policies, Version
from notifications.domain.thresholds import Thresholds

ACTIVATED = "select kommunenummer, version, active_from, numbers from threshold_versions order by kommunenummer, number"


class Activated:
    """Keeps the policies by which the handlers judge as the transaction sees them; only ever more is activated.

    Under row-level security it sees one municipality's, and leaves the others as they are.
    """

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    async def learn(self, connection: Connection) -> None:
        found: dict[str, list[Version]] = defaultdict(list)
        for row in await connection.fetch(ACTIVATED):
            newest = self._policies.filed(row["kommunenummer"]).newest
            limits = version_of(json.loads(row["numbers"]), row["version"], newest)
            found[row["kommunenummer"]].append(Version(row["active_from"].toordinal(), limits))
        for kommunenummer, versions in found.items():
            self._policies.activate(kommunenummer, versions)


def version_of(numbers: dict[str, int], version: str, filed: Thresholds) -> Thresholds:
    """A number that the version is too old to have is the files', one that no rule knows any longer is left out."""
    known = {each.name for each in fields(Thresholds)}
    return replace(filed, **{name: value for name, value in numbers.items() if name in known}, version=version)
