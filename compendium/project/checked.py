"""Files that people write: YAML held against a model; a mistake is one line that says where, and what is right."""

import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

Model = typing.TypeVar("Model", bound=BaseModel)
#: Characters of a wrong value that a message repeats.
_MOST_SHOWN = 60


def load_yaml(path: Path, model: type[Model], loader: type = yaml.SafeLoader) -> Model:
    """Return a file's content as a model; InputError, in one line, for a file that cannot be read or is wrong."""
    return validated(model, read_yaml(path, loader), PROJECT.shown(path))


def read_yaml(path: Path, loader: type = yaml.SafeLoader) -> Any:
    """Return a file's content; InputError, in one line, where it is missing or no YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except FileNotFoundError:
        raise InputError(f"{PROJECT.shown(path)} is missing") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{PROJECT.shown(path)} is no YAML: {' '.join(str(error).split())}") from None


def validated(model: type[Model], content: Any, name: str) -> Model:
    """Return content as a model; InputError, in one line, names the first mistake and counts the others.

    name : what the content is, such as the file that it stands in.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        more = f" (and {len(others)} more)" if others else ""
        raise InputError(f"{name}: {_said(first, model, content)}{more}") from None


def _said(error: Mapping[str, Any], model: type[BaseModel], content: Any) -> str:
    """Return where a mistake is and what would be right."""
    loc, kind = error["loc"], error["type"]
    place = _place(loc[:-1] if kind in ("extra_forbidden", "missing") else loc, content)
    within = f"{place}: " if place else ""
    if kind == "missing":
        return f"{within}{loc[-1]} is missing"
    if kind == "extra_forbidden":
        return f"{within}{loc[-1]!r} is not known; there are: {', '.join(_model_at(model, loc).model_fields)}"
    if kind == "value_error":
        return within + error["msg"].removeprefix("Value error, ")
    told = error["msg"].removeprefix("Input ")
    value = " ".join(repr(error["input"]).split())
    return f"{within}{told}, not {value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + '…'}"


def _place(loc: Sequence[int | str], content: Any) -> str:
    """Return a place as a path of names; an entry of a list by its `id` or `claim`, where it has one.

    What pydantic adds to tell the members of a union apart is no place in the file.
    """
    steps, part = [], content
    for step in loc:
        if isinstance(part, Mapping) and step in part:
            part = part[step]
            steps.append(str(step))
        elif isinstance(part, list) and isinstance(step, int) and step < len(part):
            part = part[step]
            named = part if isinstance(part, Mapping) else {}
            steps.append(str(named.get("id") or named.get("claim") or f"entry {step + 1}"))
    return ".".join(steps)


def _model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """Return the model of the innermost part that a place lies in."""
    for step in loc[:-1]:
        if step in model.model_fields:
            model = _first_model(model.model_fields[str(step)].annotation) or model
    return model


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for one in typing.get_args(annotation) if (found := _first_model(one))), None)
