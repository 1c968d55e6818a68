"""Partners and dependence: who is whose first partner, and how much blocs lean on one another.

`copublication` counts shared papers and `collaboration` holds the indices for one matrix. Here the
same is done for every draw of a paper bootstrap at once. An estimate is one draw more: pass
`as_printed(papers)` for `weights`.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.blocs import UNKNOWN, members, partner_units
from compendium.measures.copublication import copublications, presence, resampled_copublications
from compendium.measures.counting import paper_credit
from compendium.measures.output import balanced_panel, year_passed

WESTERN = ("US", "UK", "EU")
#: Question → who the partners are, whose, and whom China is held against (None: the best other).
QUESTIONS: Mapping[str, tuple[str, tuple[str, ...], str | None]] = {
    "West: China / best other": ("bloc", WESTERN, None),
    "UK: China / US": ("country", ("UK",), "US"),
    "UK: China / EU": ("bloc", ("UK",), "EU"),
    "EU: China / UK": ("bloc", ("EU",), "UK"),
    "EU: China / US": ("bloc", ("EU",), "US"),
    "US: China / best other country": ("country", ("US",), None),
    "US: China / best other": ("bloc", ("US",), None),
    "UK: China / best other": ("bloc", ("UK",), None),
    "EU: China / best other": ("bloc", ("EU",), None),
}
Units = Mapping[str, Sequence[str]]


def as_printed(papers: pd.DataFrame) -> np.ndarray:
    """Return the weights that give the papers as they are: one draw, each row as often as it stands."""
    return papers["n_papers"].to_numpy(dtype=float)[np.newaxis]


def made_up(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.DataFrame:
    """Return the compositions that `papers` have: a year's are few, and the rest cost time."""
    return compositions[compositions["composition_id"].isin(papers["composition_id"])]


def bloc_units(countries: Iterable[str], china: str, eu: str) -> dict[str, tuple[str, ...]]:
    """Return `partner_units` with the EU as one; with EU-28 the UK is in it and no unit of its own."""
    if eu == "EU-27":
        return partner_units(countries, china, eu, "bloc")
    inside = members(china, eu)["EU"]
    units = {**partner_units(countries, china, "EU-27", "bloc"), "EU": inside}
    return {name: codes for name, codes in units.items() if name == "EU" or not set(codes) & set(inside)}


def _shared(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units, subjects: Iterable[str],
            counting: str, weights: np.ndarray | None) -> dict[str, pd.DataFrame]:
    """Return the papers that each subject shares with each other unit: one row, or one row a draw."""
    if weights is None:
        matrix = copublications(papers, compositions, units, counting)
        return {name: matrix.loc[[name]].drop(columns=name) for name in subjects}
    return {name: resampled_copublications(papers, compositions, units, name, weights,
                                           counting).drop(columns=name) for name in subjects}


def western_partners(papers: pd.DataFrame, compositions: pd.DataFrame,
                     weights: np.ndarray | None = None, *, counting: str, china: str, eu: str,
                     unit: str) -> dict[str, pd.DataFrame]:
    """Return the papers that the US, the UK and the EU share with each partner.

    Parameters
    ----------
    weights : draws × rows of `papers`, for one row a draw; None for one row, the papers as they are.
    unit : `bloc` makes the EU one partner. With `country` its members are partners, and the EU is
        no subject.

    With `bloc` and EU-28 the UK is missing, for it lies inside the EU.
    """
    compositions = made_up(papers, compositions)
    countries = {*compositions["country"], "US", "GB"}
    if unit == "bloc":
        units = bloc_units(countries, china, eu)
        subjects = [name for name in WESTERN if name in units]
        return _shared(papers, compositions, units, subjects, counting, weights)
    units = partner_units(countries, china, eu, unit)
    shared = _shared(papers, compositions, units, ("US", "GB"), counting, weights)
    return {"US": shared["US"], "UK": shared["GB"]}


