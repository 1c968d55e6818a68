"""Engines: the same tables from each, to the byte; every expression compiles for all three."""

import importlib.util
import shutil
import socket
from collections import Counter

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from support.odd_records import odd_records, output, papers, researchers, write_parts
from support.offers import EVERYTHING, IN_MANIFEST

from compendium import tables
from compendium.project.errors import InputError
from compendium.project.folders import Folders
from compendium.sources import registry
from compendium.sources.source import Source
from compendium.tables import records
from compendium.tabulation import build, count, engines, expressions

DIALECTS = {"duckdb": "duckdb", "pyspark": "spark", "bigquery": "bigquery"}
SEEDS = (1, 2)


def written(frames, place):
    """Write the tables, load them, and return their bytes."""
    tables.write(frames, {"title": "odd", "is_sample": True, "offer": IN_MANIFEST}, place)
    tables.load(place.name, place.parent)
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


@pytest.fixture(scope="module", params=SEEDS)
def odd(request, tmp_path_factory):
    """Records, their folder, and DuckDB's tables of them."""
    folder = tmp_path_factory.mktemp("odd")
    made = odd_records(request.param)
    write_parts(folder, made)
    return made, folder, count.tables_of(folder)


def rows(frame, *columns):
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame[list(columns)].itertuples(index=False)
    ]


def test_researchers_are_those_of_the_definition_word_by_word(odd):
    made, _, frames = odd
    columns = ("window_start", "window_end", "author_key", "countries", "debut_year", "n_works")
    found = dict(zip(rows(frames["researchers"], *columns), frames["researchers"]["n_researchers"], strict=True))
    assert found == researchers(made)
    assert len(frames["researchers"]) == len(found) > 1000


def test_papers_hold_every_work_with_its_shares(odd):
    made, _, frames = odd
    make_up = (
        frames["compositions"]
        .groupby("composition_id")[["country", "share"]]
        .apply(lambda part: tuple(sorted((code, round(share * 10**6)) for code, share in part.values)))
    )
    found = {
        (*row[:4], make_up[row[4]]): row[5]
        for row in rows(frames["papers"], "year", "category", "doc_type", "citations", "composition_id", "n_papers")
    }
    assert found == papers(made)
    assert ("ZZ", 10**6) in {pair for shares in make_up for pair in shares}


def test_institutions_have_their_papers_and_one_row_each(odd):
    made, _, frames = odd
    slug = frames["institutions"].set_index("institution_id")["slug"]
    expected = output(made)
    found = {
        (slug[row[0]], row[1], row[2]): row[3:]
        for row in rows(
            frames["institution_output"],
            "institution_id",
            "year",
            "category",
            "n_papers",
            "n_papers_fractional",
            "citations",
        )
    }
    assert set(found) == set(expected)
    for key, (papers_of, credit, cited) in expected.items():
        assert found[key] == (papers_of, pytest.approx(credit, abs=1e-6), cited)
    assert sorted(slug) == sorted({key[0] for key in expected}) and slug.is_unique
    names = frames["institutions"].set_index("slug")
    assert names.loc["no-record", ["name", "country"]].tolist() == ["no-record", "ZZ"]


def test_coverage_counts_every_work_and_reject(odd):
    made, _, frames = odd
    coverage = frames["coverage"]
    assert coverage[["n_works", "n_rejected"]].sum().tolist() == [len(made["works"]), len(made["rejects"])]
    named = {row["work_id"] for row in made["authorships"] if row["country"]}
    assert coverage["n_with_country"].sum() == len(named)
    assert coverage["n_with_citations"].sum() == sum(row["citations"] is not None for row in made["works"])
    assert coverage["n_retracted"].sum() == sum(row["is_retracted"] for row in made["works"])


