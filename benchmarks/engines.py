"""More data than memory: records of many works → tables, with DuckDB held to a memory limit.

The records are made, not real: their counts have a plausible shape (see below) and mean nothing.
Prints rows, time, and the peak memory of the process, frames of the tables included; exits with 1
where building fails or loses a work. 20 million works need about 15 GB of disk for temporary files
(`TMPDIR`), which are removed at the end.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from compendium.tables import records
from compendium.tabulation import count

PART = 1_000_000
#: Works from 2010 to 2024, eight times as many at the end; 1 to 16 authors, four on average; citations
#: with a heavy tail, unknown for 2 %. 90 % of a work's authors are at home in its country. An author is
#: active for up to nine years and has three works on average. 6 % of authorships have two addresses, 3 % of
#: authors' addresses are abroad, 4 % name no country, 5 % no institution. 180 countries and 30,000
#: institutions, of very different size.
MACROS = """
CREATE MACRO u(a, b, salt) AS (hash(xor(hash(hash(a) + b), hash(salt))) % 4294967296)::DOUBLE / 4294967296;
CREATE MACRO nation(x) AS floor(180 * x ** 4)::INT;
CREATE MACRO share(j) AS ((j + 1) / 180) ** 0.25 - (j / 180) ** 0.25;
CREATE MACRO code(j) AS chr(65 + j // 26) || chr(65 + j % 26);
CREATE MACRO institution(j, x) AS code(j) || '-' || floor(x ** 2 * (20 + 30000 * share(j)))::INT;
"""
WORKS = """
CREATE OR REPLACE TABLE made AS
SELECT i, 'W' || (2000000000 + i) AS work_id,
       2010 + floor(15 * ln(1 + 7 * u(i, 0, 'year')) / ln(8))::INT AS year,
       1 + floor(15 * u(i, 0, 'size') ** 3.2)::INT AS n_authors
FROM range({start}, {stop}) AS r(i)
"""
RECORDS = {
    "works": """
SELECT work_id, year, ['article', 'conference-paper', 'review', 'preprint', 'book-chapter'][
           1 + floor(5 * u(i, 0, 'type') ** 2)::INT] AS doc_type,
       ['1702', '1707'][1 + (u(i, 0, 'field') < 0.3)::INT] AS category,
       u(i, 0, 'retracted') < 0.0005 AS is_retracted, 'en' AS language,
       CASE WHEN u(i, 0, 'known') > 0.02
            THEN floor(2 * (2025 - year) * (u(i, 0, 'cited') ** -0.7 - 1))::BIGINT END AS citations
FROM made""",
    "citations_by_year": """
SELECT work_id, year + k::INT AS citing_year, 1 + floor(3 * u(i, k, 'by year') ** -0.6)::BIGINT AS citations
FROM made, range(0, 6) AS r(k) WHERE year + k <= 2024 AND u(i, k, 'cited then') < 0.6""",
    "authorships": """
WITH seats AS (
    SELECT i, work_id, k::INT + 1 AS author_seq, year - floor(9 * u(i, k, 'age') ** 3)::INT AS debut,
           nation(u(i, CASE WHEN u(i, k, 'guest') < 0.1 THEN k + 1 ELSE 0 END, 'home')) AS home,
           u(i, k, 'who') ** 1.7 AS rank
    FROM made, range(0, n_authors) AS r(k)),
people AS (
    SELECT i, work_id, author_seq, home, debut * 1000 + home AS class,
           floor(({authors} * share(home) + 1) * rank)::BIGINT AS nth FROM seats),
addresses AS (
    SELECT *, unnest(range(0, 1 + (u(i, author_seq, 'second') < 0.06)::INT)) AS place FROM people),
placed AS (
    SELECT *, CASE WHEN u(i, author_seq + 100 * place, 'abroad') < 0.03
                   THEN nation(u(i, author_seq, 'where')) ELSE home END AS nation FROM addresses)
SELECT work_id, author_seq,
       CASE WHEN u(i, author_seq, 'nameless') > 0.003 THEN 'A' || (class * 10000000::BIGINT + nth) END AS author_id,
       CASE WHEN u(i, author_seq, 'bare') > 0.05
            THEN institution(nation, u(class, nth, CASE WHEN u(i, author_seq, 'moved') < 0.1 THEN 'then'
                                                        ELSE 'at' || place END)) END AS institution_id,
       CASE WHEN u(i, author_seq, 'unknown') > 0.04 THEN code(nation) END AS country
FROM placed""",
    "rejects": """
SELECT work_id AS locator, year, '1702' AS category, 'duplicate' AS reason FROM made WHERE u(i, 0, 'reject') < 0.01""",
}
INSTITUTIONS = """
SELECT DISTINCT institution_id, 'University ' || institution_id AS name, NULL::VARCHAR AS ror, 'education' AS type,
       NULL::VARCHAR AS city, left(institution_id, 2) AS country, NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude
FROM read_parquet('{folder}/authorships/*.parquet') WHERE institution_id IS NOT NULL"""


def generate(folder: Path, works: int) -> None:
    """Write records of so many works, in parts of a million."""
    connection = duckdb.connect()
    connection.execute(MACROS)
    for kind in records.SCHEMAS:
        (folder / kind).mkdir(parents=True)
    for number, start in enumerate(range(0, works, PART)):
        connection.execute(WORKS.format(start=start, stop=min(start + PART, works)))
        for kind, query in RECORDS.items():
            query = query.format(authors=max(works // 12, 100))
            connection.execute(f"COPY ({query}) TO '{folder / kind}/part-{number:05d}.parquet'")
    connection.execute(f"COPY ({INSTITUTIONS.format(folder=folder)}) TO '{folder}/institutions/part-00000.parquet'")


def main() -> int:
    """Generate, build, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=20_000_000)
    parser.add_argument("--memory", default="2GB", help="DuckDB's memory limit")
    parser.add_argument("--folder", type=Path, help="keep the records here, and take them from here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch) / "records"
        if not folder.exists():
            started = time.perf_counter()
            generate(folder, arguments.works)
            print(f"generated in {time.perf_counter() - started:.0f} s")
        n_records = records.count(folder)
        for kind, rows in n_records.items():
            print(f"{kind:<20}{rows:>14,} records")
        started = time.perf_counter()
        frames = count.tables_of(folder, memory=arguments.memory)
        seconds = time.perf_counter() - started
    for name, frame in frames.items():
        print(f"{name:<20}{len(frame):>14,} rows")
    coverage = frames["coverage"]
    lost = (coverage["n_works"] - coverage["n_retracted"]).sum() - frames["papers"]["n_papers"].sum()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{seconds:.1f} s; peak memory of the process {peak / 1e9:.2f} GB; DuckDB held to {arguments.memory}")
    if lost or coverage["n_works"].sum() != n_records["works"]:
        print(f"works were lost on the way: {lost} between records and papers")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
