"""Real Apache Kafka, PostgreSQL and an issuer by pip alone, for the demo and the tests alike.

    with Platform() as platform:
        intake = platform.spawn("intake", ["-m", "intake", "run"], platform.service_environment("intake"))

Nothing is left (process, port, temporary folder) after the end, Ctrl-C, or SIGKILL of any child or of this process.
"""

from demo.local.children import Child
from demo.local.errors import ChildDied, NotReady, PlatformError
from demo.local.platform import Platform

__all__ = ["Child", "ChildDied", "NotReady", "Platform", "PlatformError"]
