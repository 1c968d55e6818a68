"""Small tables of a few papers, written by hand."""

from collections.abc import Iterable, Mapping

import pandas as pd

from compendium.tables import SCHEMAS, Tables
from support.offers import IN_MANIFEST

#: Countries with equal shares, number of papers, citations of each or None.
Papers = Iterable[tuple[str, int, int | None]]


def small_tables(papers: Papers, year: int = 2024, category: str = "a", **manifest) -> Tables:
    """Return tables of some papers of one year; those of people and institutions are empty."""
    return tables_of_years({year: papers}, category, **manifest)


def tables_of_years(papers: Mapping[int, Papers], category: str = "a", **manifest) -> Tables:
    """Return tables of some papers of several years; those of people and institutions are empty."""
    keys = sorted({countries for of_year in papers.values() for countries, _, _ in of_year})
    compositions = pd.DataFrame(
        [
            {"composition_id": keys.index(key) + 1, "country": country, "share": 1 / len(key.split())}
            for key in keys
            for country in key.split()
        ]
    )
    rows = pd.DataFrame(
        [
            {
                "year": year,
                "category": category,
                "doc_type": "paper",
                "citations": cited,
                "composition_id": keys.index(countries) + 1,
                "n_papers": number,
            }
            for year, of_year in papers.items()
            for countries, number, cited in of_year
        ]
    ).astype({"citations": "Int64"})
    empty = {
        name: pd.DataFrame({column: pd.Series(dtype=str(kind.dtype)) for column, kind in SCHEMAS[name].columns.items()})
        for name in ("citations_received", "researchers", "institutions", "institution_output", "coverage")
    }
    return Tables(
        compositions=compositions,
        papers=rows,
        **empty,
        manifest={"title": "a few papers", "is_sample": False, "date": "none", "offer": IN_MANIFEST} | manifest,
    )
