"""The same system as the demo's, in containers: what docker-compose.yml needs besides the services."""
