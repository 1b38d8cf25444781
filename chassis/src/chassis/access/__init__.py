"""Who may do what: tokens for APIs and services, login for people, a door on every route."""

from chassis.access.door import Door, door, guarding, page_door, unguarded_routes
from chassis.access.login import install
from chassis.access.principal import Principal
from chassis.access.tokens import service_client

__all__ = ["Door", "Principal", "door", "guarding", "install", "page_door", "service_client", "unguarded_routes"]
