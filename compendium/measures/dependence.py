"""Partners and dependence: who is whose first partner, and how much blocs lean on one another.

`copublication` counts shared papers and `collaboration` holds the indices for one matrix. Here the
same is done for every draw of a paper bootstrap at once. An estimate is one draw more: pass
`as_printed(papers)` for `weights`.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.blocs import UNKNOWN, members, partner_units
from compendium.measures.copublication import presence, resampled_copublications
from compendium.measures.counting import paper_credit

WESTERN = ("US", "UK", "EU")
Units = Mapping[str, Sequence[str]]


def as_printed(papers: pd.DataFrame) -> np.ndarray:
    """Return the weights that give the papers as they are: one draw, each row as often as it stands."""
    return papers["n_papers"].to_numpy(dtype=float)[np.newaxis]


def bloc_units(countries: Iterable[str], china: str, eu: str) -> dict[str, tuple[str, ...]]:
    """Return `partner_units` with the EU as one; with EU-28 the UK is in it and no unit of its own."""
    if eu == "EU-27":
        return partner_units(countries, china, eu, "bloc")
    inside = members(china, eu)["EU"]
    units = {**partner_units(countries, china, "EU-27", "bloc"), "EU": inside}
    return {name: codes for name, codes in units.items() if name == "EU" or not set(codes) & set(inside)}


def western_partners(papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray, *,
                     counting: str, china: str, eu: str, unit: str) -> dict[str, pd.DataFrame]:
    """Return the papers that the US, the UK and the EU share with each partner (draws × partners).

    Parameters
    ----------
    weights : draws × rows of `papers`.
    unit : `bloc` makes the EU one partner; with `country` the US and the UK have its members as
        partners. The EU itself has partners outside it under either.

    The UK is missing where it lies inside the EU (`bloc` and EU-28).
    """
    countries = compositions["country"].unique()
    as_blocs = bloc_units(countries, china, eu)
    apart = as_blocs if unit == "bloc" else partner_units(countries, china, eu, unit)
    places = {"US": ("US", apart), "UK": ("UK" if unit == "bloc" else "GB", apart), "EU": ("EU", as_blocs)}
    return {subject: resampled_copublications(papers, compositions, units, code, weights,
                                              counting).drop(columns=code)
            for subject, (code, units) in places.items() if code in units}


def lead(shared: pd.DataFrame, partner: str) -> pd.Series:
    """Return the papers shared with `partner` over those with the best of the others, by row.

    Above 1 the partner is first, at 1 it ties for the first place. Infinite where the others have
    none, missing where nobody has any.
    """
    return shared[partner] / shared.drop(columns=partner).max(axis=1)


def _quotient(shared: Mapping[str, pd.DataFrame], subject: str, first: str, second: str) -> pd.Series:
    """Return the ratio of two partners of `subject`; missing where one of the three is no unit."""
    frame = shared.get(subject, next(iter(shared.values())))
    if subject not in shared or not {first, second} <= set(frame.columns):
        return pd.Series(np.nan, index=frame.index)
    return frame[first] / frame[second]


def partner_ratios(shared: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the ratios that decide who is whose partner; a relation holds where its ratio is above 1.

    Parameters
    ----------
    shared : as `western_partners` gives it.

    `West: China / best other` is the least of the three leads: above 1 only if China is first for
    the US, for the UK and for the EU. Missing (no number) where the units cannot tell.
    """
    leads = pd.DataFrame({subject: lead(frame, "CN") for subject, frame in shared.items()})
    west = leads.min(axis=1, skipna=False) if set(shared) == set(WESTERN) else np.nan
    return pd.DataFrame({
        "West: China / best other": west,
        "UK: China / US": _quotient(shared, "UK", "CN", "US"),
        "UK: China / EU": _quotient(shared, "UK", "CN", "EU"),
        "EU: China / UK": _quotient(shared, "EU", "CN", "UK"),
        "EU: China / US": _quotient(shared, "EU", "CN", "US"),
        "US: China / best other": leads["US"],
    }, index=leads.index)


