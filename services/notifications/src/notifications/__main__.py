"""`python -m notifications`: run the service, or one of its commands."""

from chassis.command_line import main
from notifications.app import build
from notifications.settings import Settings

if __name__ == "__main__":
    main(Settings, build)