def test_citations_received_lose_nothing_of_the_works_that_count(odd):
    made, _, frames = odd
    counted = {row["work_id"] for row in made["works"] if not row["is_retracted"]}
    years = {row["work_id"]: row["year"] for row in made["works"]}
    expected = Counter(
        (row["citing_year"], years[row["work_id"]], row["citations"])
        for row in made["citations_by_year"]
        if row["work_id"] in counted and row["citations"]
    )
    received = frames["citations_received"].groupby(["citing_year", "year", "citations"])["n_papers"].sum()
    assert received.to_dict() == expected


def test_taken_in_parts_the_tables_are_the_same_bytes(odd, tmp_path, monkeypatch):
    _, folder, whole = odd
    monkeypatch.setattr(engines, "ROWS_A_GIGABYTE", 300)
    with engines.connect() as engine:
        read = engine.read(folder)
        assert engine.parts(read["authorships"]) > 3
        parted = count.count_down(read, engine)
    assert written(parted, tmp_path / "parted") == written(whole, tmp_path / "whole")


def test_parts_hold_every_row_once(odd):
    _, folder, _ = odd
    with engines.connect() as engine:
        works = engine.read(folder)["works"]
        parts = [expressions.part_of(works, "work_id", part, 5).execute() for part in range(5)]
        assert sorted(pd.concat(parts)["work_id"]) == sorted(works.execute()["work_id"])
        assert sum(bool(len(part)) for part in parts) == 5


@pytest.mark.skipif(
    not (importlib.util.find_spec("pyspark") and shutil.which("java")), reason="Spark needs `make extras` and Java"
)
def test_spark_gives_the_same_bytes_as_duckdb(tmp_path, monkeypatch):
    def collect(raw, folder):
        write_parts(folder, odd_records(3, works=120))
        (folder / "rejects" / "part-00000.parquet").unlink()  # a kind without any file
        return {"title": "odd", "is_sample": True}

    odd = Source("odd", collect, lambda raw: EVERYTHING)
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    for engine in engines.ENGINES:
        build.build_tables(odd, tmp_path, tmp_path / engine, engine=engine, memory="600MB")
    spark, duckdb = (
        {path.name: path.read_bytes() for path in (tmp_path / engine / "odd").iterdir()}
        for engine in ("spark", "duckdb")
    )
    assert set(spark) == {"manifest.json", *(f"{name}.csv" for name in tables.SCHEMAS)}
    assert spark == duckdb


class Noting(engines.Engine):
    """Runs nothing: notes every expression that a build would run, over tables that are not there."""

    def __init__(self, n_parts):
        super().__init__(None)
        self.n_parts, self.noted = n_parts, {}

    def parts(self, authorships):
        return self.n_parts

    def keep(self, name, expression):
        return self.add(name, expression)

    def add(self, name, expression):
        self.noted[f"{name} {len(self.noted)}"] = expression
        self.kept[name] = ibis.table(expression.schema(), name=name.replace(" ", "_"))
        return self.kept[name]

    def fetch(self, expression):
        self.add("fetched", expression)
        return pd.DataFrame({name: [2040] for name in expression.columns})


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("parts", [1, 2])
def test_every_expression_compiles(dialect, parts):
    if dialect == "pyspark":
        pytest.importorskip("pyspark")
        ibis.pyspark  # noqa: B018  Ibis reads this engine's settings when it is first named
    noting = Noting(parts)
    count.count_down(
        {kind: ibis.table(ibis.Schema.from_pyarrow(schema), name=kind) for kind, schema in records.SCHEMAS.items()},
        noting,
    )
    assert len(noting.noted) == (23 if parts == 1 else 44)
    for name, expression in noting.noted.items():
        text = str(ibis.to_sql(expression, dialect=dialect))
        (statement,) = sqlglot.parse(text, dialect=DIALECTS[dialect])
        assert set(statement.named_selects) in ({"*"}, set(expression.columns)), name


