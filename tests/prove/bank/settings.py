"""What the bank is told beyond what every service is."""

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`lease`: seconds. `repaired`: the flaw in the decider is mended, as by a new version of it."""

    topic_in: str
    topic_out: str
    partner_url: str
    lease: float = 2.0
    repaired: bool = False
