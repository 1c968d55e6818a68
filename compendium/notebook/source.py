"""What a notebook shows of the code: the few lines that are a measure."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

from IPython.display import Markdown, display

from compendium.project.errors import InputError
from compendium.project.folders import PROJECT


def show(*functions: Callable) -> None:
    """Show where functions of this package stand, and their code with the first sentence of its documentation.

    Raises InputError for what has no source of its own: a class, a partial, something wrapped, a foreign function.
    """
    display(Markdown("\n\n".join(map(shown, functions))))


def shown(function: Callable) -> str:
    """Return the Markdown that `show` shows of one function: its file, and its code as a block."""
    name = getattr(function, "__qualname__", type(function).__name__)
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        raise InputError(f"cannot show {name}: only a plain function has code of its own, no {_kind(function)}")
    file = Path(inspect.getsourcefile(function) or "").resolve()
    if name == "<lambda>" or not file.is_relative_to(PROJECT.root / "compendium"):
        raise InputError(f"cannot show {name}: only a named function of the package `compendium` can be shown")
    return f"From `{PROJECT.shown(file)}`:\n\n```python\n{code(function)}\n```"


def code(function: FunctionType) -> str:
    """Return a function's source as it stands, its documentation cut to the first sentence."""
    source = textwrap.dedent(inspect.getsource(function)).rstrip()
    (defined,) = ast.parse(source).body
    said = inspect.getdoc(function)
    if not said:
        return source
    assert isinstance(defined, ast.FunctionDef)
    lines, documentation = source.split("\n"), defined.body[0]
    assert documentation.end_lineno is not None
    sentence = '"""'.join(["", " ".join(said.split("\n\n")[0].split()), ""])
    kept = [" " * documentation.col_offset + sentence]
    return "\n".join([*lines[: documentation.lineno - 1], *kept, *lines[documentation.end_lineno :]])


def _kind(function: object) -> str:
    if inspect.isclass(function):
        return "class"
    return "wrapped function" if hasattr(function, "__wrapped__") else type(function).__name__
