"""The options of a source, as words of a command line."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from compendium.project.errors import InputError
from compendium.project.extras import needing_extras
from compendium.sources.source import Estimate, Quick, Source

TRUTH = {"true": True, "false": False}


def possible_options(function: Callable) -> dict[str, tuple[type, bool]]:
    """Return the keyword-only parameters that a text can set: their kind, and whether it is of many."""
    hints = typing.get_type_hints(function)
    names = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    kinds = {name: _kind(hints.get(name, str)) for name in names}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(hint: object) -> tuple[type, bool] | None:
    """Return the kind of value, and whether there may be many; None where no text can say it."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        known = [kind for one in typing.get_args(hint) if (kind := _kind(one))]
        return (str, False) if (str, False) in known else known[0] if len(known) == 1 else None
    if hint in (bool, int, float, str, Path):
        return hint, False
    if typing.get_origin(hint) in (tuple, list, set, frozenset, Sequence, Iterable):
        item = _kind(typing.get_args(hint)[0])
        return (item[0], True) if item else None
    return None


def accepted(function: Callable, options: Mapping[str, object]) -> dict[str, object]:
    """Return those of some options that a function takes."""
    return {name: value for name, value in options.items() if name in inspect.signature(function).parameters}


def quick_of(source: Source) -> Quick:
    """Return how a source makes tables without records; InputError where it does not."""
    if source.quick is None:
        raise InputError(f"source {source.name!r} knows no --quick: its tables are made from records only")
    return source.quick


def estimate(source: Source, raw: Path, options: Mapping[str, object], quick: bool = False) -> Estimate:
    """Return what collecting would take, without collecting; InputError where a source asks nobody."""
    function = quick_of(source).estimate if quick else source.estimate
    if function is None:
        raise InputError(f"source {source.name!r} knows no --dry-run: it asks no one for its records")
    with needing_extras():
        return function(raw, **accepted(function, options))


def read_options(source: Source, words: Sequence[str], quick: bool = False) -> dict[str, object]:
    """Return `KEY=VALUE` words as the options of the source, in the types that it declares.

    Many values are joined by `+`; `2020-2024` stands for each of these whole numbers. Raises
    InputError, naming the possible options, for an unknown one or a value of another type.
    """
    possible = possible_options(quick_of(source).tables if quick else source.collect)
    options: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in possible:
            raise InputError(
                f"-o {word}: source {source.name!r} takes KEY=VALUE with one of the keys: "
                f"{', '.join(sorted(possible)) or 'none'}"
            )
        if name in options:
            raise InputError(f"-o {word}: option {name!r} is given twice")
        options[name] = _value(word, value, *possible[name])
    return options


def _value(word: str, text: str, kind: type, many: bool) -> object:
    try:
        if not many:
            return TRUTH[text.lower()] if kind is bool else kind(text)
        values: list = []
        for item in text.split("+"):
            first, dash, last = item.partition("-")
            if kind is int and first and dash:  # a range: -5 alone is a number
                values += range(int(first), int(last) + 1)
            else:
                values.append(kind(item))
        return tuple(values)
    except (ValueError, KeyError):
        shape = {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "a text")
        more = ", or several joined by '+'" if many else ""
        raise InputError(f"-o {word}: the value must be {shape}{more}") from None
