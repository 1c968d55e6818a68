"""Small tables of one year, written by hand."""

import pandas as pd

from compendium.tables import SCHEMAS, Tables
from support.offers import IN_MANIFEST


def small_tables(papers, year=2024, category="a", **manifest) -> Tables:
    """Return tables of some papers; those of people and institutions are empty.

    papers : (countries with equal shares, number of papers, citations of each or None).
    """
    keys = sorted({countries for countries, _, _ in papers})
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
            for countries, number, cited in papers
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
