"""Figures that were printed about the report, and by others."""

import pandas as pd

from compendium.claims import Reported, load_register
from compendium.measures import arithmetic
from compendium.project.folders import PROJECT

PUBLISHED_FIGURES = PROJECT.reference / "published_figures.csv"


PUBLISHED_SERIES = PROJECT.reference / "published_series.csv"


#: The two accounts of the world's papers by year, and what each wording admits, as claim A1 of the
#: register fixes it: wording → printed value, lowest, highest.
WORLD_ADMITS = {
    2024: {">57000": (57_000, 57_000, 58_000), "60000": (60_000, 55_000, 65_000)},
    2000: {"<8500": (8_500, 8_000, 8_500), "just under 10000": (10_000, 9_500, 10_000)},
}


#: Which claim reports which figure of which bloc, by the claim's number.
REPORTED_IN = {
    "citation_shares": {"CN": "05", "US": "06", "EU": "07", "UK": "08"},
    "dependence": {"CN": "16", "US": "17", "EU": "18", "UK": "19"},
    "researchers": {"CN": "21", "EU": "22", "US": "23"},
    "institutions": {"CN": "33", "EU": "35", "US": "36", "UK": "37"},
}


ENTITIES = {"CN": "China", "US": "United States", "EU": "EU", "UK": "United Kingdom"}


def published_figures() -> pd.DataFrame:
    """Return single figures that others published, values as printed (">40"), each with its source."""
    return pd.read_csv(PUBLISHED_FIGURES, dtype=str, keep_default_na=False)


def reported_figures(about: str) -> dict[str, Reported]:
    """Return the article's figures about one thing, by bloc, as the register has them."""
    of_claim = {claim.number: claim.reported for claim in load_register().claims if claim.reported}
    return {bloc: of_claim[number] for bloc, number in REPORTED_IN[about].items()}


def published_report(factor: float = 1.0) -> arithmetic.Published:
    """Return the figures published about the report, each with the range that its wording admits.

    factor : how far the ranges are stretched: 0 leaves the printed values, 1 the register's ranges.
        Outputs are printed to the last paper and stay exact.
    """

    def ranges(about: str, unit: float = 1.0) -> dict[str, arithmetic.Range]:
        return {
            bloc: arithmetic.widened(one.value / unit, arithmetic.Range(one.low / unit, one.high / unit), factor)
            for bloc, one in reported_figures(about).items()
        }

    rows = published_figures().query("quantity == 'AI publications' and source.str.startswith('report')")
    years = {year: rows[rows["year"] == str(year)].set_index("entity")["value"] for year in WORLD_ADMITS}
    outputs = years[max(years)].drop("World")
    return arithmetic.Published(
        outputs={bloc: arithmetic.exact(int(outputs[name])) for bloc, name in ENTITIES.items()},
        world={
            year: tuple(
                arithmetic.widened(value, arithmetic.Range(low, high), factor) for value, low, high in accounts.values()
            )
            for year, accounts in WORLD_ADMITS.items()
        },
        citation_shares=ranges("citation_shares"),
        dependence=ranges("dependence", unit=100),
        researchers=ranges("researchers"),
    )


def published_series() -> pd.DataFrame:
    """Return yearly series that others published: series, entity, year, measure, value, complete."""
    return pd.read_csv(PUBLISHED_SERIES, keep_default_na=False)


def world_papers(year: int = 2024) -> int:
    """Return the smaller of the report's two accounts of the world's AI papers of a year."""
    return min(printed for printed, _, _ in WORLD_ADMITS[year].values())
