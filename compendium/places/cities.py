"""Where institutions are: the reference table of cities, joined to a source's institutions; country shapes.

The table covers the institutions that are large in some year. Where a source states cities itself,
its own word goes first.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

CITIES = PROJECT.reference / "institution_cities.csv"
SHAPES = PROJECT.reference / "country_shapes.geojson"
#: The table covers every institution with at least this many papers in some year.
LEAST_PAPERS = 10
TYPES = ("education", "company", "facility", "government", "nonprofit", "other")
#: Fewer than three of four printed addresses in the main city: a body of several sites.
ONE_SITE = 0.75
_FROM_TABLE = ["city", "latitude", "longitude", "type"]

_SCHEMA = pa.DataFrameSchema(
    {
        "slug": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+-[a-z]{2}$"), unique=True),
        "name": pa.Column(str),
        "country": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
        "city": pa.Column(str, nullable=True),
        "latitude": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
        "longitude": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
        "type": pa.Column(str, pa.Check.isin(TYPES)),
        "city_source": pa.Column(
            str,
            pa.Check.str_matches(
                r"^((printed addresses|place field of the lists): \d+ of \d+ papers|seat of the institution)$"
            ),
            nullable=True,
        ),
        "share": pa.Column(float, pa.Check.in_range(0, 1, include_min=False), nullable=True),
        "note": pa.Column(str, nullable=True),
    },
    strict=True,
    ordered=True,
)


class CityTableError(InputError):
    """A table of cities that contradicts itself."""


def check(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of cities if it is sound.

    Raises CityTableError: a wrong column or value, rows out of order, a city without coordinates
    or source, no city and no reason, two coordinates for one city.
    """
    try:
        table = _SCHEMA.validate(table)
    except (pa.errors.SchemaError, pa.errors.SchemaErrors) as error:
        raise CityTableError(str(error)) from error
    has_city = table["city"].notna()
    placed = table.loc[has_city]
    points = placed.groupby(["country", "city"])[["latitude", "longitude"]].nunique()
    wrong = {
        "rows are not sorted by slug": not table["slug"].is_monotonic_increasing,
        "a slug does not end in its country": (table["slug"].str[-2:] != table["country"].str.lower()).any(),
        "a city lacks coordinates or source": placed[["latitude", "longitude", "city_source"]].isna().any(axis=None),
        "coordinates or a source stand without a city": table.loc[
            ~has_city, ["latitude", "longitude", "city_source", "share"]
        ]
        .notna()
        .any(axis=None),
        "a row without a city does not say why": table.loc[~has_city, "note"].isna().any(),
        "a city has two coordinates": (points > 1).any(axis=None),
    }
    found = [problem for problem, is_so in wrong.items() if is_so]
    if found:
        raise CityTableError("; ".join(found))
    return table


@cache
def load(path: Path = CITIES) -> pd.DataFrame:
    """Return the table of cities, checked. CityTableError, naming the file, where it is not sound."""
    # Namibia's code is "NA": only an empty field is a missing one.
    types = {name: float if name in ("latitude", "longitude", "share") else str for name in _SCHEMA.columns}
    table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)
    try:
        return check(table)
    except CityTableError as error:
        raise CityTableError(f"{PROJECT.shown(path)}: {error}") from error


def places(institutions: pd.DataFrame, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a source's institutions with the place of each, one row an institution as given.

    Parameters
    ----------
    institutions : the source's table; its own city, coordinates and type are kept where it has them.
    table : table of cities, joined by slug; the reference table by default.

    Returns
    -------
    institution_id, slug, name, country, city, latitude, longitude, type (missing where unknown), and
    several_sites: whether too few of its printed addresses name its main city.
    """
    table = load() if table is None else table
    known = table.set_index("slug").reindex(institutions["slug"]).reset_index(drop=True)
    rows = institutions.reset_index(drop=True)
    own = rows["city"].notna()
    columns = {
        name: rows[name].where(own if name != "type" else rows[name].notna(), known[name]) for name in _FROM_TABLE
    }
    # A source's own city is that of one site, so nothing is known of how mixed it is.
    several = (known["share"] < ONE_SITE) & ~own
    return rows[["institution_id", "slug", "name", "country"]].assign(**columns, several_sites=several)


Ring = np.ndarray


@cache
def shapes(path: Path = SHAPES) -> tuple[tuple[str, tuple[Ring, ...]], ...]:
    """Return the outlines of countries: (ISO alpha-2 or "", outer and inner rings of one polygon).

    A country of several islands stands in several entries. Rings are points × (longitude, latitude),
    closed, cut at the antimeridian. The borders are Natural Earth's.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return tuple(
        (feature["properties"]["iso2"], tuple(np.asarray(ring, dtype=float) for ring in polygon))
        for feature in features
        for polygon in feature["geometry"]["coordinates"]
    )
