"""Dependence: which part of a bloc's papers another bloc is on, raw and for the sizes of the two.

`collaboration` holds the indices for one matrix. Here they are computed from the papers, for every
draw of a paper bootstrap at once; `as_printed(papers)` as weights gives the estimate.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.copublication import presence
from compendium.measures.counting import WEST, paper_credit, with_union
from compendium.places.blocs import CHINAS, EUS, UNKNOWN, WEST_BLOCS, members

Units = Mapping[str, Sequence[str]]
Pair = tuple[str, str]
#: The share of whose papers, with whom, by whose it is; and the other way round.
WITH: Mapping[str, Pair] = {"CN": ("CN", WEST), "US": ("US", "CN"), "EU": ("EU", "CN"), "UK": ("UK", "CN")}
BACK: tuple[Pair, ...] = tuple(("CN", bloc) for bloc in WEST_BLOCS)
PAIRS: tuple[Pair, ...] = (*WITH.values(), *BACK)


def as_printed(papers: pd.DataFrame) -> np.ndarray:
    """Return the weights that give the papers as they are: one draw, each row as often as it stands."""
    return papers["n_papers"].to_numpy(dtype=float)[np.newaxis]


def without_each(papers: pd.DataFrame, column: str) -> tuple[list[str], np.ndarray]:
    """Return the groups in `column`, and for each the weights in which its papers weigh nothing."""
    groups = sorted(papers[column].unique())
    kept = [papers["n_papers"].where(papers[column] != group, 0) for group in groups]
    return groups, np.array(kept, dtype=float)


def partner_shares(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    blocs: Units,
    counting: str,
    weights: np.ndarray,
    pairs: Sequence[Pair] = PAIRS,
) -> pd.DataFrame:
    """Return s(X→Y), the part of X's papers that Y is on, for each draw and pair (X, Y).

    Parameters
    ----------
    blocs : bloc → ISO codes; a union of blocs is a bloc as well.
    counting : how X's papers count: `whole` each as one, else each by X's credit for it. Y is on a
        paper or not, under any counting.
    weights : draws × rows of `papers`.

    Fractions; missing where X has no papers. Source, for whole counting: `collaboration.dependence`.
    """
    credit = paper_credit(papers, compositions, blocs, counting)
    present = presence(papers, compositions, blocs)
    joint = np.column_stack([credit[x] * present[y] for x, y in pairs])
    own = np.column_stack([credit[x] for x, _ in pairs])
    columns = pd.MultiIndex.from_tuples(pairs, names=["of", "with"])
    return pd.DataFrame(weights @ joint, columns=columns) / (weights @ own)


def answers(shares: pd.DataFrame) -> pd.DataFrame:
    """Return what the claims are about: the four shares of `WITH`, and their asymmetry as `flow`.

    shares : as `partner_shares` gives them. `flow` is the least of the partners' shares with China
    over China's share with any of the three, or with the one of them that has most if that is more.
    """
    found = pd.DataFrame({whose: shares[pair] for whose, pair in WITH.items()})
    most = shares[[WITH["CN"], *BACK]].max(axis=1, skipna=False)
    return found.assign(flow=found[list(WEST_BLOCS)].min(axis=1, skipna=False) / most)


def relations(shares: pd.DataFrame) -> pd.DataFrame:
    """Tell for each of `answers` whether the relation that is claimed of it holds; a tie does not.

    China's share is below the three others; the US's between the EU's and the UK's; the EU's the
    lowest and the UK's the highest of the three; and for `flow` each partner has a larger share
    with China than China has with that partner, and than China has with any of the three.
    """
    with_china = pd.DataFrame({bloc: shares[WITH[bloc]] for bloc in WEST_BLOCS})
    with_them = pd.DataFrame({bloc: shares[("CN", bloc)] for bloc in WEST_BLOCS})
    china = shares[WITH["CN"]]
    return pd.DataFrame(
        {
            "CN": china < with_china.min(axis=1),
            "US": (with_china["US"] > with_china["EU"]) & (with_china["US"] < with_china["UK"]),
            "EU": with_china["EU"] < with_china[["US", "UK"]].min(axis=1),
            "UK": with_china["UK"] > with_china[["US", "EU"]].max(axis=1),
            "flow": (with_china > with_them).all(axis=1) & (with_china.min(axis=1) > china),
        }
    )


def most_moving(without: pd.DataFrame, estimate: pd.Series) -> str | None:
    """Return the row of `without` that differs most from the estimate; None where none can be computed."""
    moved = (without[estimate.index] - estimate).abs().max(axis=1).dropna()
    return moved.idxmax() if len(moved) else None


def size_quotients(shares: pd.Series, totals: pd.Series) -> pd.DataFrame:
    """Return, by partner, both shares of its pair with China, their quotient, and that of the papers.

    shares : as `partner_shares` gives them, whole counting; totals : papers of each bloc. The two
    quotients are equal, because both shares have the joint papers as numerator.
    """
    both = both_ways(shares)
    return both.assign(
        **{
            "quotient": both["on China"] / both["China on it"],
            "China's papers ÷ its": totals["CN"] / totals.reindex(both.index),
        }
    )


def both_ways(values: pd.Series) -> pd.DataFrame:
    """Return a value of each pair with China from both sides: rows partner, `on China`, `China on it`."""
    partners = [bloc for bloc in WEST_BLOCS if (bloc, "CN") in values.index]
    return pd.DataFrame(
        {
            "on China": [values[bloc, "CN"] for bloc in partners],
            "China on it": [values["CN", bloc] for bloc in partners],
        },
        index=partners,
    )


def share_options(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.DataFrame:
    """Return `partner_shares` under every option, as rows (counting, china, eu, missing)."""
    kept = {"keep": papers, "drop": papers[all_known(papers, compositions)]}
    options = {}
    for china, eu, missing in itertools.product(CHINAS, EUS, kept):
        blocs, rows = with_union(members(china, eu)), kept[missing]
        for counting in ("whole", "fractional", "country-fractional"):
            shares = partner_shares(rows, compositions, blocs, counting, as_printed(rows))
            options[counting, china, eu, missing] = shares.iloc[0]
    return pd.DataFrame(options).T.rename_axis(["counting", "china", "eu", "missing"])


def summary(estimate: pd.DataFrame, draws: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return value, low and high for each column: of one row, and of the draws of the same columns.

    Draws without a value are left out. The ends are drawn values, because between a number and
    infinity, which a ratio may be, there is nothing to interpolate.
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    known = [draws[column].dropna().to_numpy() for column in estimate]
    ends = [np.quantile(values, tails, method="inverted_cdf") if len(values) else (np.nan, np.nan) for values in known]
    return pd.DataFrame(ends, index=estimate.columns, columns=["low", "high"]).assign(value=estimate.iloc[0])[
        ["value", "low", "high"]
    ]


def pair_indices(
    papers: pd.DataFrame, compositions: pd.DataFrame, units: Units, pairs: Sequence[Pair], weights: np.ndarray
) -> dict[str, pd.DataFrame]:
    """Return size-adjusted indices of each pair (X, Y) for each draw, whole counting.

    Parameters
    ----------
    units : everybody who can be a partner, for RIC counts all links there are.

    `association strength` P_xy T / (P_x P_y) and `Salton` P_xy / √(P_x P_y) are of papers. `RIC` is
    (P_xy / C_x) / ((C_y − P_xy) / (C − C_x)) of links: a paper of n units has n (n − 1) / 2 of them,
    n − 1 of each unit. Sources: `association_strength`, `salton`, `relative_intensity` and
    `link_totals` in `collaboration`, which take one matrix.
    """
    present = presence(papers, compositions, units)
    first, second = ([pair[end] for pair in pairs] for end in (0, 1))
    joint = present[first].to_numpy() * present[second].to_numpy()
    columns = pd.MultiIndex.from_tuples(pairs, names=["of", "with"])
    shared = pd.DataFrame(weights @ joint, columns=columns)
    own = pd.DataFrame(weights @ present.to_numpy(), columns=present.columns)
    product = own[first].to_numpy() * own[second].to_numpy()
    others = present.sum(axis=1) - 1
    links = pd.DataFrame(weights @ present.mul(others, axis=0).to_numpy(), columns=present.columns)
    every = weights @ (present.sum(axis=1) * others / 2).to_numpy()[:, np.newaxis]
    of_x, of_y = links[first].to_numpy(), links[second].to_numpy()
    return {
        "association strength": shared * weights.sum(axis=1, keepdims=True) / product,
        "Salton": shared / np.sqrt(product),
        "RIC": (shared / of_x) / ((of_y - shared) / (every - of_x)),
    }


def all_known(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Tell which rows have no author of unknown country."""
    unknown = compositions.loc[compositions["country"] == UNKNOWN, "composition_id"].unique()
    return ~papers["composition_id"].isin(unknown)


