"""Raw files → records → tables, for one source; what stood there before stays until all is done.

What a source offers, in its module `compendium.sources.<name>`:

- `collect(raw, folder, *, …)`: write records (Parquet, `compendium.records`) into `folder`, and return
  what the manifest says of the source: name, title, is_sample, upstream, date, rows_read, ….
  Its keyword-only parameters are what `-o KEY=VALUE` can set.
- `RESUMES = True`, where `collect` goes on from what an interrupted one left in `folder`; the
  records of any other source are removed first.
- `estimate(raw, *, …)`: what collecting would cost, as text or as a mapping, for `--dry-run`.
- `quick_tables(raw, *, …)`: tables without records, as `(frames by table, manifest)`, for `--quick`;
  `quick_estimate(raw)`: what that would cost.
- `refuse_tracked(place)`: raise InputError where the tables may not be written to `place`.
"""

import inspect
import shutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import ibis
import pandas as pd

from compendium import engines, tables, tabulate
from compendium.tables import records
from compendium.project import paths
from compendium.project.errors import InputError

#: Sources whose records can be collected.
SOURCES = ("proceedings", "known_answer", "openalex", "openalex_snapshot", "dimensions")
#: Where the sources are that stand in a folder.
MODULES = {"proceedings": "proceedings.lists", "known_answer": "known_answer.simulate", "openalex": "openalex.rest",
           "openalex_snapshot": "openalex.snapshot", "dimensions": "dimensions.collection"}
#: Modules that `make extras` installs, and nothing else does.
EXTRAS = ("dimcli", "pyspark", "py4j")
TRUTH = {"true": True, "false": False}


