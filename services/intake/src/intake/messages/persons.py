"""That a person is erased, and who has done so."""

from typing import ClassVar, Literal

from intake.messages.parts import Thin


class PersonErased(Thin):
    """`shared_tenancies`: others live or lived there too."""

    type: ClassVar[str] = "person.erased"
    applications: tuple[str, ...]
    tenancies: tuple[str, ...]
    shared_tenancies: tuple[str, ...]


class ErasureCompleted(Thin):
    """A service keeps nothing more of the person; intake says so of itself, and hears it of the others."""

    type: ClassVar[str] = "erasure.completed"
    service: Literal["intake", "eligibility", "nav-bridge", "notifications"]
