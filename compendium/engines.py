"""Where the expressions of `tabulate` run: DuckDB on this machine, or Spark on this or on many."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pyarrow.parquet as pq

from compendium import records

ENGINES = ("duckdb", "spark")
MEMORY = "1GB"


class Engine:
    def __init__(self, connection, scratch):
        self.connection, self.scratch = connection, scratch

    def read(self, folder: Path):
        found = {}
        for kind, schema in records.SCHEMAS.items():
            paths = records.files(folder, kind)
            if not paths:
                paths = [self.scratch / f"no-{kind}.parquet"]
                pq.write_table(schema.empty_table(), paths[0])
            found[kind] = self.connection.read_parquet(paths, table_name=kind)
        return found


@contextmanager
def connect(engine: str = "duckdb", memory: str = MEMORY, master: str | None = None) -> Iterator[Engine]:
    with TemporaryDirectory() as scratch:
        yield Engine(ibis.duckdb.connect(memory_limit=memory, threads=2), Path(scratch))
