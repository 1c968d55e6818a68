"""The multiverse as a plain loop: one specification and one draw at a time, by the measures in pandas.

What anybody would write first. It is slow, and it shares no code with the matrix products of
`compendium.multiverse` but the measures' definitions: tests and the benchmark hold the two together.
It knows no worst case for unknown countries, which the measures do not have.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compendium.measures import (
    centrality,
    citations,
    dependence,
    institution_names,
    institutions,
    network,
    output,
    partners,
    self_reliance,
    workforce,
)
from compendium.measures.counting import WEST, with_union
from compendium.multiverse.choices import Frame
from compendium.multiverse.samples import Sample, Samples, trend_panel
from compendium.places.blocs import members, partner_units
from compendium.published.reported import world_papers

PAIRS_OF = {"16": "CN", "17": "US", "18": "EU", "19": "UK", "20": "flow"}
BLOC_OF = {
    "05": "CN",
    "06": "US",
    "07": "EU",
    "08": "UK",
    "21": "CN",
    "22": "EU",
    "23": "US",
    "33": "CN",
    "35": "EU",
    "36": "US",
    "37": "UK",
}
RATIO_OF = {
    "03": "West: China / best other",
    "10": "UK: China / US",
    "11": "UK: China / EU",
    "12": "EU: China / UK",
    "13": "EU: China / US",
}


def papers_of_draw(sample: Sample, draw: int, option: Mapping[str, str], panel: str | None = None) -> pd.DataFrame:
    """Return the papers of one draw that a specification looks at; draw 0 is the papers as they are."""
    drawn = sample.rows.assign(n_papers=sample.weights[draw].astype(int), year=0, category="")
    kinds = sample.kinds[option["categories"]] & sample.kinds[panel or option.get("panel", "all")]
    drawn = drawn.loc[drawn["kind"].isin(kinds) & (drawn["n_papers"] > 0)]
    if option.get("missing") == "drop":
        drawn = drawn.loc[dependence.all_known(drawn, sample.compositions)]
    return drawn.reset_index(drop=True)


def estimate(number: str, samples: Samples, option: Mapping[str, str], draw: int = 0) -> float:
    """Return the estimate of a claim under one specification, in one draw."""
    frame = samples.frame
    year = frame.year_of(option["year"])
    china, eu, counting = option.get("china", "CN"), option.get("eu", "EU-27"), option["counting"]
    blocs = with_union(members(china, eu))
    if number == "04":
        return _slope(samples, option, draw)
    if number in ("21", "22", "23", "24", "33", "35", "36", "37"):
        return _of_tables(number, frame, year, blocs, option)
    sample = samples.cited(year) if number in ("05", "06", "07", "08") else samples.papers(year)
    papers, compositions = papers_of_draw(sample, draw, option), sample.compositions
    if number == "01":
        found = output.output(papers, compositions, blocs, counting)
        return found["CN"] / found[WEST]
    if number in ("05", "06", "07", "08"):
        counts = papers["citations"].astype(float)
        if option["missing_citations"] == "drop":
            papers = papers.loc[counts.notna()]
        else:
            known = counts.notna()
            average = np.average(counts[known], weights=papers.loc[known, "n_papers"])
            papers = papers.assign(
                citations=counts.fillna(average * {"average": 1, "double": 2}[option["missing_citations"]])
            )
        return (
            100
            * citations.citation_shares(citations.cited_papers(papers), compositions, blocs, counting)[BLOC_OF[number]]
        )
    if number in PAIRS_OF:
        shares = dependence.partner_shares(papers, compositions, blocs, counting, dependence.as_printed(papers))
        return dependence.answers(shares)[PAIRS_OF[number]].iloc[0] * (1 if number == "20" else 100)
    if number in (*RATIO_OF, "14"):
        return _ratio(number, papers, compositions, option, china, eu, counting)
    return _lead(papers, compositions, option, china, counting)


def _ratio(number, papers, compositions, option, china, eu, counting) -> float:
    ratios = partners.partner_ratios(papers, compositions, counting=counting, china=china, eu=eu).iloc[0]
    unit = option.get("partner_unit")
    if number == "14":
        return ratios[f"US: China / best other{' country' if unit == 'country' else ''}"]
    if number == "03" and unit == "country":
        shared = partners.western_partners(papers, compositions, counting=counting, china=china, eu=eu, unit=unit)
        return min((one["CN"] / one.drop(columns="CN").max(axis=1)).iloc[0] for one in shared.values())
    return ratios[RATIO_OF[number]]


def _lead(papers, compositions, option, china, counting) -> float:
    countries = {*compositions["country"], "US", "GB"} - {"ZZ"}
    units = partner_units(countries, china, "EU-27", option["partner_unit"])
    ties = centrality.tie_matrix(papers, compositions, units, int(option["edge_threshold"]), counting)
    measure = option["centrality"]
    if measure in ("degree", "strength"):
        return centrality.lead(centrality.degree_and_strength(ties)[[measure]].T, "CN").iloc[0]
    found = network.network_measures(ties, centrality.ANY_WEIGHT)[measure]
    return found["CN"] / found.drop("CN").max()


def _slope(samples: Samples, option: Mapping[str, str], draw: int) -> float:
    last, length = samples.frame.year_of(option["year"]), int(option["trend_years"])
    first = last - length + 1
    panel = "all" if option["panel"] == "all" else trend_panel(first, last)
    frames = []
    for year in [year for year in samples.frame.tables.years if first <= year <= last]:
        sample = samples.earlier(year)
        frames.append(papers_of_draw(sample, draw, option | {"missing": "keep"}, panel).assign(year=year))
    unknown = {"worst": "foreign"}.get(option["missing"], option["missing"])
    counted = self_reliance.tally(
        pd.concat(frames),
        samples.frame.tables.compositions,
        members(option["china"])["CN"],
        option["counting"],
        unknown,
    )
    return self_reliance.slope_of(counted, option["trend_fit"]).iloc[0]


def _of_tables(number: str, frame: Frame, year: int, blocs, option: Mapping[str, str]) -> float:
    tables = frame.tables
    if number < "30":
        rows = workforce.of_window(
            tables.researchers, year, int(option["window"]), option["author_key"], int(option["min_works"])
        )
        if number == "24":
            ages = workforce.age_summary(workforce.age_profile(rows, blocs, option["counting"]))["mean age"]
            return workforce.age_gap(ages.to_frame().T).iloc[0]
        return workforce.n_researchers(rows, blocs, option["counting"])[BLOC_OF[number]]
    chosen = frame.category_sets()[option["categories"]] & (
        set(frame.panel()) if option["panel"] == "balanced" else set(tables.categories)
    )
    rows = institutions.papers_of(
        tables.institution_output.loc[tables.institution_output["category"].isin(chosen)],
        tables.institutions,
        [year],
        option["counting"],
    )
    if option["firms"] == "without":
        rows = rows.loc[~institution_names.is_company(rows)]
    threshold = frame.threshold
    if option["threshold"] == "equivalent":
        papers = tables.papers
        here = papers.loc[(papers["year"] == year) & papers["category"].isin(chosen), "n_papers"].sum()
        threshold = institutions.equivalent_threshold(int(here), world_papers(), threshold)
    return institutions.above(rows, blocs, threshold, option["threshold"] == "at least")[BLOC_OF[number]]
