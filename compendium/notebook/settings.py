"""The checked parameters of a notebook."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from compendium.places.blocs import China, Eu

Counting = Literal["whole", "fractional", "country-fractional"]


class Settings(BaseModel):
    """The checked parameters of a notebook."""

    model_config = ConfigDict(frozen=True)

    source: str
    year: int
    counting: Counting
    china: China
    eu: Eu
    categories: str


def _require(name: str, value: object, allowed: list) -> None:
    if value not in allowed:
        raise ValueError(
            f"{name}={value!r} is not possible; choose one of: " + ", ".join(str(option) for option in allowed)
        )
