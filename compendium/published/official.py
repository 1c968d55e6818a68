"""Official tables on AI articles and patents, made tidy: one row an observation, one spelling a country.

They come from the Science and Engineering Indicators 2024 of the US National Science Board, as a
third party transcribed them, one CSV a table. `python -m compendium.published.official` remakes them all.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium.places.countries import iso2
from compendium.project.folders import PROJECT

NSB = PROJECT.reference / "nsb"
YEARS = range(2003, 2023)  # publication years of the yearly tables
PLACE = "region_country_or_economy"
#: Rows that are no country: the world and its parts …
AREAS = frozenset(
    {
        "World",
        "North America",
        "Central America and Caribbean",
        "South America",
        "Europe",
        "EU-27 and UK",
        "EU-27 and United Kingdom",
        "EU-27",
        "Other Europe",
        "Other Europe, 2020",
        "Other Europe (2020)",
        "Middle East",
        "Africa",
        "Asia",
        "Australia/Oceania",
        "Australia and Oceania",
    }
)
#: … offices and the papers of no known country …
OTHERS = frozenset({"Unassigned", "European Patent Office", "World Intellectual Property Organization"})
#: … and countries that have no ISO 3166-1 code, or no longer have one.
WITHOUT_CODE = frozenset({"Kosovo", "Serbia and Montenegro", "Yugoslavia"})
#: Two footnote marks lost their markup in the transcription and stuck to the name.
STUCK_FOOTNOTES = {"Gaza Stripe": "Gaza Strip", "West Banke": "West Bank"}

COUNTS = {
    "number_of_papers_whole_": "papers",
    "number_of_papers_fractional_": "papers_fractional",
    "papers_involving_multiple_institutions_whole_": "multiple_institutions",
    "papers_involving_only_domestic_institutions_whole_": "domestic",
    "papers_involving_international_institutions_whole_": "international",
}
COAUTHORSHIP = {  # the last element of a path in SPBS-99
    "Total articles": "papers",
    "With multiple institutions": "multiple_institutions",
    "With domestic institutions only": "domestic",
    "With international institutions": "international",
}
NETWORK = {
    "degree": "degree",
    "strength": "strength",
    "betweenness_centrality": "betweenness",
    "closeness_centrality": "closeness",
    "weighted_pagerank": "pagerank",
    "weighted_eigenvector_centrality": "eigenvector",
}


@dataclass(frozen=True)
class OfficialTable:
    """An official table: its number in the transcription, its name, what it becomes and how."""

    number: str
    name: str
    out: str
    tidy: Callable[[pd.DataFrame], pd.DataFrame]
    columns: tuple[str, ...] | None  # after table_id and row_id; None: a country × country matrix


def printed(name: str) -> str:
    """Return a name as it is printed, without markup, character references and footnote marks."""
    name = re.sub(r"<sup>.*?</sup>", "", html.unescape(name)).strip()
    return STUCK_FOOTNOTES.get(name, name)


def _places(raw: pd.Series, *, kind: bool = False) -> pd.DataFrame:
    """Return iso2 (empty where there is none) and country for raw names, and the kind of row.

    ValueError for a name that is neither a country nor a known other row, so that no row slips by.
    """
    names = raw.map(printed)
    codes = names.map(lambda name: iso2(name) or "")
    known = AREAS | OTHERS | WITHOUT_CODE
    unknown = sorted(set(names[codes == ""]) - known)
    if unknown:
        raise ValueError(f"no country and no known region: {', '.join(unknown)}")
    places = pd.DataFrame({"iso2": codes, "country": names})
    if kind:
        places["kind"] = ["area" if name in AREAS else "other" if name in OTHERS else "country" for name in names]
    return places


def _numbers(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return the columns under their new names: whole numbers as such, others as float."""
    chosen = frame[list(columns)].rename(columns=columns)
    return pd.DataFrame(
        {
            name: column.astype("float64" if column.str.contains(".", regex=False).any() else "int64")
            for name, column in chosen.items()
        }
    )


def _articles(raw: pd.DataFrame) -> pd.DataFrame:
    return _places(raw[PLACE], kind=True).join(_numbers(raw, COUNTS)).sort_values("country")


def _institutions(raw: pd.DataFrame) -> pd.DataFrame:
    numbers = _numbers(raw, {"rank": "rank"} | COUNTS)
    tidy = raw[["institution", "region"]].map(printed).join(numbers)
    return tidy[["rank", "institution", "region", *COUNTS.values()]].sort_values(["rank", "institution"])


