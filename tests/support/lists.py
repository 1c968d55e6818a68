"""Small conference lists in upstream's form, made for tests."""

import gzip
import hashlib
import json


def paper(title="A paper", author="A B;C D", **fields):
    """Return a raw row with two authors, in the US and in China."""
    return {
        "title": title,
        "author": author,
        "status": "Poster",
        "track": "main",
        "aff": "MIT;Tsinghua University",
        "aff_domain": "mit.edu;tsinghua.edu.cn",
        "aff_unique_norm": "MIT;Tsinghua University",
        "aff_unique_index": "0;1",
        "aff_country_unique": "United States;China",
        "aff_country_unique_index": "0;1",
        "gs_citation": 3,
    } | fields


def lists(folder, **files):
    """Write lists below folder/paperlists; return their hashes by upstream path."""
    hashes = {}
    for name, rows in files.items():
        venue = name.rstrip("0123456789")
        content = json.dumps(rows).encode()
        path = folder / "paperlists" / venue / f"{name}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content))
        hashes[f"{venue}/{name}.json"] = hashlib.sha256(content).hexdigest()
    return hashes
