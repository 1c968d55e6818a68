"""The DuckDB queries that turn OpenAlex objects into records.

Numbers and texts are read as text first and then held against a pattern, so that a value of the
wrong type is unknown, or a reason to reject the work, and never a wrong number.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from compendium.errors import InputError

#: A line may be this long: works of some thousand authors take 10 MB.
LONGEST_LINE = 64 * 2**20
_SCALARS = ("id", "publication_year", "type", "language", "is_retracted", "is_xpac",
            "cited_by_count", "updated_date")
_AUTHORS = ("STRUCT(author STRUCT(id VARCHAR), institutions STRUCT(id VARCHAR, display_name VARCHAR,"
            " ror VARCHAR, type VARCHAR, country_code VARCHAR)[], countries VARCHAR[])[]")
_YEARLY = "STRUCT(year VARCHAR, cited_by_count VARCHAR)[]"
_AUTHORS_JSON = ('[{"author":{"id":"VARCHAR"},"institutions":[{"id":"VARCHAR","display_name":"VARCHAR",'
                 '"ror":"VARCHAR","type":"VARCHAR","country_code":"VARCHAR"}],"countries":["VARCHAR"]}]')
_YEARLY_JSON = '[{"year":"VARCHAR","cited_by_count":"VARCHAR"}]'
#: Stand-ins of OpenAlex for "no author" and "deleted author".
NO_AUTHOR = ("A9999999999", "A5317838346")

#: One row a line: state 0 outside the selection, 1 kept, 2 rejected.
COPIES = f"""
CREATE TEMP TABLE copies (
    file INTEGER, name VARCHAR, line BIGINT, work_id VARCHAR, year INTEGER, doc_type VARCHAR,
    category VARCHAR, is_retracted BOOLEAN, language VARCHAR, citations BIGINT, updated TIMESTAMP,
    authorships {_AUTHORS}, counts_by_year {_YEARLY}, state TINYINT, reason VARCHAR)"""


def text(value: str) -> str:
    """Return `value` as an SQL text."""
    return "'" + value.replace("'", "''") + "'"


def copy_to(query: str, path: Path) -> str:
    """Return the statement that writes a query's rows to a Parquet file."""
    return f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION snappy)"


def _json_columns(names: Sequence[str], nested: Sequence[str]) -> str:
    columns = {name: "VARCHAR" for name in names} | {name: "JSON" for name in nested}
    return "{" + ", ".join(f"{name}: '{kind}'" for name, kind in columns.items()) + "}"


def _read_json(path: str, names: Sequence[str], nested: Sequence[str]) -> str:
    return (f"read_json({text(path)}, format='newline_delimited', ignore_errors=true, "
            f"hive_partitioning=false, "
            f"maximum_object_size={LONGEST_LINE}, columns={_json_columns(names, nested)})")


def scan(cursor: duckdb.DuckDBPyConnection, path: str) -> str:
    """Return the query that reads a file of works: line, the texts, topic, authorships, counts.

    `ignore_errors` makes a broken line a row of nulls. Lists of the wrong type are null, and
    `bad_authorships` says so.
    """
    if not path.endswith(".parquet"):
        return f"""
        SELECT row_number() OVER () AS line, {', '.join(_SCALARS)},
               primary_topic IS NOT NULL AS has_topic,
               json_extract_string(primary_topic, '$.subfield.id') AS subfield_id,
               json_type(authorships) <> 'ARRAY' AS bad_authorships,
               authorships AS authorships_raw, counts_by_year AS counts_raw
        FROM {_read_json(path, _SCALARS, ('primary_topic', 'authorships', 'counts_by_year'))}"""
    described = cursor.execute(f"DESCRIBE SELECT * FROM read_parquet({text(path)}, hive_partitioning=false)").fetchall()
    types = {name: kind for name, kind, *_ in described}
    texts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" if name in types
                      else f"NULL::VARCHAR AS {name}" for name in _SCALARS)
    nested = {name: name if name in types else "NULL::JSON"
              for name in ("primary_topic", "authorships", "counts_by_year")}
    is_text = {name: types.get(name, "JSON") in ("VARCHAR", "JSON") for name in nested}
    subfield = (f"json_extract_string({nested['primary_topic']}, '$.subfield.id')"
                if is_text["primary_topic"] else "CAST(primary_topic.subfield.id AS VARCHAR)")
    bad = f"json_type({nested['authorships']}) <> 'ARRAY'" if is_text["authorships"] else "false"
    return f"""
        SELECT file_row_number + 1 AS line, {texts},
               {nested['primary_topic']} IS NOT NULL AS has_topic, {subfield} AS subfield_id,
               {bad} AS bad_authorships, {nested['authorships']} AS authorships_raw,
               {nested['counts_by_year']} AS counts_raw
        FROM read_parquet({text(path)}, file_row_number=true, hive_partitioning=false)"""


