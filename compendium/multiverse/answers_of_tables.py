"""Answers to the claims on people and institutions, whose tables hold no papers to draw again.

Institutions are drawn as `institutions.drawn_times` does: n papers become Poisson(n). People are not drawn: a
table of distinct people does not say who wrote what with whom, so a draw of papers cannot be followed to its
authors. They have bounds instead, the two ways of telling people apart.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.measures import geography, institutions, workforce
from compendium.measures.institution_names import is_company
from compendium.multiverse.answers import Answer, answer, answers
from compendium.multiverse.look import Look, chosen, groups
from compendium.multiverse.samples import Samples
from compendium.places import cities
from compendium.places.blocs import UNKNOWN
from compendium.places.countries import continent_codes
from compendium.published.reported import world_papers

Members = Mapping[str, Sequence[str]]


def _people(look: Look, measure: Callable[[pd.DataFrame, Members, str], pd.Series]) -> pd.DataFrame | None:
    """Return what a measure finds for every group among the people of a window, as one line; None without them."""
    if look.year not in look.once(_window_ends, look.tables.researchers):
        return None
    choices = look.options("window", "author_key", "min_works")
    people = look.once(_of_window, look.tables.researchers, look.year, *choices)
    return look.once(_measured, measure, people, look["counting"], by=(measure, id(people), look["counting"]))


def _window_ends(researchers: pd.DataFrame) -> frozenset[int]:
    return frozenset(researchers["window_end"])


def _of_window(researchers: pd.DataFrame, end: int, width: str, key: str, least: str) -> pd.DataFrame:
    return workforce.of_window(researchers, end, int(width), key, int(least))


def _measured(measure: Callable, people: pd.DataFrame, counting: str) -> pd.DataFrame:
    return measure(people, groups(), counting).to_frame().T


#: What is said where the tables hold nothing to say it of.
NOTHING = np.array([np.nan])


@answers("21-researchers-china", "CN")
@answers("22-researchers-eu", "EU")
@answers("23-researchers-us", "US")
def researchers(look: Look, bloc: str) -> Answer:
    """The number of people in a bloc, and whether it stands where the report puts it."""
    found = _people(look, workforce.n_researchers)
    if found is None:
        return answer(NOTHING, NOTHING > 0)
    counts = look.of_blocs(found)
    return answer(look.column(counts, bloc), look.column(look.once(workforce.reported_order, counts), bloc))


def _mean_ages(people: pd.DataFrame, members: Members, counting: str) -> pd.Series:
    return workforce.age_summary(workforce.age_profile(people, members, counting))["mean age"]


@answers("24-younger-workforce")
def younger(look: Look) -> Answer:
    """China's mean academic age less the lower of the EU's and the US's, in years."""
    found = _people(look, _mean_ages)
    gap = NOTHING if found is None else workforce.age_gap(look.of_blocs(found)).to_numpy()
    return answer(gap, gap < 0)


class Passed(NamedTuple):
    """Institutions that pass in some line: whether they do in each (lines × institutions), and where they are."""

    lines: np.ndarray
    country: pd.Series
    city: pd.Series


class Institutions:
    """The institutions of one year and some categories, and how many papers each has in every line."""

    def __init__(self, samples: Samples, year: int, categories: str, panel: str) -> None:
        """Count the institutions' papers, and draw them."""
        tables, inside = samples.frame.tables, samples.categories(categories, panel)
        output = tables.institution_output.loc[tables.institution_output["category"].isin(inside)]
        papers = tables.papers.loc[(tables.papers["year"] == year) & tables.papers["category"].isin(inside)]
        self.n_papers = int(papers["n_papers"].sum())
        by_way = {
            way: institutions.papers_of(output, tables.institutions, [year], way) for way in institutions.COUNTING
        }
        self.rows = by_way["whole"].reset_index(drop=True)
        self.credit = {
            way: found.set_index("institution_id")["papers"].reindex(self.rows["institution_id"]).reset_index(drop=True)
            for way, found in by_way.items()
        }
        self.firm = is_company(self.rows).to_numpy() if len(self.rows) else np.zeros(0, bool)
        own = self.rows["n_whole"]
        drawn = institutions.drawn_times(own, samples.rng(3, year), samples.draws)
        self.times = np.concatenate([own.to_numpy()[np.newaxis], drawn])
        self.most = self.times.max(axis=0, keepdims=True)
        place_of = cities.places(tables.institutions).set_index("institution_id")["city"]
        self.city = self.rows["institution_id"].map(place_of).fillna(geography.UNPLACED)

    def passed(self, threshold: float, reading: str, counting: str, firms: str) -> "Passed":
        """Return which institutions are counted in each line."""
        if reading == "equivalent":
            threshold = institutions.equivalent_threshold(self.n_papers, world_papers(), threshold)
        credit, own = self.credit[counting], self.rows["n_whole"]
        # Of thousands of institutions few can pass at all, in the line in which they have most papers.
        ever = institutions.passes(self.most, credit, own, threshold, True)[0]
        which = np.flatnonzero(ever & ~self.firm if firms == "without" else ever)
        lines = institutions.passes(
            self.times[:, which], credit.iloc[which], own.iloc[which], threshold, reading == "at least"
        )
        return Passed(lines, self.rows["country"].iloc[which], self.city.iloc[which])


