"""Claims on people and institutions, whose tables hold no papers to draw again.

Institutions are drawn as `institutions.resampled_above` does: n papers become Poisson(n). People
are not drawn: a table of distinct people does not say who wrote what with whom, so a draw of papers
cannot be followed to its authors. They have bounds instead, the two ways of telling people apart.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import geography, institution_names, institutions, workforce
from compendium.multiverse.found import Found, flat, table_of
from compendium.multiverse.samples import Samples, groups, unknown_mark
from compendium.places import cities, countries
from compendium.places.blocs import UNKNOWN

BLOC_OF = {"21": "CN", "22": "EU", "23": "US", "33": "CN", "35": "EU", "36": "US", "37": "UK"}
#: Claims that compare numbers of institutions: with none anywhere there is nothing to compare.
COUNTED = ("33", "35", "36", "37")
#: Claim number → the countries of which a claim says that they have no institution.
NONE_IN = {"38": ("FR",), "40": countries.continent_codes("AF")}


def _blocs(row: Mapping[str, str], mark: str) -> dict[str, str]:
    """Return bloc → group; the unknown are given to whom the claim puts behind China."""
    return {"CN": row["china"], "EU": row.get("eu", "EU-27") + mark, "US": f"US{mark}", "UK": f"UK{mark}"}


def researchers_of_blocs(samples: Samples, specifications: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the number of people in each of CN, EU and US: specifications × 1, for nothing is drawn."""
    found = {bloc: table_of(specifications, samples)[:, :1] for bloc in ("CN", "EU", "US")}
    for row, counts in _people(samples, specifications, workforce.n_researchers):
        names = _blocs(row, unknown_mark(row))
        for bloc in found:
            found[bloc][row.name] = counts[names[bloc]]
    return found


def researchers(samples: Samples, specifications: pd.DataFrame, number: str) -> Found:
    """Return the number of people in a bloc, and whether it stands where it is put (21 to 23)."""
    found = samples.once(researchers_of_blocs, specifications)
    order = workforce.reported_order(flat(found))[BLOC_OF[number]].to_numpy()
    return Found(found[BLOC_OF[number]], order[:, np.newaxis])


