"""That a person is erased, and who has done so."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict


class PersonErased(BaseModel):
    """`shared_tenancies`: others live or lived there too."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "person.erased"
    applications: tuple[str, ...]
    tenancies: tuple[str, ...]
    shared_tenancies: tuple[str, ...]


class ErasureCompleted(BaseModel):
    """A service keeps nothing more of the person; intake says so of itself, and hears it of the others."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "erasure.completed"
    service: Literal["intake", "eligibility", "nav-bridge", "notifications"]
