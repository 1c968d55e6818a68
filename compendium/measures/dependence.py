"""Dependence: which part of a bloc's papers another bloc is on, raw and for the sizes of the two.

`collaboration` holds the indices for one matrix of shared papers. Here they are of the papers themselves.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.counting import COUNTING, WEST, with_union
from compendium.measures.weighted import Members, WeightedPapers, by_group, frame, ratio, weighted
from compendium.places.blocs import CHINAS, EUS, UNKNOWN, WEST_BLOCS, members

Pair = tuple[str, str]
#: The share of whose papers, with whom, by whose it is; and the other way round.
WITH: Mapping[str, Pair] = {"CN": ("CN", WEST), "US": ("US", "CN"), "EU": ("EU", "CN"), "UK": ("UK", "CN")}
BACK: tuple[Pair, ...] = tuple(("CN", bloc) for bloc in WEST_BLOCS)
PAIRS: tuple[Pair, ...] = (*WITH.values(), *BACK)


def partner_shares(
    papers: WeightedPapers, blocs: Members, counting: str, pairs: Sequence[Pair] = PAIRS
) -> pd.DataFrame:
    """Return s(X→Y), the part of X's papers that Y is on: lines × pairs (X, Y), fractions.

    blocs: bloc → ISO codes; a union of blocs is a bloc as well.
    counting: how X's papers count: `whole` each as one, else each by X's credit for it. Y is on a paper or not,
    under any counting.

    Missing where X has no papers. Source, for whole counting: `collaboration.dependence`.

    Three papers of China, of which one is with the US too; the US has no other:

    >>> from compendium.measures.weighted import hand_made
    >>> papers, pairs = hand_made([("CN", 2), ("CN US", 1)]), [("CN", "US"), ("US", "CN")]
    >>> partner_shares(papers, {"CN": ["CN"], "US": ["US"]}, "whole", pairs).round(2).iloc[0].tolist()
    [0.33, 1.0]
    """
    place = {name: number for number, name in enumerate(blocs)}
    first, second = ([place[pair[end]] for pair in pairs] for end in (0, 1))
    credit = papers.credit(blocs, counting)
    joint = papers.sums(credit[:, first] * papers.present(blocs)[:, second])
    shares = ratio(joint, papers.sums(credit)[:, first])
    return pd.DataFrame(shares, columns=pd.MultiIndex.from_tuples(pairs, names=["of", "with"]))


def answers(shares: pd.DataFrame) -> pd.DataFrame:
    """Return what the claims are about, by line: the four shares of `WITH`, and their asymmetry as `flow`.

    shares: as `partner_shares` gives them. `flow` is the least of the partners' shares with China
    over China's share with any of the three, or with the one of them that has most if that is more.
    """
    found = {whose: shares[pair].to_numpy() for whose, pair in WITH.items()}
    most = np.maximum.reduce([shares[pair].to_numpy() for pair in (WITH["CN"], *BACK)])
    flow = ratio(np.minimum.reduce([found[bloc] for bloc in WEST_BLOCS]), most)
    return frame(np.column_stack([*found.values(), flow]), (*found, "flow"), shares.index)


def relations(shares: pd.DataFrame) -> pd.DataFrame:
    """Tell for each of `answers`, by line, whether the relation that is claimed of it holds; a tie does not.

    China's share is below the three others; the US's between the EU's and the UK's; the EU's the
    lowest and the UK's the highest of the three; and for `flow` each partner has a larger share
    with China than China has with that partner, and than China has with any of the three.
    """
    us, eu, uk = (shares[WITH[bloc]].to_numpy() for bloc in WEST_BLOCS)
    china = shares[WITH["CN"]].to_numpy()
    least = np.fmin.reduce([us, eu, uk])  # a bloc without papers has no share to be below
    each = [shares[WITH[bloc]].to_numpy() > shares["CN", bloc].to_numpy() for bloc in WEST_BLOCS]
    holds = {
        "CN": china < least,
        "US": (us > eu) & (us < uk),
        "EU": eu < np.fmin(us, uk),
        "UK": uk > np.fmax(us, eu),
        "flow": np.logical_and.reduce(each) & (least > china),
    }
    return frame(np.column_stack(list(holds.values())), holds, shares.index)


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


def share_options(papers: WeightedPapers) -> pd.DataFrame:
    """Return `partner_shares` of the first line under every option, as rows (counting, china, eu, missing)."""
    kept = {"keep": papers, "drop": papers.where(~papers.unknown)}
    options = {}
    for china, eu, missing in itertools.product(CHINAS, EUS, kept):
        blocs = with_union(members(china, eu))
        for counting in COUNTING:
            shares = partner_shares(kept[missing], blocs, counting)
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


def pair_indices(papers: WeightedPapers, units: Members, pairs: Sequence[Pair]) -> dict[str, pd.DataFrame]:
    """Return size-adjusted indices of each pair (X, Y): index → lines × pairs, whole counting.

    units: everybody who can be a partner, for RIC counts all links there are.

    `association strength` P_xy T / (P_x P_y) and `Salton` P_xy / √(P_x P_y) are of papers. `RIC` is
    (P_xy / C_x) / ((C_y − P_xy) / (C − C_x)) of links: a paper of n units has n (n − 1) / 2 of them,
    n − 1 of each unit. Sources: `association_strength`, `salton`, `relative_intensity` and
    `link_totals` in `collaboration`, which take one matrix.
    """
    present, place = papers.present(units), {name: number for number, name in enumerate(units)}
    first, second = ([place[pair[end]] for pair in pairs] for end in (0, 1))
    columns = pd.MultiIndex.from_tuples(pairs, names=["of", "with"])
    shared = pd.DataFrame(papers.sums(present[:, first] * present[:, second]), columns=columns)
    own = papers.sums(present)
    product = own[:, first] * own[:, second]
    others = present.sum(axis=1) - 1
    links = papers.sums(present * others[:, np.newaxis])
    every = papers.sums(present.sum(axis=1) * others / 2)[:, np.newaxis]
    of_x, of_y = links[:, first], links[:, second]
    return {
        "association strength": shared * papers.n_papers[:, np.newaxis] / product,
        "Salton": shared / np.sqrt(product),
        "RIC": (shared / of_x) / ((of_y - shared) / (every - of_x)),
    }


def missing_countries(papers: WeightedPapers, blocs: Members, counting: str) -> pd.DataFrame:
    """Return the shares of `WITH` of the first line under three treatments of authors of unknown country.

    `keep` their papers; `drop` papers with such an author; or take `all for partners`, which is the
    most that the shares could be. Rows whose share, columns treatment, fractions.
    """
    pairs = list(WITH.values())
    most = {**blocs, **{f"{name}?": (*blocs[name], UNKNOWN) for name in ("CN", WEST)}}
    taken = {
        "keep": partner_shares(papers, blocs, counting, pairs),
        "drop": partner_shares(papers.where(~papers.unknown), blocs, counting, pairs),
        "all for partners": partner_shares(papers, most, counting, [(x, f"{y}?") for x, y in pairs]),
    }
    return pd.DataFrame({name: shares.iloc[0].to_numpy() for name, shares in taken.items()}, index=list(WITH))


def shares_by_group(
    papers: pd.DataFrame, compositions: pd.DataFrame, blocs: Members, column: str, least: int
) -> pd.DataFrame:
    """Return, for each group in `column`, China's `part` of its papers and the shares of `WITH`.

    Whole counting, fractions. A share of fewer than `least` papers is missing, for it says nothing.
    """
    groups, lines = by_group(papers, column)
    counted = weighted(papers, compositions, lines)
    own = frame(counted.sums(counted.present(blocs)), blocs)
    shares = answers(partner_shares(counted, blocs, "whole"))
    found = {"part": own["CN"] / counted.n_papers}
    found |= {whose: shares[whose].where(own[whose] >= least) for whose in WITH}
    return pd.DataFrame(found).set_axis(pd.Index(groups, name=column))
