"""Institutions of OpenAlex: from their own objects, with city and coordinates, else from the works."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from compendium.project.errors import InputError
from compendium.sources.openalex.scan import copy_to, parquet, read_json, text
from compendium.sources.openalex.sql import COUNTRY, INSTITUTION_ID, YEARS

_FIELDS = ("id", "display_name", "ror", "type", "country_code", "updated_date")
_GEO = '{"city":"VARCHAR","country_code":"VARCHAR","latitude":"VARCHAR","longitude":"VARCHAR"}'
_DEGREES = "TRY_CAST(CASE WHEN regexp_full_match({0}, '-?[0-9.]+([eE]-?[0-9]+)?') THEN {0} END AS DOUBLE)"
_LATITUDE, _LONGITUDE = (_DEGREES.format(f"place.{axis}") for axis in ("latitude", "longitude"))
_ON_EARTH = f"abs({_LATITUDE}) <= 90 AND abs({_LONGITUDE}) <= 180"
_OBJECTS = """CREATE TEMP TABLE objects (file INTEGER, line BIGINT, name_of_file VARCHAR, updated VARCHAR,
    institution_id VARCHAR, name VARCHAR, ror VARCHAR, type VARCHAR, city VARCHAR, country VARCHAR,
    latitude DOUBLE, longitude DOUBLE)"""


def _scan(cursor: duckdb.DuckDBPyConnection, path: str) -> str:
    """Return the query that reads institution objects: line, the texts, place."""
    if not path.endswith(".parquet"):
        columns = ", ".join(_FIELDS)
        return (
            f"SELECT row_number() OVER () AS line, {columns}, from_json(geo, '{_GEO}') AS place "
            f"FROM {read_json(path, _FIELDS, ('geo',))}"
        )
    source = parquet(path, ", file_row_number=true")
    types = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE FROM {source}").fetchall()}
    columns = ", ".join(
        f"CAST({name} AS VARCHAR) AS {name}" if name in types else f"NULL::VARCHAR AS {name}" for name in _FIELDS
    )
    geo = {"VARCHAR": "TRY_CAST(geo AS JSON)", "NONE": "NULL::JSON"}.get(types.get("geo", "NONE"), "to_json(geo)")
    return f"SELECT file_row_number + 1 AS line, {columns}, from_json({geo}, '{_GEO}') AS place FROM {source}"


def _read_objects(cursor: duckdb.DuckDBPyConnection, files: Sequence[Path | str]) -> None:
    """Fill the table `objects`; InputError, naming the file, where one cannot be read."""
    cursor.execute(_OBJECTS)
    for number, file in enumerate(files):
        name = Path(str(file)).name
        try:
            cursor.execute(f"""
                INSERT INTO objects
                SELECT {number}, line, {text(name)}, updated_date, {INSTITUTION_ID.format("id")},
                       nullif(display_name, ''), ror, type, nullif(place.city, ''),
                       coalesce({COUNTRY.format("country_code")}, {COUNTRY.format("place.country_code")}),
                       CASE WHEN {_ON_EARTH} THEN {_LATITUDE} END, CASE WHEN {_ON_EARTH} THEN {_LONGITUDE} END
                FROM ({_scan(cursor, str(file))})""")
        except duckdb.Error as error:
            reason = str(error).split("\n")[0].replace(str(file), name)
            raise InputError(f"{name}: cannot be read ({reason})") from error


#: Objects that are no institution. Their year is that of their last update.
_REJECTS = f"""
        SELECT name_of_file || ' line ' || line AS locator,
               greatest({YEARS.start}, least({YEARS.stop - 1}, coalesce(
                   TRY_CAST(left(updated, 4) AS INTEGER), {YEARS.start})))::INTEGER AS year,
               'institutions' AS category, 'no id or no name of an institution' AS reason
        FROM objects WHERE institution_id IS NULL OR name IS NULL"""


def _institutions(said: Sequence[Path]) -> str:
    """Return the query of all institutions: objects first, and of several with one id the newest."""
    return f"""
        WITH works AS (SELECT institution_id, arg_max(said, (updated, said)) AS said
                       FROM {parquet(said)} GROUP BY institution_id),
        known AS (SELECT * FROM objects WHERE institution_id IS NOT NULL AND name IS NOT NULL
                  QUALIFY row_number() OVER (PARTITION BY institution_id
                          ORDER BY updated DESC NULLS LAST, file DESC, line DESC) = 1)
        SELECT institution_id, coalesce(known.name, nullif(said.name, ''), institution_id) AS name,
               coalesce(known.ror, nullif(said.ror, '')) AS ror,
               coalesce(known.type, nullif(said.type, '')) AS type, known.city AS city,
               coalesce(known.country, nullif(said.country, '')) AS country,
               known.latitude AS latitude, known.longitude AS longitude
        FROM known FULL JOIN works USING (institution_id) ORDER BY institution_id"""


def write_institutions(
    cursor: duckdb.DuckDBPyConnection, said: Sequence[Path], files: Sequence[Path | str], folder: Path
) -> dict[str, int]:
    """Write `institutions` out of the objects in `files`, else of what works say; return counts.

    `said` are the parts' files of what works say. An object without an id or a name becomes a
    reject of category `institutions`.
    """
    _read_objects(cursor, files)
    cursor.execute(copy_to(_REJECTS, folder / "rejects" / "institutions.parquet"))
    cursor.execute(copy_to(_institutions(said), folder / "institutions" / "00000.parquet"))
    read, rejected = cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE institution_id IS NULL OR name IS NULL) FROM objects"
    ).fetchone()
    return {"institutions_read": read, "institutions_rejected": rejected}