def shared_by_year(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units, subject: str,
                   counting: str) -> pd.DataFrame:
    """Return the papers that `subject` shares with each unit, year × unit.

    The column of `subject` holds its own number of papers.
    """
    years = np.sort(papers["year"].unique())
    weights = (years[:, np.newaxis] == papers["year"].to_numpy()) * as_printed(papers)
    shared = resampled_copublications(papers, compositions, units, subject, weights, counting)
    return shared.set_axis(pd.Index(years, name="year"))


def overtaken(shared: pd.DataFrame, first: str, second: str) -> bool | None:
    """Tell whether `first` is ahead of `second` in the last year and was behind in an earlier one.

    False where it is not ahead in the last year (a tie is not ahead), None where it is ahead but
    was never seen behind, or where neither has anything in the last year.
    """
    gap = shared[first] - shared[second]
    if gap.iloc[-1] <= 0:
        return None if shared[[first, second]].iloc[-1].sum() == 0 else False
    return True if (gap.iloc[:-1] < 0).any() else None


def partner_shares(papers: pd.DataFrame, compositions: pd.DataFrame, blocs: Units,
                   pairs: Sequence[tuple[str, str]], counting: str, weights: np.ndarray) -> pd.DataFrame:
    """Return s(X→Y), the part of X's papers that Y is on, for each draw and pair (X, Y).

    Parameters
    ----------
    blocs : bloc → ISO codes; a union of blocs is a bloc as well.
    counting : how X's papers count: `whole` each as one, else each by X's credit for it. Y is on a
        paper or not, under any counting.

    Fractions; missing where X has no papers. Source, for whole counting: `collaboration.dependence`.
    """
    credit = paper_credit(papers, compositions, blocs, counting)
    present = presence(papers, compositions, blocs)
    joint = np.column_stack([credit[x] * present[y] for x, y in pairs])
    own = np.column_stack([credit[x] for x, _ in pairs])
    columns = pd.MultiIndex.from_tuples(pairs, names=["of", "with"])
    return pd.DataFrame(weights @ joint, columns=columns) / (weights @ own)


def pair_indices(papers: pd.DataFrame, compositions: pd.DataFrame, blocs: Units,
                 pairs: Sequence[tuple[str, str]], weights: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return size-adjusted indices of each pair (X, Y) for each draw, whole counting.

    With C_xy papers together, C_x and C_y papers of each and T all papers of the draw:
    `association strength` C_xy T / (C_x C_y), `Salton` C_xy / √(C_x C_y), and `RIC`, the relative
    intensity (C_xy / C_x) / ((C_y − C_xy) / (T − C_x)). RIC is that of X with Y; ask for (Y, X) too.
    Sources: at the functions of these names in `collaboration`, which take one matrix.
    """
    present = presence(papers, compositions, blocs)
    joint = np.column_stack([present[x] * present[y] for x, y in pairs])
    c_xy = pd.DataFrame(weights @ joint, columns=pd.MultiIndex.from_tuples(pairs, names=["of", "with"]))
    c_x, c_y = (weights @ np.column_stack([present[pair[end]] for pair in pairs]) for end in (0, 1))
    every = weights.sum(axis=1, keepdims=True)
    return {
        "association strength": c_xy * every / (c_x * c_y),
        "Salton": c_xy / np.sqrt(c_x * c_y),
        "RIC": (c_xy / c_x) / ((c_y - c_xy) / (every - c_x)),
    }


def of_several(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units) -> pd.Series:
    """Tell which rows have two units or more: the papers that a partner is on."""
    return presence(papers, compositions, units).sum(axis=1) >= 2


def all_known(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Tell which rows have no author of unknown country."""
    unknown = compositions.loc[compositions["country"] == UNKNOWN, "composition_id"].unique()
    return ~papers["composition_id"].isin(unknown)
