"""`python -m tests.prove.bank run --only consumer`, as any service of ours is run."""

from chassis.command_line import command_line
from tests.prove.bank.app import build
from tests.prove.bank.settings import Settings

command_line(Settings, build)()
