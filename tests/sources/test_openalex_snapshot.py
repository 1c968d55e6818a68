"""A snapshot in the layout of 2026 → records: streaming by part, resumed, newest copy, parts that fail."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.openalex_files import author, institution, records, topic, work, write_lines

from benchmarks.synthetic import openalex as openalex_generator
from compendium.project.errors import InputError
from compendium.sources.openalex import scan
from compendium.sources.openalex import snapshot as openalex_snapshot

FIRST, SECOND = "updated_date=2026-01-01/part_0000.gz", "updated_date=2026-02-01/part_0000.gz"


def snapshot(folder, manifest=True, **files):
    """Write a snapshot: items by file name, `{partition}__{part}`; return the folder of works."""
    works = folder / "data" / "jsonl" / "works"
    counts = {}
    for name, items in files.items():
        date, part = name.split("__")
        name = f"updated_date={date[1:].replace('_', '-')}/{part}.gz"
        write_lines(works / name, items)
        counts[name] = len(items)
    if manifest:
        openalex_generator.write_manifest(works, "jsonl", "works", counts)
    return works


def two_parts(folder, **options):
    return snapshot(
        folder,
        d2026_01_01__part_0000=[work(1), work(2)],
        d2026_02_01__part_0000=[work(3), work(4, type="other")],
        **options,
    )


def collect(folder, **options):
    return openalex_snapshot.collect(folder, folder / "records", jobs=1, **options)


def ids(folder):
    return [row[0] for row in records(folder / "records")["works"]]


def test_a_snapshot_becomes_records_and_says_what_it_is(tmp_path):
    two_parts(tmp_path)
    about = collect(tmp_path)
    assert ids(tmp_path) == ["W1", "W2", "W3"]
    assert about["rows_read"] == 4 and about["rows_outside"] == 1 and about["date"] == "2026-06-26"
    assert about["records"] == {"works": 3, "citations_by_year": 3, "authorships": 3, "institutions": 1, "rejects": 0}
    assert about["is_sample"] is False
    assert about["asked"]["subfields"] == ("1702",) and "1702" in about["title"] and "2026-06-26" in about["title"]
    assert about["parts_unreadable"] == about["parts_not_in_manifest"] == [] and not about["record_count_differences"]
    assert str(tmp_path) not in json.dumps(about)


def test_without_a_manifest_the_newest_partition_dates_the_snapshot(tmp_path):
    two_parts(tmp_path, manifest=False)
    assert collect(tmp_path)["date"] == "2026-02-01"


@pytest.mark.parametrize("below", ["data/jsonl", "jsonl", "openalex-snapshot/data/jsonl", ""])
def test_the_folder_may_be_named_at_any_height(tmp_path, below):
    works = two_parts(tmp_path / "made")
    (tmp_path / "raw" / below).mkdir(parents=True, exist_ok=True)
    works.rename(tmp_path / "raw" / below / "works")
    about = openalex_snapshot.collect(tmp_path / "raw", tmp_path / "records", jobs=1)
    assert about["records"]["works"] == 3


def test_an_address_is_read_like_a_folder(tmp_path):
    two_parts(tmp_path / "made")
    about = openalex_snapshot.collect(tmp_path, tmp_path / "records", snapshot=f"file://{tmp_path}/made", jobs=1)
    assert about["records"]["works"] == 3


def test_both_forms_give_the_same_records(tmp_path):
    found = {}
    for form in ("jsonl", "parquet"):
        openalex_generator.write_snapshot(tmp_path, 300, form=form, share=0.5, works_per_part=100, jobs=1)
        about = openalex_snapshot.collect(tmp_path, tmp_path / form, form=form)
        assert about["rows_read"] == 300 and about["format"] == form and about["institutions_read"] == 6000
        found[form] = records(tmp_path / form)
    assert found["jsonl"] == found["parquet"]
    assert len(found["jsonl"]["works"]) > 50 and all(row[4] and row[6] for row in found["jsonl"]["institutions"])


def test_two_collections_leave_equal_bytes(tmp_path):
    openalex_generator.write_snapshot(tmp_path, 200, share=0.5, works_per_part=50, jobs=1)
    for name in ("one", "two"):
        openalex_snapshot.collect(tmp_path, tmp_path / name, jobs=2)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.parquet"))
    assert files and all(
        (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files
    )


def test_the_newest_copy_wins_over_partitions_and_stale_files(tmp_path):
    works = snapshot(
        tmp_path,
        d2026_01_01__part_0000=[work(1, cited_by_count=1, updated_date="2026-01-01"), work(2)],
        d2026_02_01__part_0000=[
            work(1, cited_by_count=2, updated_date="2026-02-01"),
            work(3, updated_date="2026-02-01", primary_topic=topic(1707)),
        ],
    )
    stale = "updated_date=2025-01-01/part_0000.gz"
    write_lines(
        works / stale,
        [work(3, updated_date="2025-01-01"), work(1, updated_date="2025-01-01"), work(4, updated_date="2025-01-01")],
    )
    about = collect(tmp_path)
    found = records(tmp_path / "records")
    assert [(row[0], row[-1]) for row in found["works"]] == [("W1", 2), ("W2", 3), ("W4", 3)]
    assert (
        [row[0] for row in found["authorships"]] == [row[0] for row in found["citations_by_year"]] == ["W1", "W2", "W4"]
    )
    assert [row[::3] for row in found["rejects"]] == [
        (f"{stale} line 1", "older copy of W3; a newer one is kept"),
        (f"{stale} line 2", "older copy of W1; a newer one is kept"),
        (f"{FIRST} line 1", "older copy of W1; a newer one is kept"),
    ]
    assert about["parts_not_in_manifest"] == [stale]
    assert about["records"]["works"] + about["records"]["rejects"] + about["rows_outside"] == about["rows_read"] == 7


def test_a_converted_part_is_not_read_again(tmp_path):
    works = two_parts(tmp_path)
    whole = (works / SECOND).read_bytes()
    (works / SECOND).write_bytes(whole[:-30])
    with pytest.raises(InputError) as raised:
        collect(tmp_path)
    assert SECOND in str(raised.value) and FIRST not in str(raised.value) and str(tmp_path) not in str(raised.value)
    assert "1 of 2 parts" in str(raised.value) and not (tmp_path / "records").exists()
    (works / FIRST).write_bytes(b"x" * (works / FIRST).stat().st_size)  # whoever reads it again fails
    (works / SECOND).write_bytes(whole)
    assert collect(tmp_path)["records"]["works"] == 3 and ids(tmp_path) == ["W1", "W2", "W3"]
    (works / FIRST).unlink()  # converted and listed: not needed any more
    assert collect(tmp_path)["records"]["works"] == 3


def test_another_selection_or_another_snapshot_is_converted_anew(tmp_path):
    works = two_parts(tmp_path)
    collect(tmp_path)
    assert collect(tmp_path, types=("all",))["records"]["works"] == 4
    write_lines(works / FIRST, [work(1), work(9)])
    manifest = json.loads((works / "manifest.json").read_text())
    (works / "manifest.json").write_text(json.dumps(manifest | {"date": "2026-09-30"}))
    collect(tmp_path)
    assert ids(tmp_path) == ["W1", "W3", "W9"]


def test_a_part_that_was_interrupted_is_converted_anew(tmp_path):
    two_parts(tmp_path)
    collect(tmp_path)
    before = records(tmp_path / "records")
    for counts in (tmp_path / ".records-parts").rglob("counts.json"):
        counts.unlink()  # as if the process had been killed before a part was whole
    collect(tmp_path)
    assert records(tmp_path / "records") == before


def test_an_unreadable_part_can_be_left_out_and_is_named(tmp_path, capsys):
    works = two_parts(tmp_path)
    (works / SECOND).write_bytes(b"no gzip")
    about = collect(tmp_path, allow_unreadable=True)
    assert about["parts_unreadable"] == [SECOND] and about["is_sample"] is True
    assert ids(tmp_path) == ["W1", "W2"] and SECOND in capsys.readouterr().out


def test_a_part_that_the_manifest_lists_and_is_not_there_is_named(tmp_path):
    works = two_parts(tmp_path)
    (works / SECOND).unlink()
    with pytest.raises(InputError, match="2026-02-01/part_0000.gz .listed in manifest.json, but not there"):
        collect(tmp_path)


def test_nothing_readable_is_an_error_even_where_parts_may_be_left_out(tmp_path):
    works = two_parts(tmp_path)
    for name in (FIRST, SECOND):
        (works / name).write_bytes(b"no gzip")
    with pytest.raises(InputError, match="2 of 2 parts cannot be read"):
        collect(tmp_path, allow_unreadable=True)


def test_an_unreadable_parquet_part_is_named(tmp_path):
    openalex_generator.write_snapshot(tmp_path, 40, form="parquet", works_per_part=20, jobs=1)
    part = sorted((tmp_path / "data" / "parquet" / "works").glob("*/*.parquet"))[0]
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(InputError, match="1 of 2 parts cannot be read: updated_date=2026-01-15/part_0000.parquet"):
        collect(tmp_path)


def test_a_record_count_that_differs_is_told(tmp_path, capsys):
    works = two_parts(tmp_path)
    write_lines(works / FIRST, [work(1)])
    about = collect(tmp_path)
    assert about["record_count_differences"] == {FIRST: "1 read, manifest 2"}
    assert "record count differs" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", "[]", '{"files": 3}', '{"files": [{}]}', '{"files": [{"url": "x"}]}'])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, content):
    (two_parts(tmp_path) / "manifest.json").write_text(content)
    with pytest.raises(InputError, match="manifest.json of works: cannot be read"):
        collect(tmp_path)


def test_no_snapshot_is_one_line_that_says_what_was_expected(tmp_path):
    with pytest.raises(InputError, match="no OpenAlex snapshot there; expected data/jsonl/works"):
        collect(tmp_path)
    with pytest.raises(InputError, match="choose one of: parquet, jsonl"):
        collect(tmp_path, form="csv")


def test_institutions_of_the_snapshot_give_city_and_place(tmp_path):
    two_parts(tmp_path)
    geo = {"city": "Hong Kong", "country_code": "HK", "latitude": 22.3, "longitude": 114.2}
    write_lines(tmp_path / "data" / "jsonl" / "institutions" / FIRST, [institution(1, "HK", geo=geo)])
    collect(tmp_path)
    assert records(tmp_path / "records")["institutions"] == [
        ("I1", "Institute 1", "https://ror.org/01", "education", "Hong Kong", "HK", 22.3, 114.2)
    ]


def write_parquet(path, items):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(items), path)


def test_parquet_columns_may_be_missing_be_text_or_hold_more(tmp_path):
    place = tmp_path / "data" / "parquet" / "works" / "updated_date=2026-01-01"
    whole = work(1, authorships=[author(1, [institution()], raw_author_name="N. N.")])
    write_parquet(place / "part_0000.parquet", [whole | {"title": "one"}])
    write_parquet(
        place / "part_0001.parquet",
        [
            work(2, **{name: json.dumps(work()[name]) for name in ("primary_topic", "authorships", "counts_by_year")}),
            work(
                3, **{name: json.dumps(work()[name]) for name in ("primary_topic", "counts_by_year")}, authorships="{"
            ),
        ],
    )
    write_parquet(
        place / "part_0002.parquet", [{key: work(4)[key] for key in ("id", "publication_year", "primary_topic")}]
    )
    about = collect(tmp_path)
    found = records(tmp_path / "records")
    assert [row[0] for row in found["works"]] == ["W1", "W2", "W4"] and about["rows_read"] == 4
    assert [row[0] for row in found["citations_by_year"]] == ["W1", "W2"]
    assert [row[:3] for row in found["authorships"]] == [("W1", 1, "A1"), ("W2", 1, "A1"), ("W4", 1, None)]
    assert [row[::3] for row in found["rejects"]] == [
        ("updated_date=2026-01-01/part_0001.parquet line 2", "authorships is not a list")
    ]


def test_a_parquet_reject_names_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "BATCH", 100)
    place = tmp_path / "data" / "parquet" / "works" / "updated_date=2026-01-01"
    items = [work(number, primary_topic=topic(1702 if number % 3 else 1707)) for number in range(1, 301)]
    for row in (152, 299):
        items[row - 1] = work(row, publication_year=99)
    write_parquet(place / "part_0000.parquet", items)
    about = collect(tmp_path)
    assert [row[0] for row in records(tmp_path / "records")["rejects"]] == [
        f"updated_date=2026-01-01/part_0000.parquet line {row}" for row in (152, 299)
    ]
    assert about["rows_outside"] == 100 and about["records"]["works"] == 198 and about["rows_read"] == 300


NEWER = {"updated_date": "2026-03-01T00:00:00", "primary_topic": topic(1707)}
#: Works of two parts: outside works are told apart before the others are read, and count all the same.
TRICKY = {
    "2026-01-01": [
        *(work(number, updated_date="2026-01-01T00:00:00") for number in range(1, 8)),
        work(2, **NEWER),
        work(8, primary_topic=topic(1707), updated_date="2020-01-01T00:00:00"),
        work(8, updated_date="2026-01-01T00:00:00"),
    ],
    "2026-02-01": [
        work(1, **NEWER),
        work(3, **NEWER, id="W3"),
        work(4, **NEWER, id="http://openalex.org/W4"),
        work(5, **NEWER, id=" 5"),
        work(6, **NEWER, id="https://openalex.org/W6.0"),
        work(0, **NEWER, id=None),
        work(7, **NEWER | {"updated_date": None}),  # as old as its partition, which is newer
        work(9, primary_topic=topic("x")),
        work(10, primary_topic=None),
        work(11, primary_topic={"id": None, "subfield": {"id": "1702"}}),
        work(12, primary_topic={"id": None, "subfield": {"id": None}}),
    ],
}


@pytest.mark.parametrize("batch", [1, 4, 20_000])
@pytest.mark.parametrize("date_kind", ["text", "time"])
def test_what_is_told_apart_early_counts_all_the_same(tmp_path, monkeypatch, batch, date_kind):
    monkeypatch.setattr(scan, "BATCH", batch)
    for date, items in TRICKY.items():
        write_lines(tmp_path / "data" / "jsonl" / "works" / f"updated_date={date}" / "part_0000.gz", items)
        table = pa.Table.from_pylist(items)
        if date_kind == "time":
            times = table["updated_date"].cast(pa.timestamp("us"))
            table = table.set_column(table.schema.get_field_index("updated_date"), "updated_date", times)
        place = tmp_path / "data" / "parquet" / "works" / f"updated_date={date}" / "part_0000.parquet"
        place.parent.mkdir(parents=True)
        pq.write_table(table, place)
    for form in ("jsonl", "parquet"):
        about = openalex_snapshot.collect(tmp_path, tmp_path / form, form=form, jobs=1)
        found = records(tmp_path / form)
        assert [row[0] for row in found["works"]] == ["W11", "W5", "W6", "W8"]
        assert sorted(row[3].split(";")[0] for row in found["rejects"]) == [
            *(f"older copy of W{number}" for number in (1, 2, 3, 4, 7)),
            *["primary_topic has no subfield that can be read"] * 2,
        ]
        assert about["rows_outside"] == 10 and about["rows_read"] == 21


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.bool_(), pa.list_(pa.string())])
def test_parquet_columns_of_another_type_end_no_reading(tmp_path, kind):
    """Ids and dates that are no text are unknown: the works outside are counted, the others rejected."""
    place = tmp_path / "data" / "parquet" / "works" / "updated_date=2026-01-01"
    items = [work(1), work(2, primary_topic=topic(1707)), work(3, primary_topic=None)]
    table = pa.Table.from_pylist(items)
    for name in ("id", "updated_date"):
        table = table.set_column(table.schema.get_field_index(name), name, pa.nulls(3, kind))
    place.mkdir(parents=True)
    pq.write_table(table, place / "part_0000.parquet")
    about = collect(tmp_path)
    assert about["rows_outside"] == 2 and [row[3] for row in records(tmp_path / "records")["rejects"]] == [
        "id is no work id: missing"
    ]


def test_generated_works_have_the_bytes_of_real_ones(raw, tmp_path):
    def mean_sizes(lines):
        works = [json.loads(line) for line in lines]
        return {
            field: sum(len(json.dumps(one[field], ensure_ascii=False)) for one in works) / len(works)
            for field in ("authorships", "counts_by_year", "concepts", "abstract_inverted_index", "referenced_works")
        }

    real = gzip.decompress((raw / "openalex" / "works_sample.jsonl.gz").read_bytes()).decode().splitlines(keepends=True)
    made = list(openalex_generator.works(0, 600, 0, 0.1, 1_000, "2026-01-01", 600))
    real_bytes, made_bytes = ("".join(lines).encode() for lines in (real, made))
    assert len(made_bytes) / len(made) == pytest.approx(len(real_bytes) / len(real), rel=0.15)
    assert len(gzip.compress(made_bytes)) / len(made) == pytest.approx(
        len(gzip.compress(real_bytes)) / len(real), rel=0.2
    )
    made_sizes = mean_sizes(made)
    for field, mean in mean_sizes(real).items():
        assert made_sizes[field] == pytest.approx(mean, rel=0.5), field


def test_the_generator_follows_its_seed(tmp_path):
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        openalex_generator.write_snapshot(tmp_path / name, 60, seed=seed, works_per_part=30, jobs=1)

    def content(name):
        return {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.gz")}

    assert content("one") == content("two") != content("three")