def younger(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return China's mean academic age less the lower of the EU's and the US's (claim 24)."""
    gap = table_of(specifications, samples)[:, :1]

    def mean_ages(rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str) -> pd.Series:
        return workforce.age_summary(workforce.age_profile(rows, members, counting))["mean age"]

    for row, ages in _people(samples, specifications, mean_ages):
        of_blocs = pd.DataFrame([{bloc: ages[name] for bloc, name in _blocs(row, "").items()}])
        gap[row.name] = workforce.age_gap(of_blocs).iloc[0]
    return Found(gap, gap < 0)


def _people(samples: Samples, specifications: pd.DataFrame, measure):
    """Yield each specification with what `measure` finds for the groups of its window."""
    table = samples.frame.tables.researchers
    keys = ["year", "window", "author_key", "min_works", "counting"]
    for (year, width, key, least, counting), rows in specifications.groupby(keys, sort=False):
        end = samples.frame.year_of(year)
        if end not in set(table["window_end"]):
            continue
        people = workforce.of_window(table, end, int(width), key, int(least))
        found = measure(people, groups(), counting)
        for _, row in rows.iterrows():
            yield row, found


class Institutions:
    """The institutions of one year and some categories, and how many papers each has in every draw."""

    def __init__(self, samples: Samples, options: Mapping[str, str]) -> None:
        frame = samples.frame
        year, tables = frame.year_of(options["year"]), frame.tables
        chosen = samples.categories(options["categories"], options["panel"])
        output = tables.institution_output.loc[tables.institution_output["category"].isin(chosen)]
        papers = tables.papers.loc[(tables.papers["year"] == year) & tables.papers["category"].isin(chosen)]
        self.n_papers = int(papers["n_papers"].sum())
        by_way = {
            way: institutions.papers_of(output, tables.institutions, [year], way) for way in institutions.COUNTING
        }
        self.rows = by_way["whole"].reset_index(drop=True)
        self.firm = institution_names.is_company(self.rows).to_numpy() if len(self.rows) else np.zeros(0, bool)
        own = self.rows["n_whole"].to_numpy()
        times = samples.rng(3, year).poisson(own, size=(samples.draws, len(own)))
        self.times = np.concatenate([own[np.newaxis], times])
        fractional = by_way["fractional"].set_index("institution_id")["papers"]
        # The same order of operations as in `papers_of`, so that the first line gives just the papers found.
        self.each = {
            "whole": np.ones(len(own)),
            "fractional": fractional.reindex(self.rows["institution_id"]).to_numpy() / np.maximum(own, 1),
        }

    def passed(self, samples: Samples, options: Mapping[str, str]) -> np.ndarray:
        """Return which institutions are counted in each draw: (1 + draws) × institutions."""
        threshold, reading = samples.frame.threshold, options["threshold"]
        if reading == "equivalent":
            threshold = institutions.equivalent_threshold(self.n_papers, samples.world_papers, threshold)
        least = threshold - 1e-9 if reading == "at least" else threshold + 1e-9
        passed = self.times * self.each[options["counting"]] > least
        return passed & ~self.firm if options.get("firms") == "without" else passed


def _passed(samples: Samples, specifications: pd.DataFrame, made: dict):
    """Yield the institutions, which of them pass, and the specifications that count those."""
    keys = ["year", "categories", "panel", "threshold", "counting", "firms"]
    for options, rows in specifications.groupby(keys, sort=False):
        options = dict(zip(keys, options, strict=True))
        key = tuple(options[name] for name in keys[:3])
        if key not in made:
            made[key] = Institutions(samples, options)
        if len(made[key].rows):  # tables that hold no institutions say nothing of how many there are
            yield made[key], made[key].passed(samples, options), rows


def _belongs(countries: pd.Series, named: Mapping[str, Sequence[str]]) -> np.ndarray:
    return np.column_stack([countries.isin(list(codes)) for codes in named.values()]).astype(float)


def above_of_blocs(samples: Samples, specifications: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the institutions above the threshold in each of the four blocs."""
    blocs = ("CN", "EU", "US", "UK")
    found = {bloc: table_of(specifications, samples) for bloc in blocs}
    for institution, passed, rows in _passed(samples, specifications, samples.institutions):
        counts = passed.astype(float) @ _belongs(institution.rows["country"], groups())
        by_name = dict(zip(groups(), counts.T, strict=True))
        for place, row in rows.iterrows():
            names = _blocs(row, unknown_mark(row))
            for bloc in blocs:
                found[bloc][place] = by_name[names[bloc]]
    return found


def institutions_above(samples: Samples, specifications: pd.DataFrame, number: str) -> Found:
    """Return a bloc's institutions above the threshold, and whether it stands where it is put (33, 35 to 37)."""
    found = samples.once(above_of_blocs, specifications)
    order = institutions.reported_order(flat(found))[BLOC_OF[number]].to_numpy().reshape(found["CN"].shape)
    return Found(found[BLOC_OF[number]], order)


def nowhere_above(samples: Samples, specifications: pd.DataFrame, number: str) -> Found:
    """Return the institutions above the threshold of those that are said to have none (38, 40)."""
    found = table_of(specifications, samples)
    named = {"keep": NONE_IN[number], "worst": (*NONE_IN[number], UNKNOWN)}
    for institution, passed, rows in _passed(samples, specifications, samples.institutions):
        counts = dict(zip(named, (passed.astype(float) @ _belongs(institution.rows["country"], named)).T, strict=True))
        for place, row in rows.iterrows():
            found[place] = counts[row["missing"]]
    return Found(found, found == 0)


def spread(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return the largest city's share in per cent, whether the relation holds, and what is judged (claim 34).

    The judgement tells "no" from "these tables cannot tell" (`geography.judged`).
    """
    share, holds = table_of(specifications, samples), np.zeros((len(specifications), 1 + samples.draws), bool)
    judged: list[bool | None] = [None] * len(specifications)
    place_of = cities.places(samples.frame.tables.institutions).set_index("institution_id")["city"]
    for institution, passed, rows in _passed(samples, specifications, samples.institutions):
        city = institution.rows["institution_id"].map(place_of).fillna(geography.UNPLACED)
        for china, same in rows.groupby("china", sort=False):
            inside = institution.rows["country"].isin(china.split("+")).to_numpy()
            codes, names = pd.factorize(city[inside], sort=True)
            counts = pd.DataFrame(passed[:, inside].astype(float) @ np.eye(len(names))[codes], columns=names)
            of_draws = geography.largest_share(counts).to_numpy()
            drawn = of_draws[1:][~np.isnan(of_draws[1:])]
            lowest = np.quantile(drawn, 0.025) if len(drawn) else 0.0
            first = counts.iloc[0].loc[lambda row: row > 0].astype(int)
            for place in same.index:
                share[place], holds[place] = 100 * of_draws, geography.is_spread(counts).to_numpy()
                judged[place] = geography.judged(first, lowest, samples.frame.tables.is_sample)[0]
    return Found(share, holds, judged)
