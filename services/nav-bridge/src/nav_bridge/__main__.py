"""`python -m nav_bridge`: run the service, or one of its commands."""

from chassis.command_line import main
from nav_bridge.app import build
from nav_bridge.settings import Settings

if __name__ == "__main__":
    main(Settings, build)
