"""The DuckDB queries that turn OpenAlex works into records.

Numbers and texts come as text and are held against a pattern, so that a value of the wrong type
is unknown, or a reason to reject the work, and never a wrong number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from compendium.project.errors import InputError
from compendium.sources.openalex.scan import SCALARS, SUBFIELD, Scan, parquet, text

#: What the project counts as a research paper, as OpenAlex names types since July 2026.
TYPES = ("article", "conference-paper", "review", "preprint", "book-chapter")
#: The years of publication that tables can hold.
YEARS = range(1950, 2101)
_AUTHORS = (
    "STRUCT(author STRUCT(id VARCHAR), institutions STRUCT(id VARCHAR, display_name VARCHAR,"
    " ror VARCHAR, type VARCHAR, country_code VARCHAR)[], countries VARCHAR[])[]"
)
_YEARLY = "STRUCT(year VARCHAR, cited_by_count VARCHAR)[]"
_AUTHORS_JSON = (
    '[{"author":{"id":"VARCHAR"},"institutions":[{"id":"VARCHAR","display_name":"VARCHAR",'
    '"ror":"VARCHAR","type":"VARCHAR","country_code":"VARCHAR"}],"countries":["VARCHAR"]}]'
)
_YEARLY_JSON = '[{"year":"VARCHAR","cited_by_count":"VARCHAR"}]'
#: Stand-ins of OpenAlex for "no author" and "deleted author".
NO_AUTHOR = ("A9999999999", "A5317838346")

#: One row a line: state 0 outside the selection, 1 kept, 2 rejected. Of a line that the scan has
#: left out, because it is outside, only what tells whether it is a newer copy is in `others`.
COPIES = f"""
CREATE TEMP TABLE copies (
    file INTEGER, name VARCHAR, line BIGINT, work_id VARCHAR, year INTEGER, doc_type VARCHAR,
    category VARCHAR, is_retracted BOOLEAN, language VARCHAR, citations BIGINT, updated TIMESTAMP,
    authorships {_AUTHORS}, counts_by_year {_YEARLY}, state TINYINT, reason VARCHAR);
