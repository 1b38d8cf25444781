"""What the messages are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Ore = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$")]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