def _nested(cursor_type: str, structure: str, name: str, is_json: bool) -> str:
    kept = f"CASE WHEN state = 1 THEN {name} END"
    return f"from_json({kept}, {text(structure)})" if is_json else f"TRY_CAST({kept} AS {cursor_type})"


def _among(values: Sequence[object] | None) -> str:
    return "true" if values is None else "IN (" + ", ".join(text(str(value)) for value in values) + ")"


def read(scanned: str, number: int, path: str, selection, years: range) -> str:
    """Return the statement that adds the rows of one scanned file to `copies`."""
    is_json = "read_json(" in scanned
    name = text(Path(path).name)
    folder_date = next((piece.split("=", 1)[1] for piece in Path(path).parts
                        if piece.startswith("updated_date=")), "")
    wanted_year = (f"year {_among(selection.years)}" if selection.years is not None
                   else f"year BETWEEN {years.start} AND {years.stop - 1}")
    wanted_type = "true" if selection.types is None else f"doc_type {_among(selection.types)}"
    xpac = "false" if selection.include_xpac else "is_xpac = 'true'"
    return f"""
    INSERT INTO copies BY NAME
    WITH scanned AS ({scanned}),
    parsed AS (SELECT *,
        regexp_extract(id, '^(?:https?://openalex\\.org/)?(W[0-9]{{1,18}})$', 1) AS work_id,
        TRY_CAST(CASE WHEN regexp_full_match(publication_year, '[12][0-9]{{3}}')
                 THEN publication_year END AS INTEGER) AS year,
        CASE WHEN regexp_full_match(type, '[a-z][a-z-]{{0,39}}') THEN type ELSE 'unknown' END AS doc_type,
        regexp_extract(subfield_id, '^(?:https?://openalex\\.org/(?:subfields/)?)?([0-9]{{1,6}})$', 1)
            AS subfield,
        coalesce(TRY_CAST(updated_date AS TIMESTAMP), TRY_CAST({text(folder_date)} AS TIMESTAMP)) AS updated,
        FROM scanned),
    judged AS (SELECT *, CASE
        WHEN coalesce({', '.join(_SCALARS)}, subfield_id) IS NULL AND NOT has_topic
             AND authorships_raw IS NULL AND counts_raw IS NULL
            THEN 'no work: the line is broken, or has none of a work''s fields'
        WHEN subfield <> '' AND NOT (subfield {_among(selection.subfields)}) THEN 'outside'
        WHEN NOT has_topic OR {xpac} THEN 'outside'
        WHEN doc_type <> 'unknown' AND NOT ({wanted_type}) THEN 'outside'
        WHEN year < {years.stop} AND NOT ({wanted_year}) THEN 'outside'
        WHEN coalesce(subfield, '') = '' THEN 'primary_topic has no subfield that can be read'
        WHEN coalesce(work_id, '') = ''
            THEN 'id is no work id: ' || coalesce(left(id, 60), 'missing')
        WHEN year IS NULL OR year >= {years.stop}
            THEN 'publication_year is no year: ' || coalesce(left(publication_year, 60), 'missing')
        WHEN bad_authorships THEN 'authorships is not a list'
        END AS reason FROM parsed),
    stated AS (SELECT *, CASE WHEN reason IS NULL THEN 1 WHEN reason = 'outside' THEN 0 ELSE 2 END
               AS state FROM judged)
    SELECT {number} AS file, {name} AS name, line, nullif(work_id, '') AS work_id,
        CASE WHEN year BETWEEN {years.start} AND {years.stop - 1} THEN year
             WHEN year(updated) BETWEEN {years.start} AND {years.stop - 1} THEN year(updated)
             ELSE {years.start} END AS year,
        doc_type, coalesce(nullif(subfield, ''), 'unknown') AS category,
        coalesce(is_retracted = 'true', false) AS is_retracted,
        CASE WHEN regexp_full_match(language, '[A-Za-z]{{2,3}}(-[A-Za-z]{{2,4}})?') THEN language END
            AS language,
        TRY_CAST(CASE WHEN regexp_full_match(cited_by_count, '[0-9]{{1,12}}') THEN cited_by_count END
                 AS BIGINT) AS citations,
        updated,
        {_nested(_AUTHORS, _AUTHORS_JSON, 'authorships_raw', is_json)} AS authorships,
        {_nested(_YEARLY, _YEARLY_JSON, 'counts_raw', is_json)} AS counts_by_year,
        state, reason
    FROM stated"""


