"""The running system as the player sees it from a container among the others."""

import json
from pathlib import Path

from chassis.broker import Kafka
from chassis.topics import Topics
from demo.composed.settings import PlayerSettings
from demo.local.databases import Urls
from demo.local.issuer import Tokens
from demo.local.kafka import ADMIN
from demo.local.people import people
from demo.local.places import ROOT
from demo.local.settings import pages

PORT = 8080  # of every service, inside


class Composed:
    """Kafka's users, doors and databases by the names that docker-compose.yml gives them."""

    def __init__(self, settings: PlayerSettings) -> None:
        self._settings = settings
        self._passwords: dict[str, str] = json.loads(settings.secret("kafka", "passwords.json"))
        self.topics = Topics.read(ROOT / "schemas" / "topics.yaml")
        self.people = people(self.topics.municipalities)
        self.addresses = self.kafka = self
        self.urls = {name: self._urls(name) for name in settings.services}
        self.pages = pages(
            settings.notifications_page,
            settings.eligibility_page,
            settings.nav_bridge_page,
            settings.nav_page,
            settings.mails_page,
        )
        self._tokens = Tokens(settings.issuer_url, self.people, self.topics.services)
        self.token = self._tokens.token

    def _urls(self, service: str) -> Urls:
        secret = self._settings.secret
        return Urls(service, secret(service, "database_url"), secret(service, "pages_database_url"))

    @property
    def folder(self) -> Path:
        return self._settings.records

    def url(self, service: str) -> str:
        return f"http://{service}:{PORT}"

    def connection(self, user: str) -> Kafka:
        return Kafka(self._settings.kafka_bootstrap_servers, user, self._passwords[user], "SASL_PLAINTEXT")

    def admin_kafka(self) -> Kafka:
        return self.connection(ADMIN)

    def check(self) -> None:
        """Nothing to raise: what ends is started again, and what stays away is seen as waiting."""
