"""What the bank is told beyond what every service is."""

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`bank`: its name, and its group on Kafka. `lease`: seconds. `repaired`: by a new version of the decider."""

    bank: str = "bank"
    topic_in: str
    topic_out: str
    partner_url: str
    lease: float = 2.0
    repaired: bool = False
