"""HTTP in and out: problem documents, the shell around every request, and calls to others."""

from chassis.http.app import create_app
from chassis.http.exchange import NothingSent, exchange
from chassis.http.problems import Problem

__all__ = ["NothingSent", "Problem", "create_app", "exchange"]
