"""What the evaluation of a claim gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.measures.network import TIE_DECIMALS
from compendium.multiverse.samples import Samples


@dataclass(frozen=True)
class Found:
    """What an evaluator finds: specifications × (1 + draws), the first the papers as they are.

    value : the estimate. holds : whether the relation holds. judged : what is said of the papers as
    they are, where that is not `holds` (None: cannot tell). ends : low and high end of the interval
    of each specification, where it is not the percentile interval of the draws.
    """

    value: np.ndarray
    holds: np.ndarray
    judged: Sequence[bool | None] | None = None
    ends: tuple[np.ndarray, np.ndarray] | None = None


def divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; missing where both are zero, infinite where only the denominator is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return numerator / denominator


def above_one(ratio: np.ndarray) -> np.ndarray:
    """Tell which ratios are above 1; what differs from 1 further on is arithmetic, and a tie."""
    return ratio > 1 + 10.0**-TIE_DECIMALS


def table_of(specifications: pd.DataFrame, samples: Samples) -> np.ndarray:
    """Return an empty table: a row a specification, a column for the papers as they are and one a draw."""
    return np.full((len(specifications), 1 + samples.draws), np.nan)


def flat(tables: Mapping[object, np.ndarray]) -> pd.DataFrame:
    """Put tables of one shape into a frame with a column each, so that a measure reads all their cells."""
    frame = pd.DataFrame({name: table.ravel() for name, table in tables.items()}, copy=False)
    if all(isinstance(name, tuple) for name in tables):
        frame.columns = pd.MultiIndex.from_tuples(list(tables), names=["of", "with"])
    return frame