CREATE TEMP TABLE others (file INTEGER, line BIGINT, work BIGINT, updated TIMESTAMP)"""


@dataclass(frozen=True)
class Selection:
    """Which works are wanted: subfields of the primary topic, years, types.

    `years` or `types` None: all. `include_xpac`: take the works that OpenAlex leaves out of its
    API by default.
    """

    subfields: tuple[str, ...] = ("1702",)
    years: tuple[int, ...] | None = None
    types: tuple[str, ...] | None = TYPES
    include_xpac: bool = False

    def __post_init__(self) -> None:
        bad = [name for name in self.subfields if not (name.isascii() and name.isdigit())]
        if bad or not self.subfields:
            raise InputError(f"subfields={list(self.subfields)}: expected numbers such as '1702'")
        outside = [year for year in self.years or () if year not in YEARS]
        if outside or self.years == ():
            raise InputError(f"years={list(self.years or ())}: expected years from {YEARS.start} to {YEARS.stop - 1}")

    @classmethod
    def of(
        cls,
        subfields: Iterable[str | int] = ("1702",),
        years: Iterable[int] | None = None,
        types: Iterable[str] | None = TYPES,
        include_xpac: bool = False,
    ) -> "Selection":
        """Make a selection of any iterables; types `("all",)` are all types."""
        kinds = None if types is None else tuple(types)
        return cls(
            tuple(str(name) for name in subfields),
            None if years is None else tuple(sorted(set(years))),
            None if kinds == ("all",) else kinds,
            include_xpac,
        )


def _nested(cursor_type: str, structure: str, name: str, is_json: bool) -> str:
    kept = f"CASE WHEN state = 1 THEN {name} END"
    return f"from_json({kept}, {text(structure)})" if is_json else f"TRY_CAST({kept} AS {cursor_type})"


def _among(values: Sequence[object] | None) -> str:
    return "true" if values is None else "IN (" + ", ".join(text(str(value)) for value in values) + ")"


_WORK_ID = r"regexp_extract({0}, '^(?:https?://openalex\.org/)?(W[0-9]{{1,18}})$', 1)"
_WORK_URL = "https://openalex.org/W"
_NUMBER = "TRY_CAST(substr({0}, 2) AS BIGINT)"
#: Texts of a scanned line as what they mean; empty or null where they mean nothing.
_PARSED = f"""
    {_WORK_ID.format("id")} AS work_id,
    TRY_CAST(CASE WHEN regexp_full_match(publication_year, '[12][0-9]{{3}}')
             THEN publication_year END AS INTEGER) AS year,
    CASE WHEN regexp_full_match(type, '[a-z][a-z-]{{0,39}}') THEN type ELSE 'unknown' END AS doc_type,
    regexp_extract(subfield_id, '^{SUBFIELD}$', 1) AS subfield"""

#: The columns of `copies`. A reject whose year is unknown bears the year of its last update.
_COPY = f"""
    line, nullif(work_id, '') AS work_id,
    CASE WHEN year BETWEEN {YEARS.start} AND {YEARS.stop - 1} THEN year
         WHEN year(updated) BETWEEN {YEARS.start} AND {YEARS.stop - 1} THEN year(updated)
         ELSE {YEARS.start} END AS year,
    doc_type, coalesce(nullif(subfield, ''), 'unknown') AS category,
    coalesce(is_retracted = 'true', false) AS is_retracted,
    CASE WHEN state = 1 AND regexp_full_match(language, '[A-Za-z]{{2,3}}(-[A-Za-z]{{2,4}})?')
         THEN language END AS language,
    TRY_CAST(CASE WHEN state = 1 AND regexp_full_match(cited_by_count, '[0-9]{{1,12}}')
             THEN cited_by_count END AS BIGINT) AS citations,
    updated, state, reason"""


def _reason(selection: Selection) -> str:
    """Return the expression that is null for a work to keep, `outside`, or why the line is rejected."""
    wanted_year = (
        f"year {_among(selection.years)}"
        if selection.years is not None
        else f"year BETWEEN {YEARS.start} AND {YEARS.stop - 1}"
    )
    wanted_type = "true" if selection.types is None else f"doc_type {_among(selection.types)}"
    xpac = "false" if selection.include_xpac else "is_xpac = 'true'"
    return f"""CASE
        WHEN coalesce({", ".join(SCALARS)}, subfield_id) IS NULL AND NOT has_topic
             AND authorships_raw IS NULL AND counts_raw IS NULL
            THEN 'no work: the line is broken, or has none of a work''s fields'
        WHEN subfield <> '' AND NOT (subfield {_among(selection.subfields)}) THEN 'outside'
        WHEN NOT has_topic OR {xpac} THEN 'outside'
        WHEN doc_type <> 'unknown' AND NOT ({wanted_type}) THEN 'outside'
        WHEN year < {YEARS.stop} AND NOT ({wanted_year}) THEN 'outside'
        WHEN coalesce(subfield, '') = '' THEN 'primary_topic has no subfield that can be read'
        WHEN coalesce(work_id, '') = '' THEN 'id is no work id: ' || coalesce(left(id, 60), 'missing')
        WHEN year IS NULL OR year >= {YEARS.stop}
            THEN 'publication_year is no year: ' || coalesce(left(publication_year, 60), 'missing')
        WHEN bad_authorships THEN 'authorships is not a list' END"""


def _partition(path: str) -> str:
    """Return the part of a snapshot's path that tells apart files of one name, and bears their date."""
    name = Path(path).parent.name
    return name if name.startswith("updated_date=") else ""


def _updated(path: str) -> str:
    date = text(_partition(path).partition("=")[2])
    return f"coalesce(TRY_CAST(updated_date AS TIMESTAMP), TRY_CAST({date} AS TIMESTAMP))"


