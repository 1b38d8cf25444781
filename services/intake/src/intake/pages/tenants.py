"""Who lives where, as the pages show it at the moment."""

from collections.abc import Iterable

import structlog

from chassis.access import Door
from intake.pages.frame import vault_of

log = structlog.get_logger()
PROTECTED = "Adressebeskyttet"


async def names_of(door: Door, tenancies: Iterable[str], purpose: str) -> dict[str, str]:
    """The tenants' names, to show now and not to keep; each look-up is logged, without what it found."""
    vault, found = vault_of(door), await door.states("tenancy", sorted(tenancies))
    people = sorted({person for state in found.values() for person in state.tenants})
    known = await door.states("person", people)
    if people:
        log.info("person.looked_up", acting_user=door.principal.subject, purpose=purpose, count=len(people))
    told = {}
    for id, state in found.items():
        tenants = [(person, known[person]) for person in state.tenants if person in known]
        if any(person.protected for _, person in tenants):
            told[id] = PROTECTED
        else:
            told[id] = ", ".join(vault.unseal(person, each.sealed).name for person, each in tenants if each.sealed)
    return told
