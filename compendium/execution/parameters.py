"""Strict parameters: a run may set what its notebooks declare, in the type of the default.

papermill itself only warns of a parameter that no notebook knows, and then ignores it.
"""

import ast
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from compendium.project.errors import InputError

Value = bool | int | float | str
Declared = dict[str, type | None]

KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
TRUTH = {"true": True, "false": False}


def declared(notebook: Path) -> Declared:
    """Return the parameters that `notebook` declares, each with the type of its default.

    The type is None where it is none of `KINDS`: such a parameter cannot be set from outside.
    """
    import papermill  # takes a second, and a run without parameters does without it

    logging.getLogger("papermill").setLevel(logging.WARNING)
    found = papermill.inspect_notebook(notebook)
    return {name: _kind(one["inferred_type_name"], one["default"]) for name, one in found.items()}


def _kind(annotation: str, default: str) -> type | None:
    """Return the type of a parameter: as annotated, else as its default's literal shows."""
    for kind in KINDS:
        if annotation == kind.__name__:
            return kind
    try:
        literal = type(ast.literal_eval(default))
    except (ValueError, SyntaxError):
        return None
    return literal if literal in KINDS else None


def refuse_unknown(given: Mapping[str, object], notebooks: Mapping[str, Declared]) -> None:
    """Raise InputError for a given parameter that none of `notebooks` declares."""
    known = sorted({name for parameters in notebooks.values() for name in parameters})
    for name in given:
        if name not in known:
            raise InputError(
                f"unknown parameter {name!r} for the notebooks "
                f"{', '.join(notebooks)}; known are: {', '.join(known) or 'none'}"
            )


def assign(given: Mapping[str, object], notebooks: Mapping[str, Declared]) -> dict[str, dict[str, Value]]:
    """Return for each notebook those of the `given` parameters that it declares, typed.

    Raises InputError, naming parameter, value and notebook, for a value of the wrong type.
    """
    return {
        notebook: {
            name: _typed(name, value, parameters[name], notebook) for name, value in given.items() if name in parameters
        }
        for notebook, parameters in notebooks.items()
    }


def _typed(name: str, value: object, kind: type | None, notebook: str) -> Value:
    """Return `value` as `kind`; a text, as a command line gives it, is read as one."""
    if kind is None:
        raise InputError(
            f"parameter {name!r} of notebook {notebook} cannot be set from outside: "
            f"its default is none of: {', '.join(KINDS.values())}"
        )
    try:
        return _read(value, kind)
    except (ValueError, KeyError):
        raise InputError(f"parameter {name!r} of notebook {notebook} must be {KINDS[kind]}, not {value!r}") from None


def _read(value: object, kind: type) -> Value:
    if isinstance(value, str):
        return TRUTH[value.lower()] if kind is bool else kind(value)
    if isinstance(value, bool) is not (kind is bool):  # True is an int to Python, not to a reader
        raise ValueError
    if isinstance(value, kind) or (kind is float and isinstance(value, int)):
        return kind(value)
    raise ValueError


def split_pairs(words: Sequence[str]) -> dict[str, str]:
    """Return `KEY=VALUE` words as a mapping; a key given twice is refused."""
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise InputError(f"-p takes a key and a value, as in `-p year 2022`; got {word!r}")
        if name in pairs:
            raise InputError(f"parameter {name!r} is given twice")
        pairs[name] = value
    return pairs
