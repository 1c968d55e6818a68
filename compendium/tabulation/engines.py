"""Where the expressions of the tables run: DuckDB on this machine, or Spark on this or on many."""

import importlib.util
import math
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import ibis
import pandas as pd
import pyarrow.parquet as pq
from ibis.expr.types import Table

from compendium.project.errors import InputError
from compendium.tables import records

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENGINES = ("duckdb", "spark")
MEMORY = "1GB"
UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
#: Authorships that a part of the records has at most, for each gigabyte of memory.
ROWS_A_GIGABYTE = 4_500_000
MASTER_VARIABLE = "COMPENDIUM_SPARK_MASTER"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def gigabytes(text: str) -> float:
    """Read `2GB` or `500MB`; InputError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(MB|GB|TB)", text.upper())
    if not found or not float(found[1]):
        raise InputError(f"--memory must be such as 500MB or 2GB, not {text!r}")
    return float(found[1]) * UNITS[found[2]] / 10**9


class Engine:
    """Holds what the stages of a build give: `kept`, by name."""

    def __init__(self, connection: ibis.BaseBackend) -> None:
        self.connection = connection
        self.kept: dict[str, Table] = {}

    def read(self, folder: Path) -> dict[str, Table]:
        """Return the records in `folder`, in the types of their schema, whatever their files have."""
        read = {}
        for kind, schema in records.SCHEMAS.items():
            table = self._read(kind, records.files(folder, kind))
            missing = [name for name in schema.names if name not in table.columns]
            if missing:
                raise InputError(f"the records of {kind} have no column {missing[0]!r}")
            read[kind] = table.select(schema.names).cast(ibis.Schema.from_pyarrow(schema))
        return read

    def _read(self, kind: str, files: list[Path]) -> Table:
        raise NotImplementedError

    def parts(self, authorships: Table) -> int:
        """Return in how many parts the records are best taken."""
        raise NotImplementedError

    def keep(self, name: str, expression: Table) -> Table:
        """Hold what an expression gives, in place of what was held under that name."""
        raise NotImplementedError

    def add(self, name: str, expression: Table) -> Table:
        """Hold what an expression gives, after what is held under that name."""
        raise NotImplementedError

    def drop(self, *names: str) -> None:
        """Let go of what is held under names that no later expression reads."""
        for name in names:
            self.kept.pop(name, None)

    def fetch(self, expression: Table) -> pd.DataFrame:
        """Return a table, which must be small, as a frame."""
        return expression.to_pyarrow().to_pandas()


class DuckDB(Engine):
    """One machine: a database in memory, which puts on disk what the memory limit leaves no room for."""

    def __init__(self, memory: str, scratch: Path) -> None:
        super().__init__(
            ibis.duckdb.connect(
                memory_limit=memory,
                threads=min(os.cpu_count() or 2, 8),
                temp_directory=str(scratch / "spilled"),
                preserve_insertion_order=False,
            )
        )
        self.memory, self.scratch = gigabytes(memory), scratch

    def _read(self, kind: str, files: list[Path]) -> Table:
        if not files:
            files = [self.scratch / f"no-{kind}.parquet"]
            pq.write_table(records.SCHEMAS[kind].empty_table(), files[0])
        return self.connection.read_parquet(files, table_name=f"raw {kind}")

    def parts(self, authorships: Table) -> int:
        """Return so many that a part fits into memory."""
        return max(1, math.ceil(authorships.count().execute() / (self.memory * ROWS_A_GIGABYTE)))

    def keep(self, name: str, expression: Table) -> Table:
        """Write a table; the one of that name goes first, so the expression must not read it."""
        self.drop(name)
        return self.add(name, expression)

    def drop(self, *names: str) -> None:
        """Free what tables hold."""
        for name in names:
            self.connection.drop_table(name, force=True)
        super().drop(*names)

    def add(self, name: str, expression: Table) -> Table:
        """Append to a table, made with the types of the expression: a sum is no wider than its terms."""
        if name not in self.kept:
            self.kept[name] = self.connection.create_table(name, schema=expression.schema())
        self.connection.insert(name, expression)
        return self.kept[name]


class Spark(Engine):
    """A Spark session, which spreads the work over its cluster and needs no parts."""

    def __init__(self, session: "SparkSession") -> None:
        super().__init__(ibis.pyspark.connect(session))
        self.session = session

    def _read(self, kind: str, files: list[Path]) -> Table:
        if files:
            frame = self.session.read.parquet(*map(str, files))
        else:
            frame = self.session.createDataFrame(records.SCHEMAS[kind].empty_table())
        frame.createOrReplaceTempView(f"raw_{kind}")
        return self.connection.table(f"raw_{kind}")

    def parts(self, authorships: Table) -> int:
        """Return one: each stage is planned over all rows."""
        return 1

    def keep(self, name: str, expression: Table) -> Table:
        """Cache what the expression gives; what is lost with a worker is computed again."""
        self.kept[name] = expression.cache()
        return self.kept[name]

    def add(self, name: str, expression: Table) -> Table:
        """Cache what the expression gives and what was there."""
        return self.keep(name, self.kept[name].union(expression) if name in self.kept else expression)


def check(engine: str = "duckdb", memory: str = MEMORY, master: str | None = None) -> None:
    """Raise InputError for what `connect` cannot give, before anything long is begun."""
    if engine not in ENGINES:
        raise InputError(f"unknown engine {engine!r}; there are: {', '.join(ENGINES)}")
    gigabytes(memory)
    if engine != "spark":
        if master:
            raise InputError("--master is of Spark: add --engine spark")
        return
    if importlib.util.find_spec("pyspark") is None:
        raise InputError("--engine spark needs the package pyspark; `make extras` installs it")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise InputError(
            "Spark needs Java 17, and there is no `java`; on Debian or Ubuntu: apt install openjdk-17-jre-headless"
        )
    if cluster := _cluster(master):
        _host_that_answers(cluster)


@contextmanager
def connect(engine: str = "duckdb", memory: str = MEMORY, master: str | None = None) -> Iterator[Engine]:
    """Give an engine, and end it.

    Parameters
    ----------
    engine : `duckdb` or `spark`.
    memory : what DuckDB, or each Spark process, may hold in memory, such as `2GB`.
    master : a Spark cluster, `spark://host:port`, which reads the records from the same path;
        `COMPENDIUM_SPARK_MASTER` where it is None, and this machine's cores where that is unset.

    DuckDB spills to the folder of temporary files (`TMPDIR`). Raises InputError for what there is
    not, and for a memory that is too little.
    """
    check(engine, memory, master)
    if engine == "spark":
        with _spark_session(memory, _cluster(master)) as session:
            yield Spark(session)
        return
    with TemporaryDirectory() as scratch:
        found = DuckDB(memory, Path(scratch))
        try:
            yield found
        except duckdb.OutOfMemoryException as error:
            raise InputError(f"--memory {memory} is too little for these records; name more") from error
        finally:
            found.connection.disconnect()


def _cluster(master: str | None) -> str | None:
    return master or os.environ.get(MASTER_VARIABLE)


def _host_that_answers(cluster: str) -> str:
    """Return the host of a Spark master; InputError where none answers."""
    found = re.fullmatch(r"spark://([^:/]+|\[[^\]]+\]):(\d+)", cluster)
    if not found:
        raise InputError(f"--master must be spark://host:port, not {cluster!r}")
    host = found[1].strip("[]")
    try:
        socket.create_connection((host, int(found[2])), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"no Spark master answers at {cluster} ({error})") from error
    return host


@contextmanager
def _spark_session(memory: str, cluster: str | None) -> Iterator["SparkSession"]:
    """Start a Spark session, on this machine or for a cluster, and stop it."""
    from pyspark.sql import SparkSession  # an extra; half a gigabyte

    local = cluster is None or _host_that_answers(cluster) in LOOPBACK
    size = f"{math.ceil(gigabytes(memory) * 1000)}m"
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": size,
        "spark.executor.memory": size,
        **({"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if local else {}),
        **({} if cluster else {"spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1))}),
    }
    builder = SparkSession.builder.master(cluster or "local[*]").appName("compendium")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()
