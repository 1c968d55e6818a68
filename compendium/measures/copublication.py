"""Co-publication: how many papers each two countries, or blocs, share."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.counting import paper_credit


def presence(papers: pd.DataFrame, compositions: pd.DataFrame, units: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return 1 where a row's papers bear an address of a unit, else 0 (rows × units)."""
    return paper_credit(papers, compositions, units, "whole")


def link_weight(present: pd.DataFrame, counting: str) -> pd.Series:
    """Return the weight of one paper's link between two of its units.

    Whole counting: 1. Fractional counting: 1 / (n - 1) for a paper of n units, so that each unit's
    links of a paper add up to 1 (Perianes-Rodriguez, Waltman & van Eck 2016, J. Informetr. 10(4)).
    """
    if counting == "whole":
        return pd.Series(1.0, index=present.index)
    return 1.0 / (present.sum(axis=1) - 1.0).clip(lower=1.0)


def copublications(
    papers: pd.DataFrame, compositions: pd.DataFrame, units: Mapping[str, Sequence[str]], counting: str = "whole"
) -> pd.DataFrame:
    """Return the symmetric matrix of shared papers, units × units, with zeros on the diagonal.

    counting : `whole`, or anything else for fractional links (see `link_weight`). A bloc is
        present once a paper, whichever of its members are on it.
    """
    present = presence(papers, compositions, units)
    weight = link_weight(present, counting) * papers["n_papers"]
    matrix = present.mul(weight, axis=0).T @ present
    return matrix.mask(np.eye(len(matrix), dtype=bool), 0.0)


def totals(papers: pd.DataFrame, compositions: pd.DataFrame, units: Mapping[str, Sequence[str]]) -> pd.Series:
    """Return the number of papers of each unit, whole counting."""
    return presence(papers, compositions, units).mul(papers["n_papers"], axis=0).sum()


def resampled_copublications(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    subject: str,
    weights: np.ndarray,
    counting: str = "whole",
) -> pd.DataFrame:
    """Return the papers that `subject` shares with each unit, for each draw of a paper bootstrap.

    weights : draws × rows of `papers`. The column of `subject` holds its own number of papers.
    """
    present = presence(papers, compositions, units)
    link = present.mul(present[subject] * link_weight(present, counting), axis=0)
    link[subject] = present[subject]
    return pd.DataFrame(weights @ link.to_numpy(), columns=list(units))
