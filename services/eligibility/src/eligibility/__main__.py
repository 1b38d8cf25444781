"""`python -m eligibility`: run the service, or one of its commands."""

from chassis.command_line import command_line
from eligibility.app import build
from eligibility.settings import Settings

if __name__ == "__main__":
    command_line(Settings, build)()