def _network(raw: pd.DataFrame) -> pd.DataFrame:
    columns = {}
    for old, new in NETWORK.items():
        if old in raw:  # SPBS-95 prints no eigenvector centrality
            columns |= {old: new, f"{old}_rank_": f"{new}_rank"}
    return _places(raw[PLACE]).join(_numbers(raw, columns)).sort_values("country")


def _pairs(raw: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the upper triangle of a symmetric matrix, one row a pair, names in order."""
    names = raw[PLACE].map(printed)
    matrix = raw.iloc[:, 3:].astype(float).set_axis(names, axis=0).set_axis(names, axis=1)
    if not matrix.equals(matrix.T):
        raise ValueError("the matrix is not symmetric")
    if matrix.to_numpy().diagonal().any():
        raise ValueError("the matrix has a diagonal that is not zero")
    ordered = sorted(names)
    rows = [(x, y, matrix.at[x, y]) for i, x in enumerate(ordered) for y in ordered[i + 1 :]]
    pairs = pd.DataFrame(rows, columns=["country", "partner", value])
    partners = _places(pairs["partner"]).set_axis(["partner_iso2", "partner"], axis=1)
    return _places(pairs["country"]).join(partners).join(pairs[value])


def _co_publications(raw: pd.DataFrame) -> pd.DataFrame:
    return _pairs(raw, "papers").astype({"papers": "int64"})


def _collaboration_index(raw: pd.DataFrame) -> pd.DataFrame:
    return _pairs(raw, "index")


def _articles_by_year(raw: pd.DataFrame) -> pd.DataFrame:
    """Untangle APBS-1: of a path only the last element is right, and the years are left out.

    Each place has twenty rows in a row, one a year.
    """
    names = raw["time_period"].map(lambda path: path.split(" -> ")[-1])
    block = pd.Series(range(len(raw))) // len(YEARS)
    if len(raw) % len(YEARS) or names.groupby(block).nunique().ne(1).any() or (names.nunique() != block.nunique()):
        raise ValueError(f"not every place has {len(YEARS)} rows in a row, one a year")
    tidy = _places(names, kind=True)
    tidy["year"] = [YEARS[i % len(YEARS)] for i in range(len(raw))]
    tidy["papers"] = raw["value"].astype("int64")
    return tidy.sort_values(["country", "year"])


def _coauthorship_by_year(raw: pd.DataFrame) -> pd.DataFrame:
    """Turn SPBS-99, one row a place and kind of co-authorship, into one row a place and year."""
    years = {f"field_{year}": year for year in YEARS}
    path = raw[f"{PLACE}_full_path"].str.split(" -> ")
    is_heading = path.str[-1].map(lambda last: last not in COAUTHORSHIP)
    # The world's own rows stand one level higher than those of a country.
    name = path.map(lambda parts: "World" if parts[1:2] in ([], ["Total articles"]) else parts[1])
    long = (
        raw[~is_heading]
        .assign(name=name, kind=path.str[-1].map(COAUTHORSHIP))
        .melt(["name", "kind"], list(years), "year", "papers")
    )
    long["papers"] = long["papers"].astype("int64")
    wide = long.pivot(index=["name", "year"], columns="kind", values="papers").reset_index()
    tidy = _places(wide["name"], kind=True).assign(year=wide["year"].map(years))
    return tidy.join(wide[list(COAUTHORSHIP.values())]).sort_values(["country", "year"])


def _patents(raw: pd.DataFrame) -> pd.DataFrame:
    names = raw["time_period"].map(lambda path: path.split(" -> ")[-1])
    tidy = _places(names, kind=True).join(_numbers(raw, {"value": "patents"}))
    return tidy.sort_values("country")


def _patents_by_topic(raw: pd.DataFrame) -> pd.DataFrame:
    fields = {
        column: column.removeprefix("field_").replace("_", " ").title() for column in raw if column.startswith("field_")
    }
    topics = raw[raw["category_level_2"] != ""].rename(
        columns={"category_level_1": "group", "category_level_2": "topic"}
    )
    long = topics.melt(["group", "topic"], list(fields), "country", "patents")
    tidy = long[["group", "topic"]].join(_places(long["country"].map(fields)))
    tidy["patents"] = long["patents"].astype("int64")
    return tidy.sort_values(["group", "topic", "country"])


def _network_columns(*measures: str) -> tuple[str, ...]:
    return (PLACE, *(column for name in measures for column in (name, f"{name}_rank_")))


PATHS = ("time_period", "value")  # the transcription's heading for a path is a misnomer
OFFICIAL_TABLES = (
    OfficialTable("9968", "APBS-1", "apbs-1-articles-by-year", _articles_by_year, PATHS),
    OfficialTable("10059", "SPBS-91", "spbs-91-articles", _articles, ("rank", PLACE, "region", *COUNTS)),
    OfficialTable("10060", "SPBS-92", "spbs-92-co-publications", _co_publications, None),
    OfficialTable("10061", "SPBS-93", "spbs-93-network", _network, _network_columns(*NETWORK)),
    OfficialTable("10062", "SPBS-94", "spbs-94-collaboration-index", _collaboration_index, None),
    OfficialTable("10063", "SPBS-95", "spbs-95-index-network", _network, _network_columns(*list(NETWORK)[:-1])),
    OfficialTable(
        "10064", "SPBS-96", "spbs-96-institutions", _institutions, ("rank", "institution", "region", *COUNTS)
    ),
    OfficialTable(
        "10067",
        "SPBS-99",
        "spbs-99-articles-by-year",
        _coauthorship_by_year,
        (
            f"{PLACE}_full_path",
            *(f"{PLACE}_level_{level}" for level in range(1, 5)),
            f"{PLACE}_hierarchy_depth",
            *(f"field_{year}" for year in YEARS),
        ),
    ),
    OfficialTable("10564", "SINV-17", "sinv-17-patents", _patents, PATHS),
    OfficialTable(
        "10565",
        "SINV-18",
        "sinv-18-patents-by-topic",
        _patents_by_topic,
        (
            "category_full_path",
            "category_level_1",
            "category_level_2",
            "category_hierarchy_depth",
            "field_united_states",
            "field_china",
            "field_japan",
            "field_south_korea",
        ),
    ),
)
#: Decimals as printed, by table; 1 elsewhere (fractional counts).
DECIMALS = {"SPBS-94": 2, "SPBS-95": 2}


def _read_raw(raw: Path, table: OfficialTable) -> pd.DataFrame:
    path = raw / f"{table.number}.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} ({table.name}) is not in the folder of official tables")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    expected = table.columns
    if expected is None and PLACE in frame:  # a matrix: its columns are its rows' names
        expected = (PLACE, *(printed(name).lower().replace(" ", "_") for name in frame[PLACE]))
    expected = ("table_id", "row_id", *(expected or (PLACE,)))
    if tuple(frame.columns) != expected:
        missing = [column for column in expected if column not in frame]
        surplus = [column for column in frame if column not in expected]
        raise ValueError(
            f"{path.name} ({table.name}): the columns are not as expected: missing "
            f"{missing}, surplus {surplus}, or in another order"
        )
    return frame


def tidy_nsb(raw: Path, out: Path) -> None:
    """Remake every tidy table in `out` from the CSVs in `raw`, the same to the byte each time.

    Raises FileNotFoundError or ValueError, naming the file, where one is missing or is not as
    expected.
    """
    out.mkdir(parents=True, exist_ok=True)
    for table in OFFICIAL_TABLES:
        frame = _read_raw(raw, table)
        try:
            tidy = table.tidy(frame)
        except ValueError as error:
            raise ValueError(f"{table.number}.csv ({table.name}): {error}") from error
        tidy.to_csv(
            out / f"{table.out}.csv",
            index=False,
            encoding="utf-8",
            lineterminator="\n",
            float_format=f"%.{DECIMALS.get(table.name, 1)}f",
        )


def read_official(name: str) -> pd.DataFrame:
    """Return a tidy table by its file name without `.csv`; "NA" is Namibia, not a missing value."""
    return pd.read_csv(NSB / f"{name}.csv", keep_default_na=False)


def square(pairs: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the symmetric country × country matrix, by iso2, of a table of pairs; zero diagonal."""
    turned = pairs.rename(columns={"iso2": "partner_iso2", "partner_iso2": "iso2"})
    both = pd.concat([pairs, turned])
    matrix = both.pivot(index="iso2", columns="partner_iso2", values=value).fillna(0)
    return matrix.rename_axis(index=None, columns=None)


if __name__ == "__main__":
    tidy_nsb(PROJECT.raw / "nsb", NSB)