def read_others(types: Mapping[str, str], number: int, path: str) -> str:
    """Return the statement that adds to `others` the rows of a table `left_out`, of these types."""
    columns = ", ".join(
        f"{name}::{'TIMESTAMP' if types.get(name) == 'TIMESTAMP' else 'VARCHAR'} AS {name}"
        if name in types
        else f"NULL::VARCHAR AS {name}"
        for name in ("id", "updated_date")
    )
    number_of = _NUMBER.format(_WORK_ID.format("id"))
    # A comparison is faster than a pattern, and nearly all ids are of the usual form.
    begin, rest = text(_WORK_URL), f"TRY_CAST(substr(id, {len(_WORK_URL) + 1}) AS BIGINT)"
    return f"""
    INSERT INTO others
    SELECT {number}, line, CASE WHEN id = {begin} || {rest} THEN {rest} ELSE {number_of} END, {_updated(path)}
    FROM (SELECT line, {columns} FROM left_out)"""


def read(scanned: Scan, number: int, path: str, selection: Selection) -> str:
    """Return the statement that adds the rows of one scanned file to `copies`."""
    partition = _partition(path)
    name = text(f"{partition}/{Path(path).name}" if partition else Path(path).name)
    authorships = _nested(_AUTHORS, _AUTHORS_JSON, "authorships_raw", scanned.is_json["authorships"])
    counts = _nested(_YEARLY, _YEARLY_JSON, "counts_raw", scanned.is_json["counts_by_year"])
    return f"""
    INSERT INTO copies BY NAME
    WITH scanned AS ({scanned.query}),
    parsed AS (SELECT *, {_PARSED}, {_updated(path)} AS updated FROM scanned),
    judged AS (SELECT *, {_reason(selection)} AS reason FROM parsed),
    stated AS (SELECT *, CASE WHEN reason IS NULL THEN 1 WHEN reason = 'outside' THEN 0 ELSE 2 END
               AS state FROM judged)
    SELECT {number} AS file, {name} AS name, {_COPY}, {authorships} AS authorships, {counts} AS counts_by_year
    FROM stated"""


_WORK = _NUMBER.format("work_id")
_ALL = f"""(SELECT file, line, {_WORK} AS work, updated FROM copies WHERE state < 2 AND work_id IS NOT NULL
            UNION ALL SELECT file, line, work, updated FROM others
                      WHERE work IN (SELECT {_WORK} FROM copies WHERE state = 1))"""
#: Copies of a work within one part: all but the newest become rejects.
OLDER_IN_PART = f"""
UPDATE copies SET state = 2, reason = 'older copy of ' || copies.work_id || '; a newer one is kept'
FROM (SELECT file, line FROM {_ALL}
      WHERE work IN (SELECT work FROM {_ALL} GROUP BY work HAVING count(*) > 1)
      QUALIFY row_number() OVER (PARTITION BY work
                                 ORDER BY updated DESC NULLS LAST, file DESC, line DESC) > 1) AS older
WHERE copies.file = older.file AND copies.line = older.line AND copies.state = 1"""

COUNTS = """
SELECT (SELECT count(*) FROM copies) + (SELECT count(*) FROM others),
       (SELECT count(*) FROM copies WHERE state = 0) + (SELECT count(*) FROM others)"""

COUNTRY = "CASE WHEN regexp_full_match({0}, '[A-Z][A-Z]') AND {0} <> 'ZZ' THEN {0} END"
INSTITUTION_ID = "nullif(regexp_extract({0}, '^(?:https?://openalex\\.org/)?(I[0-9]{{1,18}})$', 1), '')"
AUTHOR_ID = "nullif(regexp_extract({0}, '^(?:https?://openalex\\.org/)?(A[0-9]{{1,18}})$', 1), '')"