def _there(look: Look) -> Institutions:
    """Return the institutions that the specification looks at; without any, the tables say nothing of them."""
    return look.once(Institutions, look.samples, look.year, *look.options("categories", "panel"))


def _passed(look: Look) -> Passed:
    """Return which of the institutions pass in each line."""
    choices = look.options("threshold", "counting", "firms")
    return look.once(Institutions.passed, _there(look), look.samples.frame.threshold, *choices, large=True)


def _nothing(look: Look) -> Answer:
    nothing = np.full(1 + look.samples.draws, np.nan)
    return answer(nothing, nothing > 0)


def _above(look: Look, members: Members) -> pd.DataFrame:
    passed = _passed(look)
    return institutions.by_bloc(passed.lines, passed.country, members).astype(float)


def _counted(look: Look, members: Members) -> pd.DataFrame | None:
    """Return how many institutions pass in each of some groups, by line; None where the tables hold none."""
    there = _there(look)
    by = (id(there), id(members), *look.options("threshold", "counting", "firms"))
    return None if there.rows.empty else look.once(_above, look, members, by=by)


@answers("33-institutions-china", "CN")
@answers("35-institutions-eu", "EU")
@answers("36-institutions-us", "US")
@answers("37-institutions-uk", "UK")
def institutions_above(look: Look, bloc: str) -> Answer:
    """A bloc's institutions above the threshold, and whether it stands where the report puts it.

    With none anywhere there is nothing to compare.
    """
    found = _counted(look, groups())
    if found is None:
        return _nothing(look)
    counts = look.of_blocs(found)
    order = look.column(look.once(institutions.reported_order, counts), bloc)
    anywhere = sum(look.column(counts, each)[0] for each in counts)
    return answer(look.column(counts, bloc), order, tells=anywhere > 0)


@answers("38-institutions-france", ("FR",))
@answers("40-institutions-africa", continent_codes("AF"))
def nowhere_above(look: Look, codes: tuple[str, ...]) -> Answer:
    """The institutions above the threshold in countries that are said to have none."""
    found = _counted(look, look.once(_keep_or_worst, *codes))
    if found is None:
        return _nothing(look)
    counts = look.column(found, look["missing"])
    return answer(counts, counts == 0)


def _keep_or_worst(*codes: str) -> Members:
    return {"keep": codes, "worst": (*codes, UNKNOWN)}


@answers("34-spread-over-cities")
def spread(look: Look) -> Answer:
    """The largest city's part of China's institutions above the threshold, in per cent.

    What is said of it tells "no" from "these tables cannot tell" (`geography.judged`).
    """
    there = _there(look)
    if there.rows.empty:
        return _nothing(look)
    passed = _passed(look)
    inside = passed.country.isin(chosen((look["china"],))[look["china"]]).to_numpy()
    counts = geography.by_city(passed.lines[:, inside], passed.city[inside])
    share = geography.largest_share(counts).to_numpy()
    drawn = share[1:][~np.isnan(share[1:])]
    lowest = np.quantile(drawn, 0.025) if len(drawn) else 0.0
    first = counts.iloc[0].loc[lambda row: row > 0].astype(int)
    told, _ = geography.judged(first, lowest, look.tables.is_sample)
    return Answer(100 * share, geography.is_spread(counts).to_numpy(), told)
