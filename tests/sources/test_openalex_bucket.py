"""The snapshot read out of a bucket: the same records as of a folder, and no more bytes than are needed."""

import json
import socket

import pytest
from support.bucket_server import BucketServer
from support.openalex_files import records

from benchmarks.synthetic import openalex as openalex_generator
from compendium.project.errors import InputError
from compendium.sources.openalex import snapshot

PART = "works/updated_date=2026-01-15/part_0000"
ENDINGS = {"jsonl": "gz", "parquet": "parquet"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A synthetic snapshot of three parts, in both forms."""
    folder = tmp_path_factory.mktemp("bucket")
    for form in ENDINGS:
        openalex_generator.write_snapshot(folder, 600, form=form, share=0.5, works_per_part=200, jobs=1)
    return folder


@pytest.fixture
def bucket(files):
    with BucketServer(files) as server:
        yield server


def collect(bucket, folder, **options):
    return snapshot.collect(
        folder / "nothing", folder / "records", snapshot="s3://openalex", endpoint=bucket.url, **options
    )


@pytest.mark.parametrize("form", ENDINGS)
def test_a_bucket_gives_the_records_of_a_folder(files, bucket, tmp_path, form):
    about = collect(bucket, tmp_path, form=form)
    said = snapshot.collect(files, tmp_path / "folder", form=form)
    assert records(tmp_path / "records") == records(tmp_path / "folder")
    assert about == said and about["rows_read"] == 600 and about["institutions_read"] == 6000
    assert bucket.url not in json.dumps(about)
    assert not list(tmp_path.rglob("*fetched*")), "what was fetched goes"


def test_of_parquet_only_the_needed_columns_are_read(files, bucket, tmp_path):
    collect(bucket, tmp_path, form="parquet")
    sizes = {path.relative_to(files).as_posix(): path.stat().st_size for path in files.rglob("*.parquet")}
    for key, size in sizes.items():
        if "/works/" in key:
            assert 0 < bucket.sent(key) < 0.2 * size


def test_a_server_that_is_busy_is_asked_again(bucket, tmp_path):
    bucket.busy = 2
    assert collect(bucket, tmp_path)["rows_read"] == 600


@pytest.mark.parametrize("form", ENDINGS)
def test_a_part_that_is_refused_is_named_and_the_others_are_not_asked_for_again(bucket, tmp_path, form):
    key = f"data/{form}/{PART}.{ENDINGS[form]}"
    bucket.refused.add(key)
    with pytest.raises(InputError) as raised:
        collect(bucket, tmp_path, form=form)
    assert "1 of 3 parts" in str(raised.value) and PART.split("/", 1)[1] in str(raised.value)
    assert str(tmp_path) not in str(raised.value) and not (tmp_path / "records").exists()
    bucket.refused.clear()
    bucket.log.clear()
    assert collect(bucket, tmp_path, form=form)["rows_read"] == 600
    assert {name for _, name, _ in bucket.log if "/works/updated_date" in name} == {key}


def test_where_many_parts_in_a_row_fail_it_stops_and_goes_on_later(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "MOST_IN_A_ROW", 2)
    keys = {
        f"data/jsonl/works/updated_date={date}/part_000{number}.gz"
        for date, number in (("2026-01-15", 1), ("2026-06-24", 0))
    }
    bucket.refused |= keys
    with pytest.raises(InputError, match=r"2 parts in a row could not be read, the last one .*run the same command"):
        collect(bucket, tmp_path, form="jsonl", jobs=1)
    bucket.refused.clear()
    bucket.log.clear()
    assert collect(bucket, tmp_path, form="jsonl")["rows_read"] == 600
    assert {name for _, name, _ in bucket.log if "/works/updated_date" in name} == keys


def test_institutions_that_are_refused_are_named_and_the_works_are_kept(bucket, tmp_path):
    key = "data/jsonl/institutions/updated_date=2026-06-26/part_0000.gz"
    bucket.refused.add(key)
    with pytest.raises(InputError, match="institutions of s3://openalex: cannot be fetched"):
        collect(bucket, tmp_path, form="jsonl")
    bucket.refused.clear()
    bucket.log.clear()
    assert collect(bucket, tmp_path, form="jsonl")["institutions_read"] == 6000
    assert not [name for _, name, _ in bucket.log if "/works/updated_date" in name]


def test_a_bucket_that_cannot_be_reached_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(InputError, match="s3://openalex: cannot be listed"):
        snapshot.collect(tmp_path, tmp_path / "records", snapshot="s3://openalex", endpoint=f"http://127.0.0.1:{port}")


def test_an_address_of_another_kind_says_which_there_are(tmp_path):
    with pytest.raises(InputError, match=r"https://openalex\.org: expected a folder, file://…, or s3://"):
        snapshot.collect(tmp_path, tmp_path / "records", snapshot="https://openalex.org")