def test_credit_beyond_what_a_float_counts_exactly_stays_exact():
    count = 20_000  # so many papers of credit 1 - 10⁻⁶, and rests one unit short of a half
    parts = ibis.memtable(
        {
            "institution_id": ["a", "a"],
            "year": [2024, 2024],
            "category": ["x", "x"],
            "n_papers": [1, 1],
            "citations": [2, 3],
            "millionths": [count * 999_999, 0],
            "rest": [250_000, 249_999],
        }
    )
    numbered = ibis.memtable({"institution_id": ["a"], "number": [7]})
    exact = (
        expressions.institution_output(parts, numbered)
        .mutate(units=lambda table: (table.n_papers_fractional * 10**6).round().cast("int64"))
        .execute()
    )
    assert exact["units"].item() == count * 999_999
    assert (count * 999_999 * 10**6 + 499_999 + 500_000) / 10**6 >= count * 999_999 + 1  # as floats
    assert exact[["institution_id", "n_papers", "citations"]].values.tolist() == [[7, 2, 5]]


def test_records_of_another_type_are_cast_and_a_lacking_column_is_named(tmp_path):
    records.write(tmp_path, {"works": []})
    with engines.connect() as engine:
        wide = pa.table(
            {"year": pa.array([2024], pa.int64()), "extra": [1]}
            | {name: [None] for name in records.SCHEMAS["works"].names if name != "year"}
        )
        pq.write_table(wide, tmp_path / "works.parquet")
        read = engine.read(tmp_path)["works"]
        assert str(read.schema()["year"]) == "!int32" and read.columns == tuple(records.SCHEMAS["works"].names)
        assert read.year.execute().tolist() == [2024]
        pq.write_table(wide.drop_columns("year"), tmp_path / "works.parquet")
        with pytest.raises(InputError, match="the records of works have no column 'year'"):
            engine.read(tmp_path)


def test_duckdb_spills_beside_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with engines.connect(memory="100MB") as engine:
        engine.keep(
            "many", ibis.range(6_000_000).unnest().name("n").as_table().mutate(text=ibis._.n.hash().cast("string"))
        )
        assert list(tmp_path.glob("*/spilled/*"))
        assert engine.kept["many"].count().execute() == 6_000_000
    assert not list(tmp_path.iterdir())


def nobody_there():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "hive"}, "unknown engine 'hive'; there are: duckdb, spark"),
        ({"memory": "much"}, "--memory must be such as 500MB or 2GB, not 'much'"),
        ({"memory": "0GB"}, "--memory must be"),
        ({"master": "spark://127.0.0.1:7077"}, "--master is of Spark: add --engine spark"),
    ],
)
def test_an_engine_that_cannot_be_is_refused_before_anything_is_collected(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        build.build_tables(registry.get("proceedings"), tmp_path, tmp_path / "tables", **options)
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    ("master", "message"),
    [
        ("yarn", "--master must be spark://host:port, not 'yarn'"),
        ("spark://127.0.0.1:{port}", r"no Spark master answers at spark://127.0.0.1:\d+ \("),
    ],
)
@pytest.mark.parametrize("named_by", ["option", "environment"])
def test_a_master_that_cannot_be_is_refused(tmp_path, monkeypatch, master, message, named_by):
    pytest.importorskip("pyspark")
    master = master.format(port=nobody_there())
    if named_by == "environment":
        monkeypatch.setenv(engines.MASTER_VARIABLE, master)
    with pytest.raises(InputError, match=message):
        count.tables_of(tmp_path, engine="spark", master=master if named_by == "option" else None)
    records.write(tmp_path, {})
    assert count.tables_of(tmp_path)["papers"].empty  # DuckDB takes no notice of the environment's


def test_too_little_memory_is_said_in_one_line(tmp_path):
    write_parts(tmp_path, odd_records(1))
    with pytest.raises(InputError, match="--memory 1MB is too little for these records; name more"):
        count.tables_of(tmp_path, memory="1MB")
