"""Partners: who is whose most frequent partner, and since when.

`copublication` counts shared papers; here they are ranked, compared and followed over the years,
for the papers as they are or for every draw of a paper bootstrap at once.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.copublication import link_weight, shared_papers
from compendium.measures.output import balanced_panel, year_passed
from compendium.measures.weighted import Members, WeightedPapers, by_group, ratio, weighted
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


def bloc_units(countries: Iterable[str], china: str, eu: str) -> dict[str, tuple[str, ...]]:
    """Return `partner_units` with the EU as one; with EU-28 the UK is in it and no unit of its own."""
    if eu == "EU-27":
        return partner_units(countries, china, eu, "bloc")
    inside = members(china, eu)["EU"]
    units = {**partner_units(countries, china, "EU-27", "bloc"), "EU": inside}
    return {name: codes for name, codes in units.items() if name == "EU" or not set(codes) & set(inside)}


def of_several(papers: pd.DataFrame, compositions: pd.DataFrame, units: Members) -> pd.Series:
    """Tell which rows have two units or more: the papers that a partner is on."""
    return pd.Series(weighted(papers, compositions).present(units).sum(axis=1) >= 2, index=papers.index)


def units_of(papers: WeightedPapers, china: str, eu: str, unit: str) -> dict[str, tuple[str, ...]]:
    """Return who can be whose partner on these papers: the UK is named UK under either `unit`.

    unit: `bloc` makes the EU one partner; with `country` its members are partners, and the EU is none.
    """
    countries = {*papers.countries, "US", "GB"}
    if unit == "bloc":
        return bloc_units(countries, china, eu)
    units = partner_units(countries, china, eu, unit)
    return {("UK" if name == "GB" else name): codes for name, codes in units.items()}


def western_partners(
    papers: WeightedPapers, *, counting: str, china: str, eu: str, unit: str
) -> dict[str, pd.DataFrame]:
    """Return the papers that the US, the UK and the EU share with each partner: subject → lines × partners.

    unit: as in `units_of`. A subject that is no unit is left out: the EU with `country`, and the UK with `bloc`
    and EU-28, for then it lies inside the EU.
    """
    units = units_of(papers, china, eu, unit)
    return {name: shared_papers(papers, units, name, counting).drop(columns=name) for name in WESTERN if name in units}


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


def partner_counts(papers: WeightedPapers, *, counting: str, china: str, eu: str) -> pd.DataFrame:
    """Return the two counts that each of `QUESTIONS` compares, of the first line: rows (question, subject).

    Columns: china and other (papers), name (whose `other` is).
    """
    rows = {}
    for question, (unit, subjects, other) in QUESTIONS.items():
        shared = western_partners(papers, counting=counting, china=china, eu=eu, unit=unit)
        for subject in subjects:
            if subject in shared and (other is None or other in shared[subject]):
                counts = shared[subject].iloc[0]
                others = counts[[other]] if other else counts.drop("CN")
                rows[question, subject] = {"china": counts["CN"], "other": others.max(), "name": others.idxmax()}
    return pd.DataFrame(rows).T.rename_axis(["question", "subject"]).astype({"china": float, "other": float})


def partner_ratio(
    papers: WeightedPapers,
    question: str,
    *,
    counting: str,
    china: str,
    eu: str,
    unit: str | None = None,
    unknown: str = "keep",
) -> np.ndarray:
    """Return the ratio that decides one of `QUESTIONS`, by line: papers with China over those with the other.

    unit: whose partners are meant, where that is not the question's own.
    unknown: `worst` takes an author of unknown country for one of the other partner's; where the best other is
    asked for, all unknown ones are together one more partner.

    A relation holds where its ratio is above 1. For the West it is the least of three: above 1 only if China is
    first for the US, for the UK and for the EU (which is no subject where its members are partners). Infinite
    where only China has papers, missing where the units cannot tell or neither has a paper.

    The UK has three papers with China and two with the US:

    >>> from compendium.measures.weighted import hand_made
    >>> papers = hand_made([("GB CN", 2), ("GB CN US", 1), ("GB US", 1)])
    >>> partner_ratio(papers, "UK: China / US", counting="whole", china="CN", eu="EU-27")
    array([1.5])
    """
    own_unit, subjects, other = QUESTIONS[question]
    unit = unit or own_unit
    units = units_of(papers, china, eu, unit)
    there = [name for name in subjects if name in units and (other is None or other in units)]
    if len(there) < len(subjects) and unit == "bloc":
        return np.full(len(papers.weights), np.nan)
    return np.minimum.reduce([_ratio(papers, units, name, other, counting, unknown == "worst") for name in there])


def _ratio(
    papers: WeightedPapers, units: Members, subject: str, other: str | None, counting: str, worst: bool
) -> np.ndarray:
    """Return the papers that a subject shares with China over those with the other partner, by line."""
    present, names = papers.present(units), list(units)
    own, china = names.index(subject), names.index("CN")
    link = link_weight(present, counting) * present[:, own]
    others = np.delete(present, [china, own], axis=1) if other is None else present[:, [names.index(other)]]
    if worst:
        unknown = papers.unknown[:, np.newaxis].astype(float)
        others = np.hstack([others, unknown]) if other is None else np.maximum(others, unknown)
    shared = papers.sums(np.column_stack([present[:, china], others]) * link[:, np.newaxis])
    return ratio(shared[:, 0], shared[:, 1:].max(axis=1))


def partner_ratios(papers: WeightedPapers, *, counting: str, china: str, eu: str) -> pd.DataFrame:
    """Return `partner_ratio` of each of `QUESTIONS`: lines × questions."""
    return pd.DataFrame(
        {question: partner_ratio(papers, question, counting=counting, china=china, eu=eu) for question in QUESTIONS}
    )


def turned(without: pd.DataFrame, ratios: pd.Series) -> dict[str, str]:
    """Name, for each question, the rows of `without` whose ratio lies on the other side of 1, or `none`."""
    other = (without > 1).ne(ratios > 1, axis=1) & without.notna() & ratios.notna()
    return {question: ", ".join(other.index[other[question]]) or "none" for question in ratios.index}


def firsts(shared: pd.DataFrame, subjects: Sequence[str]) -> pd.DataFrame:
    """Tell which partner is first for each subject, subject × partner; a tie is true for each in it.

    shared : symmetric matrix with a zero diagonal. Subjects without a shared paper are left out.

    >>> shared = pd.DataFrame([[0, 3, 3], [3, 0, 1], [3, 1, 0]], ["UK", "CN", "US"], ["UK", "CN", "US"])
    >>> firsts(shared, ["UK"]).loc["UK"].to_dict()
    {'UK': False, 'CN': True, 'US': True}
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
    years, lines = by_group(papers, "year")
    counted = weighted(papers, compositions, lines)
    units = units_of(counted, china, eu, "bloc")
    if subject not in units:
        units = units_of(counted, china, eu, "country")
    return shared_papers(counted, units, subject, counting).set_axis(pd.Index(years, name="year"))


def overtaken(shared: pd.DataFrame, first: str, second: str) -> bool | None:
    """Tell whether `first` is ahead of `second` in the last year and was behind in an earlier one.

    False where it is not ahead in the last year (a tie is not ahead), None where it is ahead but
    was never seen behind, or where neither has anything in the last year.

    >>> overtaken(pd.DataFrame({"CN": [1, 5], "US": [2, 3]}), "CN", "US")
    True
    >>> overtaken(pd.DataFrame({"CN": [1, 3], "US": [2, 3]}), "CN", "US")
    False
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