#: Copies of a work within one part: all but the newest become rejects.
OLDER_IN_PART = """
UPDATE copies SET state = 2, reason = 'older copy of ' || copies.work_id || '; a newer one is kept'
FROM (SELECT file, line FROM copies
      WHERE work_id IN (SELECT work_id FROM copies WHERE state < 2 AND work_id IS NOT NULL
                        GROUP BY work_id HAVING count(*) > 1) AND state < 2
      QUALIFY row_number() OVER (PARTITION BY work_id
                                 ORDER BY updated DESC NULLS LAST, file DESC, line DESC) > 1) AS older
WHERE copies.file = older.file AND copies.line = older.line AND copies.state = 1"""

COUNTS = "SELECT count(*), count(*) FILTER (WHERE state = 0) FROM copies"

_COUNTRY = "CASE WHEN regexp_full_match({0}, '[A-Z][A-Z]') AND {0} <> 'ZZ' THEN {0} END"
_INSTITUTION = "nullif(regexp_extract({0}, '^(?:https?://openalex\\.org/)?(I[0-9]{{1,18}})$', 1), '')"
_AUTHOR = "nullif(regexp_extract({0}, '^(?:https?://openalex\\.org/)?(A[0-9]{{1,18}})$', 1), '')"

_ADDRESSES = f"""
    SELECT work_id, author_seq, {_AUTHOR.format('entry.author.id')} AS author_id, stated,
           list_distinct(list_filter(list_transform(coalesce(entry.countries, []),
               lambda c: {_COUNTRY.format('c')}), lambda c: c IS NOT NULL)) AS countries
    FROM (SELECT *, list_filter(list_distinct(list_transform(coalesce(entry.institutions, []), lambda i: {{
                 'institution_id': {_INSTITUTION.format('i.id')},
                 'country': {_COUNTRY.format('i.country_code')}}})),
               lambda i: i.institution_id IS NOT NULL OR i.country IS NOT NULL) AS stated
          FROM (SELECT work_id, unnest(authorships) AS entry,
                       generate_subscripts(authorships, 1) AS author_seq
                FROM copies WHERE state = 1))"""