def missing_countries(papers: pd.DataFrame, compositions: pd.DataFrame, blocs: Units, counting: str) -> pd.DataFrame:
    """Return the shares of `WITH` under three treatments of authors of unknown country.

    `keep` their papers; `drop` papers with such an author; or take `all for partners`, which is the
    most that the shares could be. Rows whose share, columns treatment, fractions.
    """
    known = papers[all_known(papers, compositions)]
    pairs = list(WITH.values())
    most = {**blocs, **{f"{name}?": (*blocs[name], UNKNOWN) for name in ("CN", WEST)}}
    taken = {
        "keep": partner_shares(papers, compositions, blocs, counting, as_printed(papers), pairs),
        "drop": partner_shares(known, compositions, blocs, counting, as_printed(known), pairs),
        "all for partners": partner_shares(
            papers, compositions, most, counting, as_printed(papers), [(x, f"{y}?") for x, y in pairs]
        ),
    }
    return pd.DataFrame({name: shares.iloc[0].to_numpy() for name, shares in taken.items()}, index=list(WITH))


def shares_by_group(
    papers: pd.DataFrame, compositions: pd.DataFrame, blocs: Units, column: str, least: int
) -> pd.DataFrame:
    """Return, for each group in `column`, China's `part` of its papers and the shares of `WITH`.

    Whole counting, fractions. A share of fewer than `least` papers is missing, for it says nothing.
    """
    rows = {}
    for group, inside in papers.groupby(column, sort=True):
        weights, present = as_printed(inside), presence(inside, compositions, blocs)
        own = pd.Series((weights @ present.to_numpy())[0], index=present.columns)
        shares = answers(partner_shares(inside, compositions, blocs, "whole", weights)).iloc[0]
        rows[group] = {"part": own["CN"] / weights.sum()} | {
            whose: shares[whose] if own[whose] >= least else np.nan for whose in WITH
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(column)
