"""The headline verdict of every quantitative claim, computed from tables by the measures alone.

A second way to the verdicts, beside the notebooks: each claim's relation as the register words it, the
estimate, its interval where the tables can be resampled, and `claims.decide`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from compendium.claims import Verdict, decide, load_register
from compendium.measures import (
    centrality,
    citations,
    dependence,
    geography,
    institutions,
    output,
    partners,
    self_reliance,
    stability,
    workforce,
)
from compendium.measures.counting import WEST, with_union
from compendium.measures.weighted import resampled, weighted
from compendium.places import blocs, cities, countries
from compendium.tables import Tables

MEMBERS = blocs.members()
CHOICES = {"counting": "whole", "china": "CN", "eu": "EU-27"}
QUANTITATIVE = tuple(claim.id for claim in load_register().claims if claim.kind not in ("documentary", "arithmetic"))
Found = tuple[str, bool | None, float, tuple[float, float] | None]


def headline(tables: Tables, year: int = 2024, draws: int = 200) -> dict[str, tuple[Verdict, float]]:
    """Return verdict and estimate of each quantitative claim, by claim id."""
    rng = np.random.default_rng(2024)
    parts = (_output, _partners, _self_reliance, _citations, _network, _dependence, _workforce, _institutions)
    found = {
        claim: (decide(load_register()[claim], holds, value, interval, sample=tables.is_sample), value)
        for part in parts
        for claim, holds, value, interval in part(tables, year, rng, draws)
    }
    return dict(sorted(found.items()))


def cohort_verdicts(tables: Tables, year: int = 2024, draws: int = 200) -> dict[str, Verdict]:
    """Return the verdicts on citation shares under the other reading: citations so far of the year's papers."""
    cited = tables.papers[tables.papers["year"] == year]
    return {
        claim: decide(load_register()[claim], holds, value, interval, sample=tables.is_sample)
        for claim, holds, value, interval in _cited(cited, tables, np.random.default_rng(2024), draws)
    }


def _compositions(tables: Tables, first: int, last: int) -> pd.DataFrame:
    """Return the papers of some years, one row a year and composition."""
    rows = tables.papers[tables.papers["year"].between(first, last)]
    return rows.groupby(["year", "composition_id"], as_index=False)["n_papers"].sum()