def ranking(shared: pd.DataFrame, draws: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return a subject's partners, most papers first: partner, papers, low, high (the interval's ends).

    shared : the papers as printed, one row; draws : the same for each draw of a paper bootstrap.
    """
    ends = draws.quantile([(1 - level) / 2, (1 + level) / 2])
    frame = pd.DataFrame({"papers": shared.iloc[0], "low": ends.iloc[0], "high": ends.iloc[1]})
    return (frame.rename_axis("partner").reset_index()
            .sort_values(["papers", "partner"], ascending=[False, True], ignore_index=True))


def _questions(papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray | None,
               **choices: str):
    """Yield question, subject, its papers with China, and those with each of the others that count.

    A subject is left out where the units cannot tell, as for the EU and the UK with EU-28.
    """
    shared = {unit: western_partners(papers, compositions, weights, unit=unit, **choices)
              for unit in ("bloc", "country")}
    for question, (unit, subjects, other) in QUESTIONS.items():
        for subject in subjects:
            frame = shared[unit].get(subject)
            if frame is not None and (other is None or other in frame):
                yield question, subject, frame["CN"], frame[[other]] if other else frame.drop(columns="CN")


def partner_counts(papers: pd.DataFrame, compositions: pd.DataFrame, **choices: str) -> pd.DataFrame:
    """Return the two counts that each of `QUESTIONS` compares: rows (question, subject).

    Columns: china and other (papers as they are), name (whose `other` is). `choices`: counting,
    china, eu.
    """
    rows = {(question, subject): {"china": china.iloc[0], "other": others.iloc[0].max(),
                                  "name": others.iloc[0].idxmax()}
            for question, subject, china, others in _questions(papers, compositions, None, **choices)}
    return pd.DataFrame(rows).T.rename_axis(["question", "subject"]).astype({"china": float, "other": float})


def partner_ratios(papers: pd.DataFrame, compositions: pd.DataFrame,
                   weights: np.ndarray | None = None, **choices: str) -> pd.DataFrame:
    """Return the ratio that decides each of `QUESTIONS`: one row, or one row a draw.

    `choices` : counting, china, eu. A relation holds where its ratio is above 1. For the West it is
    the least of three: above 1 only if China is first for the US, for the UK and for the EU.
    Infinite where only China has papers, missing where the units cannot tell or neither has a paper.
    """
    found: dict[str, dict[str, np.ndarray]] = {question: {} for question in QUESTIONS}
    for question, subject, china, others in _questions(papers, compositions, weights, **choices):
        found[question][subject] = (china / others.max(axis=1)).to_numpy()
    draws = range(1 if weights is None else len(weights))
    return pd.DataFrame({question: pd.DataFrame(found[question], index=draws).reindex(columns=list(subjects))
                         .min(axis=1, skipna=False) for question, (_, subjects, _) in QUESTIONS.items()})


def firsts(shared: pd.DataFrame, subjects: Sequence[str]) -> pd.DataFrame:
    """Tell which partner is first for each subject, subject × partner; a tie is true for each in it.

    shared : symmetric matrix with a zero diagonal. Subjects without a shared paper are left out.
    """
    rows = shared.reindex(subjects).dropna()
    rows = rows[rows.max(axis=1) > 0]
    return rows.eq(rows.max(axis=1), axis=0)


def followed(papers: pd.DataFrame, spans: Sequence[tuple[int, int]]) -> dict[str, pd.DataFrame]:
    """Return, by a label, the papers of each span at the venues that have papers in all its years.

    A span without such a venue is left out. The label names the span and up to four venues.
    """
    found = {}
    for first, last in spans:
        venues = balanced_panel(papers, first, last)
        rest = f" + {len(venues) - 4}" if len(venues) > 4 else ""
        if venues:
            inside = papers["category"].isin(venues) & papers["year"].between(first, last)
            found[f"{first}–{last}: {', '.join(venues[:4])}{rest}"] = papers[inside]
    return found


def shared_by_year(papers: pd.DataFrame, compositions: pd.DataFrame, subject: str, *,
                   counting: str, china: str, eu: str) -> pd.DataFrame:
    """Return the papers that `subject` (US, UK or EU) shares with each unit, year × unit.

    The column of `subject` holds its own number of papers. With EU-28 the UK's partners are
    countries, and the EU has no partner UK.
    """
    compositions = made_up(papers, compositions)
    countries = {*compositions["country"], "US", "GB"}
    units, code = bloc_units(countries, china, eu), subject
    if subject not in units:
        units, code = partner_units(countries, china, eu, "country"), "GB"
    years = np.sort(papers["year"].unique())
    weights = (years[:, np.newaxis] == papers["year"].to_numpy()) * as_printed(papers)
    shared = resampled_copublications(papers, compositions, units, code, weights, counting)
    return shared.rename(columns={code: subject}).set_axis(pd.Index(years, name="year"))


def overtaken(shared: pd.DataFrame, first: str, second: str) -> bool | None:
    """Tell whether `first` is ahead of `second` in the last year and was behind in an earlier one.

    False where it is not ahead in the last year (a tie is not ahead), None where it is ahead but
    was never seen behind, or where neither has anything in the last year.
    """
    gap = shared[first] - shared[second]
    if gap.iloc[-1] <= 0:
        return None if shared[[first, second]].iloc[-1].sum() == 0 else False
    return True if (gap.iloc[:-1] < 0).any() else None


def rivals(frame: pd.DataFrame, subject: str) -> list[str]:
    """Return whom China is held against as partner of `subject`, of those that are units in `frame`."""
    return [name for name in ("US", "EU", "UK") if name in frame and name != subject]


def years_passed(histories: Mapping[str, Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return the year from which China stays ahead of each rival, panel × comparison; missing if never.

    histories : subject → panel → frame as `shared_by_year` gives it.
    """
    return pd.DataFrame({f"{subject}: China over {rival}": {panel: year_passed(frame, "CN", rival)
                                                           for panel, frame in frames.items()}
                         for subject, frames in histories.items()
                         for rival in rivals(next(iter(frames.values())), subject)}).astype("Int64")


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


