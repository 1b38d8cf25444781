"""What the services would log of a run isn't what one looks at."""

import logging

import structlog


def be_quiet() -> None:
    """In this process, for good."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
