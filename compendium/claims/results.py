"""What was found of a claim: one model, one writer, one reader."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from compendium.claims.verdict import Verdict
from compendium.project.errors import InputError
from compendium.project.files import as_json, write_text

#: Decimals of every number in a result: enough to compare, few enough to be stable.
RESULT_DECIMALS = 6
Number = int | float


class Result(BaseModel):
    """The verdict on a claim, with the estimate that it rests on and the specification that gave it.

    Numbers are rounded when a result is made, so that one in memory equals the one that is read again; a
    missing number is None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: str
    notebook: str
    source: str
    year: int
    universe: str = Field(description="what the verdict is about: a set of papers, or documents")
    specification: dict[str, Any] = Field(default_factory=dict, description="parameter → value in force")
    verdict: Verdict
    estimate: Number | None = Field(None, description="in the unit of the reported value")
    interval: tuple[Number, Number] | None = Field(None, description="95 % stability interval of the estimate")
    probability: Number | None = Field(None, description="share of the draws in which the relation holds")
    finding: str
    agreeing_share: Number | None = Field(None, description="share of the specifications with the same verdict")
    flipping_choice: str | None = None
    multiverse: dict[str, Any] | None = None
    details: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_plain_and_rounded(cls, fields: Any) -> Any:
        return _plain(fields)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: no type of numpy, texts as keys, numbers rounded, none missing."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float):
        return None if value != value else round(value, RESULT_DECIMALS)
    return value


def write(result: Result, folder: Path) -> Path:
    """Write a result into `folder`, as `<claim>.json`; what its maker did not name is left out."""
    place = folder / f"{result.claim}.json"
    write_text(place, as_json(result.model_dump(exclude_unset=True)))
    return place


def read_all(folder: Path) -> dict[str, Result]:
    """Return the results in `folder` by claim id; none where there is no such folder.

    Raises InputError that names the file, for one that holds no result.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}


def _read(path: Path) -> Result:
    try:
        return Result.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:  # no JSON, no UTF-8, or no result
        raise InputError(f"{path.parent.name}/{path.name} holds no result: {_one_line(error)}") from None


def _one_line(error: ValueError) -> str:
    """Say in one line what is wrong; of a model that does not fit, its fields."""
    wrong = getattr(error, "errors", None)
    if wrong is None:
        return " ".join(str(error).split())
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in wrong())