def _output(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    papers = output.output(
        weighted(_compositions(tables, year, year), tables.compositions), with_union(MEMBERS), "whole"
    ).iloc[0]
    yield "01-output-surpasses", bool(papers["CN"] > papers[WEST]), papers["CN"] / papers[WEST], None


def _partners(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    ratios = partners.partner_ratios(weighted(_compositions(tables, year, year), tables.compositions), **CHOICES).iloc[
        0
    ]
    history = partners.shared_by_year(_compositions(tables, year - 15, year), tables.compositions, "EU", **CHOICES)
    claims = (
        "03-primary-collaborator",
        "10-uk-china-over-us",
        "11-uk-china-over-eu",
        "12-eu-china-over-uk",
        "13-eu-china-over-us",
        "14-us-top-partner-china",
    )
    for claim, (question, ratio) in zip(claims, ratios.items(), strict=False):
        holds = bool(ratio > 1)
        if holds and claim[:2] in ("12", "13"):
            holds = partners.overtaken(history, "CN", question[-2:])
        yield claim, holds, ratio, None


def _self_reliance(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    rows = _compositions(tables, year - 9, year).assign(category="")
    slope = self_reliance.slope_of(self_reliance.tally(rows, tables.compositions, MEMBERS["CN"]), "years").iloc[0]
    yield "04-self-reliance", bool(slope < 0), slope, None


def _received(tables: Tables, year: int) -> pd.DataFrame:
    return tables.citations_received[tables.citations_received["citing_year"] == year]


def _cited(papers: pd.DataFrame, tables: Tables, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    """Yield what the shares of the citations of `papers` say of claims 5 to 8."""
    cited = citations.cited_papers(papers)
    cited = cited.groupby(["composition_id", "citations"], as_index=False)["n_papers"].sum()
    found = 100 * citations.share_intervals(
        resampled(cited, tables.compositions, stability.draw_weights(cited, rng, draws)), MEMBERS, "whole"
    )
    holds = citations.relations(found["value"].to_frame().T).iloc[0]
    for bloc, claim in {
        "CN": "05-citation-share-china",
        "US": "06-citation-share-us",
        "EU": "07-citation-share-eu",
        "UK": "08-citation-share-uk",
    }.items():
        yield claim, bool(holds[bloc]), found.at[bloc, "value"], tuple(found.loc[bloc, ["low", "high"]])


def _citations(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    yield from _cited(_received(tables, year), tables, rng, draws)


def _network(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    known = sorted(set(tables.compositions["country"]) - {blocs.UNKNOWN})
    ties = centrality.tie_matrix(
        weighted(_compositions(tables, year, year), tables.compositions), blocs.partner_units(known, unit="country")
    )
    degree = centrality.degree_and_strength(ties)["degree"]
    cited = citations.citation_shares(
        weighted(citations.cited_papers(_received(tables, year)), tables.compositions), MEMBERS, "whole"
    ).iloc[0]
    lead = degree["CN"] / degree.drop("CN").max()
    both = min(lead, cited["CN"] / cited.drop("CN").max())
    yield "09-most-connected", bool(lead > 1), lead, None
    yield "02-leads-influence-centrality", bool(both > 1), both, None


def _dependence(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    papers, units = _compositions(tables, year, year), with_union(MEMBERS)
    weights = stability.draw_weights(papers, rng, draws)
    shares, drawn = (
        dependence.partner_shares(weighted(papers, tables.compositions, each), units, "whole")
        for each in (None, weights)
    )
    value, values = (dependence.answers(each) * [100, 100, 100, 100, 1] for each in (shares, drawn))
    holds = dependence.relations(shares).iloc[0]
    for name, claim in {
        "CN": "16-china-with-west",
        "US": "17-us-with-china",
        "EU": "18-eu-with-china",
        "UK": "19-uk-with-china",
        "flow": "20-flow-toward-china",
    }.items():
        yield claim, bool(holds[name]), value[name].iloc[0], stability.interval(values[name])


def _workforce(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    people = workforce.of_window(tables.researchers, year)
    number = workforce.n_researchers(people, MEMBERS)
    order = workforce.reported_order(number.to_frame().T).iloc[0]
    for bloc, claim in {"CN": "21-researchers-china", "EU": "22-researchers-eu", "US": "23-researchers-us"}.items():
        yield claim, bool(order[bloc]), number[bloc], None
    age = workforce.age_summary(workforce.age_profile(people, MEMBERS))["mean age"]
    gap = workforce.age_gap(age.to_frame().T).iloc[0]
    yield "24-younger-workforce", bool(gap < 0), gap, None


def _institutions(tables: Tables, year: int, rng: np.random.Generator, draws: int) -> Iterator[Found]:
    papers = institutions.papers_of(tables.institution_output, tables.institutions, [year])
    groups = {**MEMBERS, "FR": ("FR",), "AF": countries.continent_codes("AF")}
    found = institutions.above(papers, groups, institutions.THRESHOLD)
    drawn = institutions.resampled_above(papers, groups, institutions.THRESHOLD, rng, draws)
    holds = institutions.reported_order(found.to_frame().T).iloc[0].to_dict() | {
        name: found[name] == 0 for name in ("FR", "AF")
    }
    for name, claim in {
        "CN": "33-institutions-china",
        "EU": "35-institutions-eu",
        "US": "36-institutions-us",
        "UK": "37-institutions-uk",
        "FR": "38-institutions-france",
        "AF": "40-institutions-africa",
    }.items():
        yield claim, bool(holds[name]), float(found[name]), stability.interval(drawn[name])
    rows = geography.in_bloc(
        geography.placed_output(tables.institution_output, cities.places(tables.institutions), [year]), MEMBERS["CN"]
    )
    placed = geography.institutions_by_city(rows, institutions.THRESHOLD)
    shares = geography.largest_share(geography.drawn_institutions(rows, institutions.THRESHOLD, rng, draws))
    spread, _ = geography.judged(placed, stability.interval(shares)[0], tables.is_sample)
    yield "34-spread-over-cities", spread, 100 * geography.largest_share(placed.to_frame().T).iloc[0], None
