"""Records counted down to tables, part by part, on any engine."""

from pathlib import Path

import ibis
import pandas as pd

from compendium.project.extras import needing_extras
from compendium.tabulation import engines, expressions


def tables_of(
    folder: Path, engine: str = "duckdb", memory: str = engines.MEMORY, master: str | None = None
) -> dict[str, pd.DataFrame]:
    """Count the records in `folder` (Parquet) down to tables; they do not depend on the engine."""
    with needing_extras(), engines.connect(engine, memory, master) as connected:
        return count_down(connected.read(folder), connected)


def count_down(read: expressions.Records, engine: engines.Engine) -> dict[str, pd.DataFrame]:
    """Run the expressions of the tables, for one part of the works or authors after the other."""
    last = engine.fetch(read["works"].agg(last=read["works"].year.max()))["last"].iloc[0]
    last = expressions.FIRST_WINDOW_END if pd.isna(last) else int(last)
    parts = engine.parts(read["authorships"])
    for part in range(parts):
        _count_works(read, engine, part, parts)
    engine.drop("credit", "keyed", *(f"{kind} of a part" for kind in expressions.BY_WORK))
    for part in range(parts):
        _count_people(engine, part, parts, last)
    engine.drop("people", "people of a part", "chosen", "places")
    kept = engine.kept
    numbered = engine.keep("numbered", expressions.compositions(kept["papers"]))
    institutions = engine.keep("institutions", expressions.institutions(read, kept["output"]))
    found = {
        "compositions": expressions.exploded(numbered),
        "papers": expressions.summed(kept["papers"], numbered, "n_papers"),
        "citations_received": expressions.summed(kept["received"], numbered, "n_papers"),
        "researchers": expressions.added_up(kept["researchers"], "n_researchers"),
        "institutions": institutions.drop("institution_id").rename(institution_id="number"),
        "institution_output": expressions.institution_output(kept["output"], institutions),
        "coverage": expressions.coverage(read, kept["known"]),
    }
    frames = {name: engine.fetch(expression) for name, expression in found.items()}
    return frames | {"papers": frames["papers"].astype({"citations": "Int64"})}


def _count_works(read: expressions.Records, engine: engines.Engine, part: int, parts: int) -> None:
    """Count the works of one part, and keep who wrote them."""
    if parts > 1:
        read = {
            kind: engine.keep(f"{kind} of a part", expressions.part_of(read[kind], "work_id", part, parts))
            for kind in expressions.BY_WORK
        }
    credit = engine.keep("credit", expressions.credits(read))
    keyed = engine.keep("keyed", expressions.keyed_works(read, credit))
    engine.add("papers", expressions.equal_papers(keyed))
    engine.add("received", expressions.received(read, keyed))
    engine.add("output", expressions.output_parts(credit))
    engine.add("known", expressions.known_works(read))
    engine.add("people", expressions.people(credit))


def _count_people(engine: engines.Engine, part: int, parts: int, last: int) -> None:
    """Count the authors of one part, told apart in each of the ways."""
    seen = expressions.part_of(engine.kept["people"], "author_id", part, parts)
    if parts > 1:
        seen = engine.keep("people of a part", seen)
    for key in expressions.AUTHOR_KEYS:
        authors = expressions.named(seen, key)
        chosen = engine.keep("chosen", expressions.alike(authors, last))
        found = engine.keep("places", expressions.places(authors, chosen, last))
        counts = expressions.researchers(found, chosen).mutate(author_key=ibis.literal(key))
        engine.add("researchers", counts)
