"""Source `known_answer`: a simulated corpus in which each quantitative claim of the article is true.

It is made from a parameter file (`data/known_answer.yml`) and a seed, takes the same path as real
records, and is no evidence. `validation.planted` says what each claim must come to.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from compendium.sources.known_answer import parameters as parameters_module
from compendium.sources.known_answer.citations import citations_of
from compendium.sources.known_answer.parameters import Parameters
from compendium.sources.known_answer.people import (
    TYPES,
    UNKNOWN,
    Institutions,
    Slots,
    Works,
    blocks_of,
    institutions_of,
    people_of_history,
    people_of_the_year,
    place_blocks,
    second_addresses,
    slots_of,
    without_repeats,
)
from compendium.sources.known_answer.plan import country_plan
from compendium.sources.source import DETAILS, About, Offer
from compendium.tables import records

#: Each part has random numbers of its own, so that a truth of one part moves no other.
STREAMS = ("works", "labels", "institutions", "places", "authors", "history", "addresses", "citations")


def works_of(p: Parameters, rng: np.random.Generator) -> Works:
    """Return the planned works, year by year and shuffled within a year."""
    at = {code: place for place, code in enumerate(p.codes)}
    most, years, rows = 4, [], []
    for year in p.years:
        plan = sorted(country_plan(p, year).items())
        patterns = np.full((len(plan), most), UNKNOWN)
        for row, (pattern, _) in enumerate(plan):
            patterns[row, : len(pattern)] = [at[code] for code in pattern]
        each = np.repeat(patterns, [n for _, n in plan], axis=0)
        rows.append(rng.permutation(each))
        years.append(np.full(len(each), year))
    return Works(np.concatenate(years), np.concatenate(rows))


def with_people(
    p: Parameters, works: Works, institutions: Institutions, rngs: Mapping[str, np.random.Generator]
) -> tuple[Slots, int]:
    """Give the works their authors; return these, and the number of persons."""
    placed = place_blocks(p, works, institutions, rngs["places"])
    slots = slots_of(p, works, placed, rngs["authors"])
    now = works.year[slots.work] == p.year
    person, people = people_of_the_year(p, slots, now, len(institutions.country))
    earlier, used = people_of_history(p, works, slots, people, rngs["history"])
    person, used = without_repeats(slots, np.where(earlier != UNKNOWN, earlier, person), used)
    return Slots(slots.work, slots.country, slots.institution, person), used


def _names(letter: str, numbers: np.ndarray, total: int) -> pa.Array:
    """Return ids such as w0000012; null for a number below zero."""
    ids = pa.array([f"{letter}{number:07d}" for number in range(total)], pa.string())
    return ids.take(pa.array(numbers, pa.int64(), mask=numbers < 0))


def _texts(values: Iterable[str], numbers: np.ndarray) -> pa.Array:
    return pa.array(list(values), pa.string()).take(pa.array(numbers, pa.int64(), mask=numbers < 0))


def _drawn(shares: Mapping[str, float], n: int, rng: np.random.Generator) -> pa.Array:
    weights = np.array(list(shares.values()), dtype=float)
    return _texts(shares, rng.choice(len(weights), n, p=weights / weights.sum()))


def work_records(p: Parameters, works: Works, rngs: Mapping[str, np.random.Generator]) -> dict[str, pa.Table]:
    """Return the records of works and of their citations, with some retracted works at the end."""
    n_retracted, year = int(p.background["retracted"]), works.year
    received, so_far, known = citations_of(p, works, rngs["citations"])
    year = np.concatenate([year, np.full(n_retracted, p.year)])
    more = np.zeros(n_retracted, dtype=np.int64)
    ids, n = _names("w", np.arange(len(year)), len(year)), len(year)
    cited = np.flatnonzero(received)
    return {
        "works": pa.table(
            [
                ids,
                pa.array(year, pa.int32()),
                _drawn(p.background["doc_types"], n, rngs["labels"]),
                _drawn(p.background["topics"], n, rngs["labels"]),
                pa.array(np.arange(n) >= len(works.year)),
                _drawn(p.background["languages"], n, rngs["labels"]),
                pa.array(np.concatenate([so_far, more]), pa.int64(), mask=np.concatenate([~known, more > 0])),
            ],
            schema=records.SCHEMAS["works"],
        ),
        "citations_by_year": pa.table(
            [
                ids.take(pa.array(cited)),
                pa.array(np.full(len(cited), p.year), pa.int32()),
                pa.array(received[cited], pa.int64()),
            ],
            schema=records.SCHEMAS["citations_by_year"],
        ),
    }


def authorship_records(
    p: Parameters,
    works: Works,
    slots: Slots,
    n_people: int,
    institutions: Institutions,
    names: pa.Array,
    rng: np.random.Generator,
) -> pa.Table:
    """Return one row an author and address; retracted works have one author each, without address."""
    starts = np.searchsorted(slots.work, slots.work)
    seq = np.arange(len(slots.work)) - starts + 1
    again, other = second_addresses(p, slots, institutions, rng)
    n_retracted, n_works = int(p.background["retracted"]), len(works.year)
    alone = np.full(n_retracted, UNKNOWN)
    work, seq, person, institution, country = (
        np.concatenate(parts)
        for parts in (
            (slots.work, slots.work[again], n_works + np.arange(n_retracted)),
            (seq, seq[again], np.ones(n_retracted, dtype=np.int64)),
            (slots.person, slots.person[again], n_people + np.arange(n_retracted)),
            (slots.institution, other, alone),
            (slots.country, slots.country[again], alone),
        )
    )
    order = np.lexsort((institution, seq, work))
    return pa.table(
        [
            _names("w", work[order], n_works + n_retracted),
            pa.array(seq[order], pa.int32()),
            _names("r", person[order], n_people + n_retracted),
            names.take(pa.array(institution[order], pa.int64(), mask=institution[order] < 0)),
            _texts(p.codes, country[order]),
        ],
        schema=records.SCHEMAS["authorships"],
    )


def institution_records(p: Parameters, institutions: Institutions) -> pa.Table:
    """Return one row an institution; its name says that it is invented."""
    codes = [p.codes[at] for at in institutions.country]
    points = [p.cities[code][city] for code, city in zip(codes, institutions.city, strict=True)]
    numbers = range(len(codes))
    kinds = [TYPES[2] if number % 10 == 9 else TYPES[1] if number % 10 == 4 else TYPES[0] for number in numbers]
    rows = [
        {
            "institution_id": f"i{number:05d}-{code.lower()}",
            "type": kind,
            "city": city,
            "country": code,
            "name": f"Simulated institution {number:05d}, {city}",
            "latitude": point[0],
            "longitude": point[1],
        }
        for number, kind, code, city, point in zip(numbers, kinds, codes, institutions.city, points, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=records.SCHEMAS["institutions"])


def simulate(p: Parameters, seed: int) -> dict[str, pa.Table]:
    """Return the records of a corpus; InputError where the parameters contradict each other."""
    rngs = dict(zip(STREAMS, np.random.default_rng(seed).spawn(len(STREAMS)), strict=True))
    works = works_of(p, rngs["works"])
    block_work, block_country = blocks_of(works)
    papers = np.bincount(block_country[works.year[block_work] == p.year], minlength=len(p.codes))
    institutions = institutions_of(p, papers, rngs["institutions"])
    slots, n_people = with_people(p, works, institutions, rngs)
    places = institution_records(p, institutions)
    found = work_records(p, works, rngs)
    found["authorships"] = authorship_records(
        p, works, slots, n_people, institutions, places["institution_id"].combine_chunks(), rngs["addresses"]
    )
    return found | {"institutions": places, "rejects": records.SCHEMAS["rejects"].empty_table()}


def offer(raw: Path, *, parameters: Path | Mapping[str, Any] | None = None, seed: int | None = None) -> Offer:
    """Say what the simulated corpus holds: everything, of all its years; `raw` and `seed` change nothing."""
    return Offer(years=frozenset(parameters_module.load(parameters).years), knows=frozenset(DETAILS))


def collect(
    raw: Path, folder: Path, *, parameters: Path | Mapping[str, Any] | None = None, seed: int | None = None
) -> About:
    """Write the records of the simulated corpus into `folder`, and say what they are.

    Parameters
    ----------
    raw : not used; there is nothing to read.
    parameters : the parameter file, or its content; `data/known_answer.yml` by default.
    seed : start of the random numbers; the parameter file's by default.

    Returns what the manifest says of the source. Raises InputError for parameters that are wrong,
    or that cannot hold together.
    """
    p = parameters_module.load(parameters)
    seed = int(p.content["seed"]) if seed is None else seed
    found = simulate(p, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for kind, table in found.items():
        pq.write_table(table, folder / f"{kind}.parquet")
    return {
        "title": "a simulated corpus (no evidence)",
        "is_sample": False,
        "simulated": True,
        "upstream": "made from a seed and a parameter file",
        "date": "none: simulated",
        "seed": seed,
        "parameters_sha256": p.digest,
        "rows_read": found["works"].num_rows,
        "papers_by_rule": {},
        "records": {kind: found[kind].num_rows for kind in records.SCHEMAS},
    }