#: What a part is written as: the kinds of records, and `copies` to find newer copies elsewhere.
PART_RECORDS = {
    "works": """SELECT work_id, year, doc_type, category, is_retracted, language, citations
                FROM copies WHERE state = 1""",
    "citations_by_year": """
        SELECT work_id, year::INTEGER AS citing_year, cited_by_count::BIGINT AS citations
        FROM (SELECT work_id, unnest(counts_by_year, recursive := true) FROM copies WHERE state = 1)
        WHERE regexp_full_match(year, '[12][0-9]{3}') AND regexp_full_match(cited_by_count, '[0-9]{1,12}')
              AND year::INTEGER BETWEEN 1950 AND 2100""",
    "authorships": f"""
        SELECT work_id, author_seq::INTEGER AS author_seq,
               CASE WHEN author_id NOT IN {NO_AUTHOR} THEN author_id END AS author_id,
               place.institution_id AS institution_id, place.country AS country
        FROM (SELECT work_id, author_seq, author_id, unnest(CASE WHEN len(places) = 0
                     THEN [{{'institution_id': NULL::VARCHAR, 'country': NULL::VARCHAR}}]
                     ELSE places END) AS place
              FROM (SELECT *, stated || list_transform(
                        list_filter(countries, lambda c: NOT list_contains(
                            list_transform(stated, lambda i: i.country), c)),
                        lambda c: {{'institution_id': NULL::VARCHAR, 'country': c}}) AS places
                    FROM ({_ADDRESSES})))""",
    "institutions": f"""
        SELECT institution_id, arg_max(said, (updated, said)) AS said, max(updated) AS updated
        FROM (SELECT {_INSTITUTION.format('i.id')} AS institution_id, updated,
                     {{'name': coalesce(i.display_name, ''), 'ror': coalesce(i.ror, ''),
                       'type': coalesce(i.type, ''),
                       'country': coalesce({_COUNTRY.format('i.country_code')}, '')}} AS said
              FROM (SELECT coalesce(updated, '1000-01-01'::TIMESTAMP) AS updated,
                           unnest(entry.institutions) AS i
                    FROM (SELECT updated, unnest(authorships) AS entry FROM copies WHERE state = 1)))
        WHERE institution_id IS NOT NULL GROUP BY institution_id ORDER BY institution_id""",
    "rejects": """SELECT name || ' line ' || line AS locator, year, category, reason
                  FROM copies WHERE state = 2""",
    "copies": """SELECT substr(work_id, 2)::BIGINT AS work,
                        coalesce(updated, '1000-01-01'::TIMESTAMP) AS updated, file,
                        CASE WHEN state = 1 THEN name END AS name,
                        CASE WHEN state = 1 THEN line END AS line, state = 1 AS kept,
                        CASE WHEN state = 1 THEN year END AS year,
                        CASE WHEN state = 1 THEN category END AS category
                 FROM copies WHERE state < 2 AND work_id IS NOT NULL""",
}


def find_older(cursor: duckdb.DuckDBPyConnection, copies: Sequence[Path]) -> None:
    """Make the table `older`: kept copies of which another part has a newer one.

    A stale copy counts as older also where the newest one is outside the selection.
    """
    cursor.execute("CREATE TEMP TABLE older (part INTEGER, work BIGINT, name VARCHAR, line BIGINT, "
                   "year INTEGER, category VARCHAR)")
    if len(copies) < 2:
        return
    files = "[" + ", ".join(text(str(path)) for path in copies) + "]"
    numbered = f"SELECT *, file_index::INTEGER AS part FROM read_parquet({files})"
    cursor.execute(f"""
        INSERT INTO older
        SELECT DISTINCT kept.part, kept.work, kept.name, kept.line, kept.year, kept.category
        FROM ({numbered}) AS other JOIN (SELECT * FROM ({numbered}) WHERE kept) AS kept USING (work)
        WHERE other.part <> kept.part AND (other.updated, other.part) > (kept.updated, kept.part)""")


def without_older(kind: str, source: Path, number: int) -> str:
    """Return the query of a part's records without the works that are `older` there."""
    rows = f"SELECT * FROM read_parquet({text(str(source))})"
    if kind == "rejects":
        return f"""{rows} UNION ALL SELECT name || ' line ' || line, year, category,
            'older copy of W' || work || '; a newer one is kept' FROM older WHERE part = {number}"""
    return f"""{rows} WHERE substr(work_id, 2)::BIGINT NOT IN
               (SELECT work FROM older WHERE part = {number})"""


_GEO = '{"city":"VARCHAR","country_code":"VARCHAR","latitude":"VARCHAR","longitude":"VARCHAR"}'


