"""The tables that every notebook starts from: their schema, loading and validation."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pandera.pandas as pa
import pyarrow

from compendium.project.errors import InputError
from compendium.project.files import as_json, write_text
from compendium.project.folders import PROJECT

_YEAR = pa.Column("int64", pa.Check.in_range(1950, 2100))
_COUNT = pa.Column("int64", pa.Check.ge(0))
_TEXT = pa.Column(str)
_COUNTRY = pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$"))
_ID = pa.Column("int64", pa.Check.ge(1))

#: The columns of each table; no other may stand there. Sorted by all of them, left to right.
SCHEMAS: Mapping[str, pa.DataFrameSchema] = {
    name: pa.DataFrameSchema(columns, strict=True, ordered=True)
    for name, columns in {
        "compositions": {
            "composition_id": _ID,
            "country": _COUNTRY,
            "share": pa.Column(float, pa.Check.in_range(0, 1, include_min=False)),
        },
        "papers": {
            "year": _YEAR,
            "category": _TEXT,
            "doc_type": _TEXT,
            "citations": pa.Column("Int64", pa.Check.ge(0), nullable=True),
            "composition_id": _ID,
            "n_papers": pa.Column("int64", pa.Check.ge(1)),
        },
        "citations_received": {
            "citing_year": _YEAR,
            "year": _YEAR,
            "category": _TEXT,
            "composition_id": _ID,
            "citations": pa.Column("int64", pa.Check.ge(1)),
            "n_papers": pa.Column("int64", pa.Check.ge(1)),
        },
        "researchers": {
            "window_start": _YEAR,
            "window_end": _YEAR,
            "author_key": _TEXT,
            "countries": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}( [A-Z]{2})*$")),
            "debut_year": _YEAR,
            "n_works": _COUNT,
            "n_researchers": _COUNT,
        },
        "institutions": {
            "institution_id": _ID,
            "slug": _TEXT,
            "name": _TEXT,
            "type": pa.Column(str, nullable=True),
            "city": pa.Column(str, nullable=True),
            "country": _COUNTRY,
            "latitude": pa.Column(float, nullable=True),
            "longitude": pa.Column(float, nullable=True),
        },
        "institution_output": {
            "institution_id": _ID,
            "year": _YEAR,
            "category": _TEXT,
            "n_papers": pa.Column("int64", pa.Check.ge(1)),
            "n_papers_fractional": pa.Column(float, pa.Check.ge(0)),
            "citations": _COUNT,
        },
        "coverage": {
            "year": _YEAR,
            "category": _TEXT,
            "n_works": _COUNT,
            "n_with_country": _COUNT,
            "n_with_citations": _COUNT,
            "n_retracted": _COUNT,
            "n_rejected": _COUNT,
        },
    }.items()
}

MANIFEST = "manifest.json"
#: Decimals of each fractional column, fixed so that two builds write the same bytes.
DECIMALS = {"share": 6, "n_papers_fractional": 4, "latitude": 5, "longitude": 5}
ROBOTICS = "robotics"
#: Joins the fields of a work that lies in several.
BOTH = "&"


class TableError(InputError):
    """Tables that are missing, or not those that the manifest describes."""


@dataclass(frozen=True)
class Tables:
    """The tables of one source, as frames, and the manifest that says what they are."""

    compositions: pd.DataFrame
    papers: pd.DataFrame
    citations_received: pd.DataFrame
    researchers: pd.DataFrame
    institutions: pd.DataFrame
    institution_output: pd.DataFrame
    coverage: pd.DataFrame
    manifest: dict

    @property
    def years(self) -> list[int]:
        """Years of publication that the tables hold, in order."""
        return sorted(int(year) for year in self.papers["year"].unique())

    @property
    def categories(self) -> list[str]:
        """Venues, topics or fields by which the source delimits AI, in order."""
        return sorted(self.papers["category"].unique())

    @property
    def is_sample(self) -> bool:
        """Whether the source holds only a part of the field that the report speaks of."""
        return bool(self.manifest["is_sample"])

    @property
    def universe(self) -> str:
        """What the tables are tables of, in words."""
        return self.manifest["title"]

    @property
    def counting_options(self) -> list[str]:
        """Ways of counting that the compositions allow; counts by bloc do not know the authors."""
        return list(self.manifest.get("counting_options", ("whole", "fractional", "country-fractional")))

    @property
    def described(self) -> str:
        """What the tables are made from, and of what date: the line below a figure."""
        if self.manifest.get("simulated"):
            return f"{self.universe}: simulated"
        return f"{self.universe}, state of {self.manifest['date']}"

    def category_set(self, categories: str) -> set[str]:
        """Return the categories that `no-robotics`, or names joined by `+`, mean.

        A field's name also means the works that lie in it and another one (`4602&4611`). Raises
        ValueError, naming the allowed values.
        """
        robotics = categories_of(ROBOTICS)
        fields = {category: {category, *category.split(BOTH)} for category in self.categories}
        wanted = set(categories.split("+"))
        if categories == "no-robotics":
            chosen, unknown = set(self.categories) - robotics, set()
        else:
            chosen = {category for category, parts in fields.items() if parts & wanted}
            unknown = wanted - set().union(*fields.values())
        if unknown or not chosen:
            raise ValueError(
                f"categories={categories!r} is not possible; choose all, no-robotics, "
                f"or names joined by '+' out of: {', '.join(self.categories)}"
            )
        return chosen

    def select_categories(self, categories: str) -> "Tables":
        """Keep some categories: `all`, `no-robotics`, or names joined by `+`.

        Raises ValueError, naming the allowed values.
        """
        if categories == "all":
            return self
        chosen = self.category_set(categories)
        narrowed = {
            name: getattr(self, name).loc[lambda table: table["category"].isin(chosen)]
            for name in ("papers", "citations_received", "institution_output", "coverage")
        }
        title = f"{self.manifest['title']}, of {', '.join(sorted(chosen))} only"
        return replace(self, manifest=self.manifest | {"title": title}, **narrowed)


@cache
def venues() -> pd.DataFrame:
    """Return the conferences: category, full name, field."""
    return pd.read_csv(PROJECT.reference / "venues.csv", dtype=str, keep_default_na=False)


def categories_of(field: str) -> set[str]:
    """Return the conferences of a field."""
    known = venues()
    return set(known.loc[known["field"] == field, "category"])


def place_of(source: str, folder: Path | None = None) -> Path:
    """Return the folder of a source's tables: the first that has them, else where they would be."""
    places = [one / source for one in ((folder,) if folder else PROJECT.all_tables)]
    return next((place for place in places if (place / MANIFEST).is_file()), places[-1])


