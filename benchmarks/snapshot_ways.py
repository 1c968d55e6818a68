"""The ways that `snapshot.py` compares, each a script for a process of its own.

`FLOOR` is DuckDB's bare scan of the columns that the conversion needs, with the types that they
have, of the same files, on as many threads: unpack, parse, count the values of each column. It makes
no records and no tables. `PANDAS` and `PAGES` are what a user would write; they keep the same works.
"""

import gzip
import json
from pathlib import Path

#: Runs `work` and prints wall seconds, seconds of processors, peak memory, and the mapping `found`.
MEASURE = """
import json, resource, sys, time
from pathlib import Path
started = time.perf_counter()
found = {{}}
{work}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({{"seconds": time.perf_counter() - started, "found": found,
                  "processor": used.ru_utime + used.ru_stime,
                  "gigabytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9}}))
"""

OURS = """
from compendium import tables
from compendium.sources.openalex import snapshot
from compendium.tabulation import count
scratch, folder, form = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
begun = time.perf_counter()
about = snapshot.collect(folder, scratch / "records", form=form)
collected = time.perf_counter()
frames = count.tables_of(scratch / "records")
tables.write(frames, about, scratch / "tables")
shares, papers = frames["compositions"], frames["papers"]
cn = papers.merge(shares[shares["country"] == "CN"], on="composition_id")
found = {"collect": collected - begun, "tabulate": time.perf_counter() - collected,
         "kept": about["records"]["works"], "authorships": about["records"]["authorships"],
         "cn": float((cn["share"] * cn["n_papers"]).sum()),
         "parts_bytes": sum(path.stat().st_size for path in scratch.rglob(".records-parts/*/*/*.parquet")),
         "records_bytes": sum(path.stat().st_size for path in (scratch / "records").rglob("*.parquet"))}
"""

FLOOR = """
import duckdb
folder, form = Path(sys.argv[2]), sys.argv[3]
files = sorted(str(path) for path in (folder / "data" / form / "works").glob("updated_date=*/*"))
columns = {
    "id": "VARCHAR", "publication_year": "INTEGER", "type": "VARCHAR", "language": "VARCHAR",
    "is_retracted": "BOOLEAN", "is_xpac": "BOOLEAN", "cited_by_count": "BIGINT", "updated_date": "TIMESTAMP",
    "primary_topic": "STRUCT(subfield STRUCT(id VARCHAR))",
    "authorships": "STRUCT(author STRUCT(id VARCHAR), institutions STRUCT(id VARCHAR, display_name VARCHAR, "
                   "ror VARCHAR, type VARCHAR, country_code VARCHAR)[], countries VARCHAR[])[]",
    "counts_by_year": "STRUCT(year INTEGER, cited_by_count BIGINT)[]"}
source = (f"read_json({files}, format='newline_delimited', columns={columns}, hive_partitioning=false, "
          f"maximum_object_size={64 * 2**20})" if form == "jsonl" else
          f"read_parquet({files}, hive_partitioning=false)")
connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
connection.execute("SET enable_progress_bar = false")
connection.execute("SELECT " + ", ".join(f"count({name})" for name in columns) + f" FROM {source}").fetchall()
"""

#: From a frame of works, as both users would go on: keep, explode, share out, group.
_FRAMES = """
def tables_of(works):
    works = works.drop_duplicates("id", keep="last").reset_index(drop=True)
    authors = works[["id", "authorships"]].explode("authorships")
    authors["seq"] = authors.groupby("id").cumcount()
    def places(one):
        if not isinstance(one, dict):  # no authors: an unknown one
            return [(None, None)]
        found = [(at["id"], at["country_code"]) for at in one["institutions"]]
        found = list(dict.fromkeys(found))
        found += [(None, code) for code in one["countries"] if code not in {c for _, c in found}]
        return found or [(None, None)]
    authors["place"] = authors["authorships"].map(places)
    rows = authors[["id", "seq", "place"]].explode("place")
    rows["country"] = rows["place"].map(lambda place: place[1] or "ZZ")
    rows["n_addresses"] = rows.groupby(["id", "seq"])["country"].transform("size")
    rows["n_authors"] = rows.groupby("id")["seq"].transform("nunique")
    rows["share"] = 1 / rows["n_addresses"] / rows["n_authors"]
    shares = rows.groupby(["id", "country"], as_index=False)["share"].sum()
    counted = shares.merge(works.loc[~works["is_retracted"], ["id", "publication_year"]], on="id")
    yearly = works[["id", "counts_by_year"]].explode("counts_by_year").dropna()
    yearly = pd.concat([yearly["id"].reset_index(drop=True),
                        pd.json_normalize(yearly["counts_by_year"].tolist())], axis=1)
    received = yearly.merge(counted, on="id").groupby(["year", "country"])["cited_by_count"].sum()
    papers = counted.groupby(["publication_year", "country"])["share"].sum()
    return {"kept": len(works), "authorships": len(rows),
            "cn": float(papers.xs("CN", level="country").sum()), "received": len(received)}

def keep(works):
    topic = works["primary_topic"].map(lambda one: isinstance(one, dict) and one["subfield"]["id"].endswith("/1702"))
    types = ["article", "conference-paper", "review", "preprint", "book-chapter"]
    return works.loc[topic & works["type"].isin(types) & ~works["is_xpac"],
                     ["id", "publication_year", "is_retracted", "authorships", "counts_by_year"]]
"""

#: `pandas.read_json` by the chunk, as the files are too large for one frame.
PANDAS = (
    """
import pandas as pd
"""
    + _FRAMES
    + """
chunks = []
for path in sorted((Path(sys.argv[2]) / "data" / "jsonl" / "works").glob("updated_date=*/*.gz")):
    for chunk in pd.read_json(path, lines=True, chunksize=5_000, dtype=False, convert_dates=False):
        chunks.append(keep(chunk))
found = tables_of(pd.concat(chunks))
"""
)

#: As with pyalex: a page of 100 works at a time, each a list of dictionaries, then one frame. What
#: the network and the API's limits would cost is not in it.
PAGES = (
    """
import pandas as pd
"""
    + _FRAMES
    + """
frames = []
for path in sorted(Path(sys.argv[2]).glob("*.json")):
    frames.append(pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))["results"]))
found = tables_of(keep(pd.concat(frames, ignore_index=True)))
"""
)


def write_pages(folder: Path, place: Path, per_page: int = 100) -> None:
    """Write a snapshot's works as the pages that the API would answer with."""
    place.mkdir(parents=True)
    number, page = 0, []
    for path in sorted((folder / "data" / "jsonl" / "works").glob("updated_date=*/*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                page.append(line)
                if len(page) == per_page:
                    (place / f"{number:06d}.json").write_text(
                        f'{{"meta": {json.dumps({"per_page": per_page})}, "results": [{",".join(page)}]}}',
                        encoding="utf-8",
                    )
                    number, page = number + 1, []
