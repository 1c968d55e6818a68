"""How much a number hangs on which papers happened to be in the tables: the paper bootstrap.

The papers are no random sample of a population, so these are stability intervals, not confidence
intervals, and there are no p-values (Waltman 2016, QSS practice of the Leiden Ranking).
"""

import numpy as np
import pandas as pd

DRAWS = 2_000
LEVEL = 0.95


def draw_weights(papers: pd.DataFrame, rng: np.random.Generator, draws: int = DRAWS) -> np.ndarray:
    """Draw as many papers as there are, with replacement, `draws` times.

    All countries of a paper move together, because rows are drawn and not credits. Returns
    draws × rows: how often a paper of each row was drawn.
    """
    counts = papers["n_papers"].to_numpy()
    return rng.multinomial(counts.sum(), counts / counts.sum(), size=draws)


def interval(values: np.ndarray | pd.Series, level: float = LEVEL) -> tuple[float, float]:
    """Return the percentile interval that holds `level` of the draws."""
    low, high = np.quantile(np.asarray(values), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def probability(holds: np.ndarray | pd.Series) -> float:
    """Return the share of draws in which a relation holds."""
    return float(np.mean(holds))
