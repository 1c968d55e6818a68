"""Partners: who is whose most frequent partner, and since when.

`copublication` counts shared papers; here they are ranked, compared and followed over the years,
for the papers as they are or for every draw of a paper bootstrap at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.copublication import link_weight, presence, resampled_copublications
from compendium.measures.output import balanced_panel, year_passed
from compendium.places.blocs import WEST_BLOCS, members, partner_units

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


def of_several(papers: pd.DataFrame, compositions: pd.DataFrame, units: Units) -> pd.Series:
    """Tell which rows have two units or more: the papers that a partner is on."""
    return presence(papers, compositions, units).sum(axis=1) >= 2


def _shared(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Units,
    subjects: Iterable[str],
    counting: str,
    weights: np.ndarray | None,
) -> dict[str, pd.DataFrame]:
    """Return the papers that each subject shares with each other unit: one row, or one row a draw.

    As `resampled_copublications`, for several subjects from one look at who is on the papers.
    """
    present = presence(papers, compositions, units)
    link = present.mul(link_weight(present, counting), axis=0)
    weights = papers["n_papers"].to_numpy(dtype=float)[np.newaxis] if weights is None else weights
    return {
        name: pd.DataFrame(weights @ link.mul(present[name], axis=0).to_numpy(), columns=link.columns).drop(
            columns=name
        )
        for name in subjects
    }


def western_partners(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    weights: np.ndarray | None = None,
    *,
    counting: str,
    china: str,
    eu: str,
    unit: str,
) -> dict[str, pd.DataFrame]:
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
    return (
        frame.rename_axis("partner")
        .reset_index()
        .sort_values(["papers", "partner"], ascending=[False, True], ignore_index=True)
    )


def _questions(
    papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray | None, **choices: str
) -> Iterator[tuple[str, str, pd.Series, pd.DataFrame]]:
    """Yield question, subject, its papers with China, and those with each of the others that count.

    A subject is left out where the units cannot tell, as for the EU and the UK with EU-28.
    """
    shared = {
        unit: western_partners(papers, compositions, weights, unit=unit, **choices) for unit in ("bloc", "country")
    }
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
    rows = {
        (question, subject): {"china": china.iloc[0], "other": others.iloc[0].max(), "name": others.iloc[0].idxmax()}
        for question, subject, china, others in _questions(papers, compositions, None, **choices)
    }
    return pd.DataFrame(rows).T.rename_axis(["question", "subject"]).astype({"china": float, "other": float})


def partner_ratios(
    papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray | None = None, **choices: str
) -> pd.DataFrame:
    """Return the ratio that decides each of `QUESTIONS`: one row, or one row a draw.

    `choices` : counting, china, eu. A relation holds where its ratio is above 1. For the West it is
    the least of three: above 1 only if China is first for the US, for the UK and for the EU.
    Infinite where only China has papers, missing where the units cannot tell or neither has a paper.
    """
    found: dict[str, dict[str, np.ndarray]] = {question: {} for question in QUESTIONS}
    for question, subject, china, others in _questions(papers, compositions, weights, **choices):
        found[question][subject] = (china / others.max(axis=1)).to_numpy()
    draws = range(1 if weights is None else len(weights))
    return pd.DataFrame(
        {
            question: pd.DataFrame(found[question], index=draws)
            .reindex(columns=list(subjects))
            .min(axis=1, skipna=False)
            for question, (_, subjects, _) in QUESTIONS.items()
        }
    )


def turned(without: pd.DataFrame, ratios: pd.Series) -> dict[str, str]:
    """Name, for each question, the rows of `without` whose ratio lies on the other side of 1, or `none`."""
    other = (without > 1).ne(ratios > 1, axis=1) & without.notna() & ratios.notna()
    return {question: ", ".join(other.index[other[question]]) or "none" for question in ratios.index}


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


def shared_by_year(
    papers: pd.DataFrame, compositions: pd.DataFrame, subject: str, *, counting: str, china: str, eu: str
) -> pd.DataFrame:
    """Return the papers that `subject` (US, UK or EU) shares with each unit, year × unit.

    The column of `subject` holds its own number of papers. With EU-28 the UK's partners are
    countries, and the EU has no partner UK.
    """
    # Venue, type and citations do not matter here: fewer rows, the same sums.
    papers = papers.groupby(["year", "composition_id"], as_index=False)["n_papers"].sum()
    compositions = made_up(papers, compositions)
    countries = {*compositions["country"], "US", "GB"}
    units, code = bloc_units(countries, china, eu), subject
    if subject not in units:
        units, code = partner_units(countries, china, eu, "country"), "GB"
    years = np.sort(papers["year"].unique())
    weights = (years[:, np.newaxis] == papers["year"].to_numpy()) * papers["n_papers"].to_numpy(dtype=float)
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
    return [name for name in WEST_BLOCS if name in frame and name != subject]


def years_passed(histories: Mapping[str, Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return the year from which China stays ahead of each rival, panel × comparison; missing if never.

    histories : subject → panel → frame as `shared_by_year` gives it.
    """
    return pd.DataFrame(
        {
            f"{subject}: China over {rival}": {
                panel: year_passed(frame, "CN", rival) for panel, frame in frames.items()
            }
            for subject, frames in histories.items()
            for rival in rivals(next(iter(frames.values())), subject)
        }
    ).astype("Int64")
