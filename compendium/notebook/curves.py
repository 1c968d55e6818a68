"""Curves of claims that a run evaluates once: the notebook that answers a claim, and those that show all of them."""

import hashlib
import json
import pickle
from typing import TYPE_CHECKING

from compendium import multiverse
from compendium.project.files import write_bytes
from compendium.project.folders import shared_dir

if TYPE_CHECKING:
    from compendium.claims import Claim


def curve(claim: "Claim", samples: multiverse.Samples) -> multiverse.Curve:
    """Return a claim under all its specifications; what another notebook of the same run has evaluated is read.

    Outside of a run nothing is kept.
    """
    folder = shared_dir()
    if folder is None:
        return multiverse.curve(claim, samples)
    place = folder / f"{claim.id}-{_digest(claim, samples)}.pickle"
    if place.is_file():
        return pickle.loads(place.read_bytes())  # written by this run
    found = multiverse.curve(claim, samples)
    write_bytes(place, pickle.dumps(found))
    return found


def _digest(claim: "Claim", samples: multiverse.Samples) -> str:
    """Return a digest of all that a curve hangs on, but for the code, which a run does not change."""
    frame = samples.frame
    manifest = frame.tables.manifest
    depends = {
        "tables": [manifest.get("name"), manifest["title"], manifest["tables"]],
        "year": frame.year,
        "threshold": frame.threshold,
        "categories": frame.in_force.get("categories", "all"),
        "in force": multiverse.in_force(claim, frame),
        "draws": samples.draws,
        "seed": samples.seed,
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]
