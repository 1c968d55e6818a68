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

    >>> drawn = draw_weights(pd.DataFrame({"n_papers": [3, 1]}), np.random.default_rng(1), draws=5)
    >>> drawn.shape, drawn.sum(axis=1).tolist()
    ((5, 2), [4, 4, 4, 4, 4])
    """
    counts = papers["n_papers"].to_numpy()
    return rng.multinomial(counts.sum(), counts / counts.sum(), size=draws)


def interval(values: np.ndarray | pd.Series, level: float = LEVEL) -> tuple[float, float]:
    """Return the percentile interval that holds `level` of the draws.

    >>> interval(np.arange(101), level=0.5)
    (25.0, 75.0)
    """
    low, high = np.quantile(np.asarray(values), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def probability(holds: np.ndarray | pd.Series) -> float:
    """Return the share of draws in which a relation holds.

    >>> probability(np.array([True, True, False, True]))
    0.75
    """
    return float(np.mean(holds))


def ratio_interval(
    numerator: pd.DataFrame,
    denominator: pd.DataFrame | pd.Series,
    n_papers: pd.Series,
    weights: np.ndarray,
    scale: str = "logit",
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the symmetric bootstrap-t interval of ratios of two sums over papers, many at once.

    Where few papers hold most of a sum, as with citations, the percentile interval is too narrow:
    a draw that misses the large papers has a small spread too. Here each draw is measured in its own
    standard error, so that such draws count as far off. `validation.interval_coverage` shows what this gains.

    Parameters
    ----------
    numerator : what one paper of each row adds above, rows × columns; not negative.
    denominator : what it adds below; rows × the same columns, or one series for all of them.
    n_papers : papers of each row.
    weights : draws × rows, as `draw_weights` gives them.
    scale : `logit` for a share, the numerator being a part of the denominator, so that the ends
        lie between 0 and 1; `log` for any other ratio of two sums, whose ends lie above 0.

    Returns
    -------
    Frame with value, low, high, probability, a row for each column of `numerator`. The probability is
    that of a ratio above 1 (`logit`: of a share above one half), and is above 0.975 or below 0.025 just
    where the 95 % interval leaves 1 out. The ends are the value where all papers have the same ratio
    or one of the sums is zero, for then the draws tell nothing; they are 0 and 1 (`log`: 0 and
    infinity) where 5 % of the draws cannot be computed, as with three papers or fewer. Raises
    ValueError for another scale, or a share above 1.

    Sources: percentile-t, Davison & Hinkley 1997, ch. 5.2; symmetric, with error of smaller order,
    Hall 1988 (J. R. Stat. Soc. B 50(1)); standard errors by linearisation of the logarithm. The
    distances need no rate, so draws of fewer papers may be given as well (Romano & Wolf 1999).

    Where each paper has the same part there is nothing to be unsure of:

    >>> part, papers = pd.DataFrame({"CN": [0.5, 0.5]}), pd.Series([3, 1])
    >>> weights = draw_weights(pd.DataFrame({"n_papers": papers}), np.random.default_rng(1), 100)
    >>> ratio_interval(part, pd.Series([1.0, 1.0]), papers, weights).loc["CN", ["value", "low", "high"]].tolist()
    [0.5, 0.5, 0.5]
    """
    above, below = _two_parts(numerator, denominator, scale)
    odds, error = (found[0] for found in _log_ratio(above, below, n_papers.to_numpy()[np.newaxis]))
    drawn, drawn_error = _log_ratio(above, below, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(drawn - odds) / drawn_error
        distance[~np.isfinite(distance)] = np.inf
        nearer = np.mean(distance < np.abs(odds) / error, axis=0)
    last = int(np.ceil(level * len(distance))) - 1
    reach = np.zeros_like(error)
    np.multiply(np.partition(distance, last, axis=0)[last], error, out=reach, where=error > 0)
    probability = np.where(error > 0, (1 + np.sign(odds) * nearer) / 2, (odds > 0).astype(float))
    ends = np.array([odds, odds - reach, odds + reach])
    with np.errstate(over="ignore"):
        ends = 1 / (1 + np.exp(-ends)) if scale == "logit" else np.exp(ends)
    names = ("value", "low", "high", "probability")
    return pd.DataFrame(dict(zip(names, [*ends, probability], strict=True)), index=numerator.columns)


def _two_parts(
    numerator: pd.DataFrame, denominator: pd.DataFrame | pd.Series, scale: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a ratio compares: above and below, or for a share what is in it and what is not."""
    if scale not in ("logit", "log"):
        raise ValueError(f"scale={scale!r} is not possible; choose one of: logit, log")
    above = numerator.to_numpy(dtype=float)
    below = np.asarray(denominator, dtype=float).reshape(len(above), -1)
    if scale == "log":
        return above, below
    if (above > below + 1e-9 * np.abs(below)).any():
        raise ValueError("a share has its numerator within its denominator; choose scale='log'")
    return above, np.maximum(below - above, 0.0)


def _log_ratio(above: np.ndarray, below: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithm of Σ w above / Σ w below and its standard error, draws × columns.

    The error is √Σ w (above/A − below/B)², A and B being the two sums. It is 0 where all rows have the
    same ratio, and missing where a sum is 0.
    """
    weights = np.asarray(weights, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = weights @ above, weights @ below
        squares = (weights @ above**2) / first**2 + (weights @ below**2) / second**2
        product = above * below
        variance = squares - (2 * (weights @ product) / (first * second) if product.any() else 0.0)
        variance = np.where(variance <= 1e-12 * squares, 0.0, variance)  # what rounding leaves of a zero
        return np.log(first) - np.log(second), np.sqrt(variance)
