import pytest

from tests.unit.demo_partners.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
