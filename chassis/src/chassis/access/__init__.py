"""Who may do what: tokens for APIs and services, login for people, a door on every route."""

from chassis.access.door import Door, door, page_door, unguarded_routes
from chassis.access.login import install
from chassis.access.principal import Principal
from chassis.access.tokens import service_client

__all__ = ["Door", "Principal", "door", "install", "page_door", "service_client", "unguarded_routes"]
