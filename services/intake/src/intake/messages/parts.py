"""What all messages of intake are made of."""

from pydantic import BaseModel, ConfigDict


class Thin(BaseModel):
    """Never changed. A field that we don't know is a later version's, and is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")