#: A work without authors has one, of whom nothing is known: it is a paper of an unknown country.
_ADDRESSES = f"""
    SELECT work_id, author_seq, {AUTHOR_ID.format("entry.author.id")} AS author_id, stated,
           list_distinct(list_filter(list_transform(coalesce(entry.countries, []),
               lambda c: {COUNTRY.format("c")}), lambda c: c IS NOT NULL)) AS countries
    FROM (SELECT *, list_filter(list_distinct(list_transform(coalesce(entry.institutions, []), lambda i: {{
                 'institution_id': {INSTITUTION_ID.format("i.id")},
                 'country': {COUNTRY.format("i.country_code")}}})),
               lambda i: i.institution_id IS NOT NULL OR i.country IS NOT NULL) AS stated
          FROM (SELECT work_id, unnest(authors) AS entry, generate_subscripts(authors, 1) AS author_seq
                FROM (SELECT work_id, CASE WHEN len(authorships) > 0 THEN authorships ELSE [NULL] END AS authors
                      FROM copies WHERE state = 1)))"""

#: What a part is written as: the kinds of records, and what it takes to find newer copies elsewhere.
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
              FROM (SELECT *, CASE WHEN len(countries) = 0 OR countries = [stated[1].country] THEN stated
                        ELSE stated || list_transform(
                            list_filter(countries, lambda c: NOT list_contains(
                                list_transform(stated, lambda i: i.country), c)),
                            lambda c: {{'institution_id': NULL::VARCHAR, 'country': c}}) END AS places
                    FROM ({_ADDRESSES})))""",
    "institutions": f"""
        SELECT institution_id, arg_max(said, (updated, said)) AS said, max(updated) AS updated
        FROM (SELECT {INSTITUTION_ID.format("i.id")} AS institution_id, updated,
                     {{'name': coalesce(i.display_name, ''), 'ror': coalesce(i.ror, ''),
                       'type': coalesce(i.type, ''),
                       'country': coalesce({COUNTRY.format("i.country_code")}, '')}} AS said
              FROM (SELECT i, coalesce(max(updated), '1000-01-01'::TIMESTAMP) AS updated
                    FROM (SELECT updated, unnest(entry.institutions) AS i
                          FROM (SELECT updated, unnest(authorships) AS entry FROM copies WHERE state = 1))
                    GROUP BY i))
        WHERE institution_id IS NOT NULL GROUP BY institution_id ORDER BY institution_id""",
    "rejects": """SELECT name || ' line ' || line AS locator, year, category, reason
                  FROM copies WHERE state = 2""",
    "seen": f"""SELECT {_WORK} AS work, updated FROM copies WHERE state < 2 AND work_id IS NOT NULL
                UNION ALL SELECT work, updated FROM others WHERE work IS NOT NULL""",
    "kept": f"SELECT {_WORK} AS work, updated, name, line, year, category FROM copies WHERE state = 1",
}


def find_older(cursor: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> None:
    """Make the table `older`: kept copies of which another part has a newer one.

    A stale copy counts as older also where the newest one is outside the selection.
    """
    cursor.execute(
        "CREATE TEMP TABLE older (part INTEGER, work BIGINT, name VARCHAR, line BIGINT, year INTEGER, category VARCHAR)"
    )
    if len(parts) < 2:
        return
    seen, kept = (
        f"SELECT * REPLACE (coalesce(updated, '1000-01-01'::TIMESTAMP) AS updated), "
        f"file_index::INTEGER AS part FROM {parquet([part / name for part in parts])}"
        for name in ("seen.parquet", "kept.parquet")
    )
    cursor.execute(f"""
        INSERT INTO older
        SELECT DISTINCT kept.part, kept.work, kept.name, kept.line, kept.year, kept.category
        FROM ({seen}) AS seen JOIN ({kept}) AS kept USING (work)
        WHERE seen.part <> kept.part AND (seen.updated, seen.part) > (kept.updated, kept.part)""")


def without_older(kind: str, source: Path, number: int) -> str:
    """Return the query of a part's records without the works that are `older` there."""
    rows = f"SELECT * FROM {parquet(source)}"
    if kind == "rejects":
        return f"""{rows} UNION ALL SELECT name || ' line ' || line, year, category,
            'older copy of W' || work || '; a newer one is kept' FROM older WHERE part = {number}"""
    return f"""{rows} WHERE substr(work_id, 2)::BIGINT NOT IN
               (SELECT work FROM older WHERE part = {number})"""