def available_sources(folder: Path | None = None) -> list[str]:
    """Return the sources that have tables."""
    folders = (folder,) if folder else PROJECT.all_tables
    return sorted(
        {
            path.parent.name
            for one in folders
            for path in one.glob(f"*/{MANIFEST}")
            if not path.parent.name.startswith(".")
        }
    )


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    types = {
        name: (str(column.dtype) if str(column.dtype) != "str" else str) for name, column in schema.columns.items()
    }
    # Namibia's code is "NA": only an empty field is a missing one.
    return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])


def load(source: str, folder: Path | None = None) -> Tables:
    """Load the tables of `source` and check them against their schema and manifest.

    Raises TableError, naming the file and what to do.
    """
    place = place_of(source, folder)
    if not (place / MANIFEST).is_file():
        raise TableError(
            f"source {source!r} has no tables in {PROJECT.shown(place)}; there are tables "
            f"of: {', '.join(available_sources(folder)) or 'none'}"
        )
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    if "offer" not in manifest:
        raise TableError(
            f"{PROJECT.shown(place)}/{MANIFEST} does not say what the source offers; build its tables anew"
        )
    frames = {}
    for name, schema in SCHEMAS.items():
        path = place / f"{name}.csv"
        if not path.is_file() or file_hash(path) != manifest["tables"][name]["sha256"]:
            raise TableError(
                f"{PROJECT.shown(path)} is missing or not the table that its manifest "
                "describes; `make tables` builds all of them anew"
            )
        try:
            frames[name] = schema.validate(_read(path, schema))
        except (pa.errors.SchemaError, pa.errors.SchemaErrors, ValueError) as error:
            raise TableError(f"{PROJECT.shown(path)}: {error}") from error
    # Shares are stored to six decimals; a third three times is made one again.
    shares = frames["compositions"]
    total = shares.groupby("composition_id")["share"].transform("sum")
    if (total - 1).abs().max() > 1e-4:
        raise TableError(f"{PROJECT.shown(place)}/compositions.csv: shares do not sum to 1")
    frames["compositions"] = shares.assign(share=shares["share"] / total)
    return Tables(**frames, manifest=manifest)


def _sorted_csv(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV, sorted by all columns, left to right, with fixed decimals."""
    connection.register("unsorted", pyarrow.Table.from_pandas(frame, preserve_index=False))
    columns = [f'unsorted."{name}"' for name in frame.columns]
    shown = [
        f"printf('%.{DECIMALS[name]}f', {column}) AS {name}" if name in DECIMALS else column
        for name, column in zip(frame.columns, columns, strict=True)
    ]
    order = ", ".join(f"{column} NULLS LAST" for column in columns)
    quoted = str(path).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {', '.join(shown)} FROM unsorted ORDER BY {order}) TO '{quoted}' (FORMAT csv, HEADER)"
    )


def write(frames: Mapping[str, pd.DataFrame], about: dict, place: Path) -> None:
    """Write tables and their manifest into the folder `place`, sorted and with fixed decimals."""
    place.mkdir(parents=True, exist_ok=True)
    described = {}
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")  # it would go to standard output
        for name, schema in SCHEMAS.items():
            path = place / f"{name}.csv"
            _sorted_csv(connection, frames[name][list(schema.columns)], path)
            described[name] = {"rows": len(frames[name]), "sha256": file_hash(path)}
    write_text(place / MANIFEST, as_json(about | {"tables": described}, indent=1))
