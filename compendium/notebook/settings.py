"""The checked parameters of a notebook."""

from pydantic import BaseModel, ConfigDict

from compendium.places.blocs import China, Eu
from compendium.project.errors import InputError


class Settings(BaseModel):
    """The checked parameters of a notebook."""

    model_config = ConfigDict(frozen=True)

    source: str
    year: int
    counting: str
    china: China
    eu: Eu
    categories: str


def require(name: str, value: object, allowed: list) -> None:
    """Raise InputError, naming what is allowed, for a parameter with another value."""
    if value not in allowed:
        raise InputError(
            f"{name}={value!r} is not possible; choose one of: " + ", ".join(str(option) for option in allowed)
        )
