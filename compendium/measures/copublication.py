"""Co-publication: how many papers each two countries, or blocs, share."""

import numpy as np
import pandas as pd

from compendium.measures.weighted import Members, WeightedPapers, frame, weighted


def link_weight(present: np.ndarray, counting: str) -> np.ndarray:
    """Return the weight of one paper's link between two of its units, for each row of `present` (rows × units).

    Whole counting: 1. Fractional counting: 1 / (n - 1) for a paper of n units, so that each unit's
    links of a paper add up to 1 (Perianes-Rodriguez, Waltman & van Eck 2016, J. Informetr. 10(4)).

    >>> link_weight(np.array([[1, 1, 1], [1, 1, 0]]), "fractional")
    array([0.5, 1. ])
    """
    if counting == "whole":
        return np.ones(len(present))
    return 1.0 / np.maximum(present.sum(axis=1) - 1.0, 1.0)


def shared_papers(papers: WeightedPapers, units: Members, subject: str, counting: str = "whole") -> pd.DataFrame:
    """Return the papers that `subject` shares with each unit: lines × units.

    counting: `whole`, or anything else for fractional links (see `link_weight`). A bloc is present once a
    paper, whichever of its members are on it. The column of `subject` holds its own number of papers.

    Two papers of the UK with China and one with both China and the US:

    >>> from compendium.measures.weighted import hand_made
    >>> papers, units = hand_made([("CN GB", 2), ("CN GB US", 1)]), {"CN": ["CN"], "US": ["US"], "UK": ["GB"]}
    >>> shared_papers(papers, units, "UK").iloc[0].to_dict()
    {'CN': 3.0, 'US': 1.0, 'UK': 3.0}
    >>> shared_papers(papers, units, "UK", "fractional").iloc[0].to_dict()
    {'CN': 2.5, 'US': 0.5, 'UK': 3.0}
    """
    present, place = papers.present(units), list(units).index(subject)
    own = present[:, place]
    link = present * (own * link_weight(present, counting))[:, np.newaxis]
    link[:, place] = own
    return frame(papers.sums(link), units)


def copublications(
    papers: pd.DataFrame, compositions: pd.DataFrame, units: Members, counting: str = "whole"
) -> pd.DataFrame:
    """Return the symmetric matrix of shared papers, units × units, with zeros on the diagonal.

    counting: as in `shared_papers`.

    One paper of China with the US, and two of China with the US and the UK:

    >>> from compendium.measures.weighted import hand_made
    >>> papers = hand_made([("CN US", 1), ("CN US GB", 2)])
    >>> copublications(papers.rows, papers.compositions, {"CN": ["CN"], "US": ["US"], "UK": ["GB"]})
         CN   US   UK
    CN  0.0  3.0  2.0
    US  3.0  0.0  2.0
    UK  2.0  2.0  0.0
    """
    present = weighted(papers, compositions).present(units)
    weight = link_weight(present, counting) * papers["n_papers"].to_numpy(dtype=float)
    matrix = (present * weight[:, np.newaxis]).T @ present
    np.fill_diagonal(matrix, 0.0)
    return pd.DataFrame(matrix, index=list(units), columns=list(units))


def totals(papers: pd.DataFrame, compositions: pd.DataFrame, units: Members) -> pd.Series:
    """Return the number of papers of each unit, whole counting."""
    counted = weighted(papers, compositions)
    return frame(counted.sums(counted.present(units)), units).iloc[0]
