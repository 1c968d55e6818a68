"""Raw files that are not there are fetched by hash, over a real server on this machine."""

import gzip
import hashlib
import http.server
import json
import threading
from functools import partial

import pytest

from compendium.sources.proceedings import fetch


@pytest.fixture
def upstream(tmp_path, monkeypatch):
    """A server of two lists; returns its folder, their hashes, and what was asked for."""
    folder = tmp_path / "upstream"
    hashes = {}
    for name in ("ijcai/ijcai2024.json", "uai/uai2024.json"):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps([{"title": name, "author": "A B"}]))
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COMPENDIUM_UPSTREAM", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("COMPENDIUM_UPSTREAM_LISTING", f"http://127.0.0.1:{server.server_port}/listing.json")
    yield folder, hashes, asked
    server.shutdown()
    server.server_close()


def test_what_is_missing_is_fetched_and_what_is_there_is_not(upstream, tmp_path):
    folder, hashes, asked = upstream
    raw = tmp_path / "raw"
    (raw / "uai").mkdir(parents=True)
    content = (folder / "uai/uai2024.json").read_bytes()
    (raw / "uai/uai2024.json.gz").write_bytes(gzip.compress(content))
    found = fetch.locate(raw, hashes)
    assert asked == ["/ijcai/ijcai2024.json"]
    assert fetch.read(found["uai/uai2024.json"], "uai/uai2024.json", hashes["uai/uai2024.json"]) == content
    fetch.locate(raw, hashes)
    assert len(asked) == 1


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(upstream, tmp_path):
    folder, hashes, asked = upstream
    (folder / "uai/uai2024.json").rename(tmp_path / "away")
    with pytest.raises(fetch.RawFileError, match=r"uai/uai2024.json: .*failed.*run the same command again"):
        fetch.locate(tmp_path / "raw", hashes)
    (tmp_path / "away").rename(folder / "uai/uai2024.json")
    asked.clear()
    assert set(fetch.locate(tmp_path / "raw", hashes)) == set(hashes)
    assert asked == ["/uai/uai2024.json"]


def test_another_content_upstream_is_not_put_in_place(upstream, tmp_path):
    folder, hashes, _ = upstream
    (folder / "uai/uai2024.json").write_text("[]")
    with pytest.raises(fetch.RawFileError, match="uai/uai2024.json"):
        fetch.locate(tmp_path / "raw", hashes)
    assert not (tmp_path / "raw/uai/uai2024.json").exists()


def test_all_files_of_the_commit_are_checked_against_its_listing(upstream, tmp_path):
    folder, hashes, _ = upstream
    tree = []
    for name in hashes:
        content = (folder / name).read_bytes()
        tree.append({"path": name, "sha": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()})
    tree.append({"path": "README.md", "sha": "0" * 40})
    (folder / "listing.json").write_text(json.dumps({"tree": tree}))
    assert fetch.all_upstream_files(tmp_path / "raw") == hashes
    (tmp_path / "raw/uai/uai2024.json").write_text("[]")
    with pytest.raises(fetch.RawFileError, match="uai/uai2024.json: its content is not upstream's"):
        fetch.all_upstream_files(tmp_path / "raw")


def test_the_pinned_list_is_complete():
    pinned = fetch.pinned_hashes()
    assert len(pinned) == 214
    assert all(len(digest) == 64 for digest in pinned.values())