def _read_objects(cursor: duckdb.DuckDBPyConnection, files: Sequence[Path | str]) -> None:
    cursor.execute("""CREATE TEMP TABLE objects (file INTEGER, locator VARCHAR, updated VARCHAR,
        institution_id VARCHAR, name VARCHAR, ror VARCHAR, type VARCHAR, city VARCHAR,
        country VARCHAR, latitude DOUBLE, longitude DOUBLE)""")
    names = ("id", "display_name", "ror", "type", "country_code", "updated_date")
    for number, file in enumerate(files):
        name = Path(str(file)).name
        source = (f"read_parquet({text(str(file))}, file_row_number=true, hive_partitioning=false)" if name.endswith(".parquet")
                  else _read_json(str(file), names, ("geo",)))
        line = "file_row_number + 1" if name.endswith(".parquet") else "row_number() OVER ()"
        degrees = "TRY_CAST(CASE WHEN regexp_full_match({0}, '-?[0-9.]+([eE]-?[0-9]+)?') THEN {0} END AS DOUBLE)"
        lat, lon = (degrees.format(f"place.{axis}") for axis in ("latitude", "longitude"))
        try:
            cursor.execute(f"""
            INSERT INTO objects
            SELECT {number}, {text(name)} || ' line ' || line, CAST(updated_date AS VARCHAR),
                   {_INSTITUTION.format('id')}, nullif(display_name, ''), ror, type,
                   nullif(place.city, ''),
                   coalesce({_COUNTRY.format('country_code')}, {_COUNTRY.format('place.country_code')}),
                   CASE WHEN abs({lat}) <= 90 AND abs({lon}) <= 180 THEN {lat} END,
                   CASE WHEN abs({lat}) <= 90 AND abs({lon}) <= 180 THEN {lon} END
            FROM (SELECT *, {line} AS line, from_json(to_json(geo), '{_GEO}') AS place FROM {source})""")
        except duckdb.Error as error:
            raise InputError(f"{name}: cannot be read ({str(error).splitlines()[0]})") from error


def read_institutions(cursor: duckdb.DuckDBPyConnection, said: Sequence[Path],
                      files: Sequence[Path | str], new: Path, year: int) -> dict[str, int]:
    """Write `institutions` out of institution objects, else of what works say; return counts.

    An object without an id or a name becomes a reject of category `institutions`. Of several
    objects with one id the one updated last is taken.
    """
    _read_objects(cursor, files)
    cursor.execute(copy_to(f"""
        SELECT locator, coalesce(TRY_CAST(left(updated, 4) AS INTEGER), {year})::INTEGER AS year,
               'institutions' AS category, 'no id or no name of an institution' AS reason
        FROM objects WHERE institution_id IS NULL OR name IS NULL""", new / "rejects" / "institutions.parquet"))
    paths = "[" + ", ".join(text(str(path)) for path in said) + "]"
    works = (f"""SELECT institution_id, arg_max(said, (updated, said)) AS said
                 FROM read_parquet({paths}) GROUP BY institution_id""" if said else
             "SELECT NULL::VARCHAR AS institution_id, {'name': '', 'ror': '', 'type': '', 'country': ''} "
             "AS said WHERE false")
    cursor.execute(copy_to(f"""
        WITH works AS ({works}),
        known AS (SELECT * FROM objects WHERE institution_id IS NOT NULL AND name IS NOT NULL
                  QUALIFY row_number() OVER (PARTITION BY institution_id
                          ORDER BY updated DESC NULLS LAST, file DESC, locator DESC) = 1)
        SELECT institution_id, coalesce(known.name, nullif(said.name, ''), institution_id) AS name,
               coalesce(known.ror, nullif(said.ror, '')) AS ror,
               coalesce(known.type, nullif(said.type, '')) AS type, known.city AS city,
               coalesce(known.country, nullif(said.country, '')) AS country,
               known.latitude AS latitude, known.longitude AS longitude
        FROM known FULL JOIN works USING (institution_id) ORDER BY institution_id""",
        new / "institutions" / "00000.parquet"))
    read, rejected = cursor.execute("""SELECT count(*), count(*) FILTER (WHERE institution_id IS NULL
        OR name IS NULL) FROM objects""").fetchone()
    return {"institutions_read": read, "institutions_rejected": rejected}
