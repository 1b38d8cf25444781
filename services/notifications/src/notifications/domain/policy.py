"""By which numbers a municipality judges a day, the day choosing among dated versions; and from when on it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from notifications.domain.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Version:
    """Thresholds that hold for days from `active_from` on, an ordinal, till a newer version does."""

    active_from: int
    limits: Thresholds


@dataclass(frozen=True, slots=True)
class Policy:
    """One municipality's. `versions`: oldest first; the first holds for all earlier days as well.

    `go_live`: the first day, an ordinal, that raises alerts. Days before it build state, habit and episodes alone:
    two years of history that are read on the first morning are not two years of alerts.
    """

    versions: tuple[Version, ...]
    go_live: int = 0

    @property
    def newest(self) -> Thresholds:
        """Those that hold in the end, also when their first day is still to come."""
        return self.versions[-1].limits

    def is_live(self, on: int) -> bool:
        return on >= self.go_live

    def limits(self, on: int) -> Thresholds:
        """The thresholds for a day, an ordinal."""
        held = self.versions[0]
        for version in self.versions:
            if version.active_from <= on:
                held = version
        return held.limits


@dataclass(slots=True)
class Policies:
    """Every municipality's; `common` is that of those which have none of their own.

    `activated`: policies with what people have activated as well, kept up to date by whoever reads it.
    """

    common: Policy
    own: Mapping[str, Policy] = field(default_factory=dict)
    activated: dict[str, Policy] = field(default_factory=dict)

    def of(self, kommunenummer: str) -> Policy:
        return self.activated.get(kommunenummer) or self.filed(kommunenummer)

    def filed(self, kommunenummer: str) -> Policy:
        """By the data files alone."""
        return self.own.get(kommunenummer, self.common)

    def activate(self, kommunenummer: str, versions: Sequence[Version]) -> None:
        """Beside the files' versions; of two with the same first day the later given holds."""
        filed = self.filed(kommunenummer)
        both = sorted((*filed.versions, *versions), key=lambda version: version.active_from)
        self.activated[kommunenummer] = replace(filed, versions=tuple(both))
