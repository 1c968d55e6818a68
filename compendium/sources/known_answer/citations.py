"""Citations of the simulated corpus: heavy-tailed, with planted shares that hold exactly but for rounding."""

from collections.abc import Mapping, Sequence

import numpy as np

from compendium.project.errors import InputError
from compendium.sources.known_answer.parameters import BLOCS, Parameters
from compendium.sources.known_answer.people import Works

SHARES: Mapping[str, str] = {
    "CN": "05-citation-share-china",
    "US": "06-citation-share-us",
    "EU": "07-citation-share-eu",
    "UK": "08-citation-share-uk",
}
ROUNDS, CLOSE = 2_000, 1e-9


def cells_of(p: Parameters, works: Works) -> np.ndarray:
    """Return for each work which of the four blocs are on it, as a number of four bits."""
    members = {"CN": ("CN",), "US": ("US",), "EU": tuple(p.weights["EU"]), "UK": ("GB",)}
    bit = np.zeros(len(p.codes) + 1, dtype=np.int64)  # the last one stands for no country
    for at, bloc in enumerate(BLOCS):
        bit[[p.codes.index(code) for code in members[bloc]]] = 1 << at
    return np.bitwise_or.reduce(bit[works.countries], axis=1)


def raked(start: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Return the part of all citations that each cell gets, so that each bloc has its share.

    Iterative proportional fitting (Deming & Stephan 1940, Ann. Math. Stat. 11): the cells with a
    bloc, and those without, are scaled in turn until all shares hold. Raises InputError if they
    never do, as when no paper is without any bloc.
    """
    parts = start / start.sum()
    inside = [(np.arange(len(start)) >> at & 1).astype(bool) for at in range(len(shares))]
    for _ in range(ROUNDS):
        for has, share in zip(inside, shares, strict=True):
            for cells, target in ((has, share), (~has, 1 - share)):
                total = parts[cells].sum()
                if total > 0:
                    parts[cells] *= target / total
        if all(abs(parts[has].sum() - share) < CLOSE for has, share in zip(inside, shares, strict=True)):
            return parts
    raise InputError(f"these shares of citations cannot hold together: {', '.join(map(str, shares))}")


def _dealt(weight: np.ndarray, cell: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Turn weights into whole citations whose sums by cell are those of `raked`.

    Rounding is of the running sum, so a cell misses its sum by less than one citation.
    """
    start = np.bincount(cell, weight, minlength=1 << len(shares))
    target = raked(start, shares) * weight.sum()
    scaled = weight * (target / np.where(start > 0, start, 1))[cell]
    order = np.argsort(cell, kind="stable")
    running = np.floor(np.cumsum(scaled[order]) + 0.5)
    dealt = np.zeros(len(weight), dtype=np.int64)
    dealt[order] = np.diff(running, prepend=0).astype(np.int64)
    return dealt


def citations_of(p: Parameters, works: Works, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each work its citations in the year, all so far, and whether they are known.

    The shares hold for the year's papers and for all older ones, so for both readings of the claims.
    """
    how, age = p.background["citations"], p.year - works.year
    known = rng.random(len(age)) >= p.background["unknown_citations"]
    mean = np.where(age > 0, how["mean_before"] * np.exp(-(age - 1) / how["decay"]), how["mean"])
    # A lognormal of mean 1.
    weight = mean * np.exp(rng.normal(-(how["spread"] ** 2) / 2, how["spread"], len(age)))
    cell, shares = cells_of(p, works), [p[SHARES[bloc]] for bloc in BLOCS]
    received = np.zeros(len(age), dtype=np.int64)
    for part in (known & (age == 0), known & (age > 0)):
        received[part] = _dealt(weight[part], cell[part], shares)
    so_far = np.floor(received * (1 + 0.8 * age)).astype(np.int64)
    return received, so_far, known
