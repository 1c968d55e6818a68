"""Raw conference lists: take them from a folder, or fetch them from upstream by hash."""

import gzip
import hashlib
import json
import os
from pathlib import Path

import pooch
from tqdm import tqdm

from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

REPOSITORY = "papercopilot/paperlists"
COMMIT = "33f9884e652f05a768d2f216534d7f1e446a0cf7"
#: What upstream held between these months of 2026; the lists themselves bear no date.
SNAPSHOT = "2026-08 to 2026-10"
PINNED = PROJECT.reference / "paperlists.sha256"
_WEB = f"https://raw.githubusercontent.com/{REPOSITORY}/{COMMIT}/"
_LISTING = f"https://api.github.com/repos/{REPOSITORY}/git/trees/{COMMIT}?recursive=1"


class RawFileError(InputError):
    """A raw file that is missing, damaged, or not the one that was pinned."""


def pinned_hashes(path: Path = PINNED) -> dict[str, str]:
    """Return the SHA-256 of each pinned upstream file (uncompressed), by its path upstream."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return {name.strip(): digest for digest, name in (line.split(None, 1) for line in lines if line)}


def upstream_url() -> str:
    """Return where the lists are fetched from; `COMPENDIUM_UPSTREAM` names a mirror."""
    return os.environ.get("COMPENDIUM_UPSTREAM") or _WEB


def _local(folder: Path, name: str) -> Path | None:
    for candidate in (folder / f"{name}.gz", folder / name):
        if candidate.is_file():
            return candidate
    return None


def locate(folder: Path, hashes: dict[str, str]) -> dict[str, Path]:
    """Return the path of every file of `hashes`, fetching into `folder` what is not there.

    Fetched files are checked before they are put in place, so a fetch that was interrupted goes
    on where it stopped. Raises RawFileError where a file cannot be had.
    """
    found = {name: path for name in hashes if (path := _local(folder, name))}
    missing = sorted(set(hashes) - set(found))
    if not missing:
        return found
    print(
        f"{len(missing)} of {len(hashes)} raw files are not in {PROJECT.shown(folder)}; "
        f"fetching them from {upstream_url()}"
    )
    store = pooch.create(
        path=folder,
        base_url=upstream_url(),
        retry_if_failed=3,
        registry={name: f"sha256:{hashes[name]}" for name in missing},
    )
    pooch.get_logger().setLevel("ERROR")
    for name in tqdm(missing, unit="file", desc="fetching"):
        try:
            found[name] = Path(store.fetch(name))
        except Exception as error:  # the network has many ways to fail; all mean the same here
            raise RawFileError(
                f"{name}: not in {PROJECT.shown(folder)}, and fetching it from {upstream_url()} "
                f"failed ({type(error).__name__}: {error}). What was fetched so far is kept: run "
                "the same command again, or point COMPENDIUM_RAW at a folder that has the files."
            ) from error
    return found


def read(path: Path, name: str, sha256: str | None) -> bytes:
    """Return the content of a raw file, unpacked, after checking that it is the pinned one.

    Raises RawFileError, naming the file and what to do, where it is damaged or another.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise RawFileError(
            f"{path.name}: cannot be unpacked ({error}); delete it and run again to fetch it anew"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256:
        raise RawFileError(
            f"{path.name}: its content has SHA-256 {digest[:12]}…, but {name} of upstream commit "
            f"{COMMIT[:12]} has {sha256[:12]}…; delete it and run again to fetch it anew"
        )
    return content


def all_upstream_files(folder: Path) -> dict[str, str]:
    """Fetch every list of the upstream commit into `folder`; return their SHA-256 by path.

    Upstream's listing gives each file's git object id, which stands for its content; the files
    are checked against it. The listing is kept beside them, so that a second run asks nothing.
    """
    try:
        listing = pooch.retrieve(
            os.environ.get("COMPENDIUM_UPSTREAM_LISTING") or _LISTING,
            known_hash=None,
            path=folder,
            fname=f"listing-{COMMIT[:12]}.json",
        )
    except Exception as error:
        raise RawFileError(f"the listing of upstream's files could not be fetched ({error})") from error
    tree = json.loads(Path(listing).read_text(encoding="utf-8"))["tree"]
    wanted = {
        item["path"]: item["sha"] for item in tree if item["path"].endswith(".json") and item["path"].count("/") == 1
    }
    hashes = {}
    for name, object_id in tqdm(sorted(wanted.items()), unit="file", desc="fetching"):
        path = _local(folder, name) or Path(
            pooch.retrieve(
                upstream_url() + name, known_hash=None, path=folder / Path(name).parent, fname=Path(name).name
            )
        )
        content = read(path, name, None)
        if hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() != object_id:
            raise RawFileError(
                f"{name}: its content is not upstream's; delete {path.name} and run again to fetch it anew"
            )
        hashes[name] = hashlib.sha256(content).hexdigest()
    return hashes