@contextmanager
def needing_extras() -> Iterator[None]:
    """Turn a missing optional package into an InputError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise InputError(f"this needs the package {package}, which is not installed; "
                         "`make extras` installs it") from error


def source_module(source: str) -> ModuleType:
    """Return the module of a source; InputError where there is none, or where it lacks a package."""
    if source not in SOURCES:
        raise InputError(f"unknown source {source!r}; there are: {', '.join(SOURCES)}")
    with needing_extras():
        return import_module(f"compendium.sources.{MODULES.get(source, source)}")


def offered(source: str, hook: str, asked_by: str) -> Callable:
    """Return a function that only some sources offer; InputError where this one does not."""
    found = getattr(source_module(source), hook, None)
    if found is None:
        raise InputError(f"source {source!r} knows no {asked_by}")
    return found


def possible_options(function: Callable) -> dict[str, tuple[type, bool]]:
    """Return the keyword-only parameters that a text can set: their kind, and whether it is of many."""
    hints = typing.get_type_hints(function)
    names = [name for name, one in inspect.signature(function).parameters.items()
             if one.kind is inspect.Parameter.KEYWORD_ONLY]
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


def read_options(source: str, words: Sequence[str], quick: bool = False) -> dict[str, object]:
    """Return `KEY=VALUE` words as the options of the source, in the types that it declares.

    Many values are joined by `+`; `2020-2024` stands for each of these whole numbers. Raises
    InputError, naming the possible options, for an unknown one or a value of another type.
    """
    possible = possible_options(offered(source, "quick_tables", "--quick") if quick
                                else source_module(source).collect)
    options: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in possible:
            raise InputError(f"-o {word}: source {source!r} takes KEY=VALUE with one of the keys: "
                             f"{', '.join(sorted(possible)) or 'none'}")
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


def estimate(source: str, options: Mapping[str, object], raw: Path | None = None, quick: bool = False) -> str:
    """Say what collecting the source would cost, without collecting anything."""
    function = offered(source, "quick_estimate" if quick else "estimate",
                       "--dry-run: it asks no one for its records")
    with needing_extras():
        said = function(raw or paths.raw_dir(), **{name: value for name, value in options.items()
                           if name in inspect.signature(function).parameters})
    if isinstance(said, Mapping):
        return "\n".join(f"{name:<12} {value}" for name, value in said.items())
    return str(said)


def tables_of(folder: Path, engine: str = "duckdb", memory: str = engines.MEMORY,
              master: str | None = None) -> dict[str, pd.DataFrame]:
    """Count the records in `folder` (Parquet) down to tables; they do not depend on the engine."""
    with needing_extras(), engines.connect(engine, memory, master) as connected:
        return count_down(connected.read(folder), connected)


def count_down(read: tabulate.Records, engine: engines.Engine) -> dict[str, pd.DataFrame]:
    """Run the expressions of `tabulate`, for one part of the works or authors after the other."""
    last = engine.fetch(read["works"].agg(last=read["works"].year.max()))["last"].iloc[0]
    last = tabulate.FIRST_WINDOW_END if pd.isna(last) else int(last)
    parts = engine.parts(read["authorships"])
    for part in range(parts):
        _count_works(read, engine, part, parts)
    engine.drop("credit", "keyed", *(f"{kind} of a part" for kind in tabulate.BY_WORK))
    for part in range(parts):
        _count_people(engine, part, parts, last)
    engine.drop("people", "people of a part", "chosen", "places")
    kept = engine.kept
    numbered = engine.keep("numbered", tabulate.compositions(kept["papers"]))
    institutions = engine.keep("institutions", tabulate.institutions(read, kept["output"]))
    found = {
        "compositions": tabulate.exploded(numbered),
        "papers": tabulate.summed(kept["papers"], numbered, "n_papers"),
        "citations_received": tabulate.summed(kept["received"], numbered, "n_papers"),
        "researchers": tabulate.added_up(kept["researchers"], "n_researchers"),
        "institutions": institutions.drop("institution_id").rename(institution_id="number"),
        "institution_output": tabulate.institution_output(kept["output"], institutions),
        "coverage": tabulate.coverage(read, kept["known"]),
    }
    frames = {name: engine.fetch(expression) for name, expression in found.items()}
    return frames | {"papers": frames["papers"].astype({"citations": "Int64"})}


def _count_works(read: tabulate.Records, engine: engines.Engine, part: int, parts: int) -> None:
    """Count the works of one part, and keep who wrote them."""
    if parts > 1:
        read = {kind: engine.keep(f"{kind} of a part", tabulate.part_of(read[kind], "work_id", part, parts))
                for kind in tabulate.BY_WORK}
    credit = engine.keep("credit", tabulate.credits(read))
    keyed = engine.keep("keyed", tabulate.keyed_works(read, credit))
    engine.add("papers", tabulate.equal_papers(keyed))
    engine.add("received", tabulate.received(read, keyed))
    engine.add("output", tabulate.output_parts(credit))
    engine.add("known", tabulate.known_works(read))
    engine.add("people", tabulate.people(credit))


def _count_people(engine: engines.Engine, part: int, parts: int, last: int) -> None:
    """Count the authors of one part, told apart in each of the ways."""
    seen = tabulate.part_of(engine.kept["people"], "author_id", part, parts)
    if parts > 1:
        seen = engine.keep("people of a part", seen)
    for key in tabulate.AUTHOR_KEYS:
        authors = tabulate.named(seen, key)
        chosen = engine.keep("chosen", tabulate.alike(authors, last))
        found = engine.keep("places", tabulate.places(authors, chosen, last))
        counts = tabulate.researchers(found, chosen).mutate(author_key=ibis.literal(key))
        engine.add("researchers", counts)


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder `new` in the place of `place`; whoever is killed between loses nothing."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def recover(place: Path) -> None:
    """Bring back the tables of a build that was killed between its two renames."""
    old = place.with_name(f".{place.name}.old")
    if old.exists() and not place.exists():
        old.rename(place)


def collect_records(source: str, raw: Path, **options) -> tuple[Path, dict]:
    """Collect the records of a source; return their folder and what the manifest says of them."""
    module, folder = source_module(source), paths.RECORDS / source
    if not getattr(module, "RESUMES", False):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with needing_extras():
        about = module.collect(raw, folder, **options)
    return folder, about | {"records": records.count(folder)}


def build_tables(source: str = "proceedings", raw: Path | None = None, out: Path | None = None, *,
                 quick: bool = False, engine: str = "duckdb", memory: str = engines.MEMORY,
                 master: str | None = None, **options) -> Path:
    """Build the tables of `source` and return their folder.

    Parameters
    ----------
    raw : folder of raw files; `COMPENDIUM_RAW` or `data/raw` by default.
    out : folder of the sources' tables; `data/tables` by default.
    quick : take the tables that the source has without records.
    engine, memory, master : see `engines.connect`.
    options : what the source's `collect` (or `quick_tables`) takes.

    Raises InputError for an unknown source, engine or master, RawFileError for raw files that
    cannot be used.
    """
    module = source_module(source)
    engines.check(engine, memory, master)
    place = (out or paths.TABLES) / source
    if refuse := getattr(module, "refuse_tracked", None):
        refuse(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    recover(place)
    raw = raw or paths.raw_dir()
    if quick:
        frames, about = offered(source, "quick_tables", "--quick")(raw, **options)
    else:
        folder, about = collect_records(source, raw, **options)
        frames = tables_of(folder, engine, memory, master)
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    tables.write(frames, about, new)
    tables.load(new.name, new.parent)  # what cannot be loaded does not replace what could
    replace_folder(new, place)
    return place