def _joint(present: pd.DataFrame, pairs: Sequence[tuple[str, str]], weights: np.ndarray) -> pd.DataFrame:
    """Return the papers of each pair together, draws × pairs."""
    both = np.column_stack([present[x] * present[y] for x, y in pairs])
    return pd.DataFrame(weights @ both, columns=pd.MultiIndex.from_tuples(pairs, names=["of", "with"]))


def _relative_intensity(c_xy: pd.DataFrame, own: pd.DataFrame, every: np.ndarray) -> pd.DataFrame:
    """Return RIC(X, Y) for each pair; own: draws × unit, C_x; every: draws × 1, T."""
    c_x, c_y = (own[list(c_xy.columns.get_level_values(end))].to_numpy() for end in ("of", "with"))
    return (c_xy / c_x) / ((c_y - c_xy) / (every - c_x))


def pair_indices(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units,
                 pairs: Sequence[tuple[str, str]], weights: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return size-adjusted indices of each pair (X, Y) for each draw, whole counting.

    With C_xy papers together, C_x and C_y papers of each and T all papers of the draw:
    `association strength` C_xy T / (C_x C_y), `Salton` C_xy / √(C_x C_y), and `RIC`, the relative
    intensity (C_xy / C_x) / ((C_y − C_xy) / (T − C_x)). RIC is that of X with Y; ask for (Y, X) too.
    Sources: at the functions of these names in `collaboration`, which take one matrix.
    """
    present = presence(papers, compositions, units)
    c_xy, every = _joint(present, pairs, weights), weights.sum(axis=1, keepdims=True)
    own = pd.DataFrame(weights @ present.to_numpy(), columns=present.columns)
    product = own[[x for x, _ in pairs]].to_numpy() * own[[y for _, y in pairs]].to_numpy()
    return {"association strength": c_xy * every / product, "Salton": c_xy / np.sqrt(product),
            "RIC": _relative_intensity(c_xy, own, every)}


def link_intensity(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units,
                   pairs: Sequence[tuple[str, str]], weights: np.ndarray) -> pd.DataFrame:
    """Return RIC as its authors count: C_x and T are links between units and not papers.

    units : everybody who can be a partner. A paper of n units has n (n − 1) / 2 links, n − 1 of
    them of each unit; a paper of one unit has none. Source: `collaboration.relative_intensity`.
    """
    present = presence(papers, compositions, units)
    others = present.sum(axis=1) - 1
    own = pd.DataFrame(weights @ present.mul(others, axis=0).to_numpy(), columns=present.columns)
    every = weights @ (present.sum(axis=1) * others / 2).to_numpy()[:, np.newaxis]
    return _relative_intensity(_joint(present, pairs, weights), own, every)


def of_several(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units) -> pd.Series:
    """Tell which rows have two units or more: the papers that a partner is on."""
    return presence(papers, compositions, units).sum(axis=1) >= 2


def all_known(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Tell which rows have no author of unknown country."""
    unknown = compositions.loc[compositions["country"] == UNKNOWN, "composition_id"].unique()
    return ~papers["composition_id"].isin(unknown)
