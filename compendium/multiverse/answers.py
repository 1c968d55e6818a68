"""What each claim comes to under one specification: an answer for each claim, registered by the claim's id.

An answer asks the measures for what the claim is about, and says whether the claim's relation holds. It is
computed for all draws at once, for a line of weights is as good as another (`measures.weighted`).
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from compendium.measures import centrality, citations, dependence, output, partners, self_reliance
from compendium.measures.counting import WEST
from compendium.measures.network import FUNCTIONS, UNWEIGHTED, graph
from compendium.measures.weighted import WeightedPapers, ratio
from compendium.multiverse.look import Answer, Look, above_one, answer, chosen
from compendium.multiverse.samples import Samples, trend_panel
from compendium.places.blocs import CHINAS, EUS, partner_units

#: Claim id → its answer.
ANSWERS: dict[str, Callable[[Look], Answer]] = {}
#: How many years back it is looked for that China was behind, for claims that say that it came from behind.
YEARS_BACK = 15


def answers(claim_id: str, *given: object) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a function as the answer to a claim; what is `given` is handed to it after the look."""

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        if claim_id in ANSWERS:
            raise ValueError(f"claim {claim_id} is answered twice")
        ANSWERS[claim_id] = partial(_with, function, given) if given else function
        return function

    return register


def _with(function: Callable[..., Answer], given: Sequence[object], look: Look) -> Answer:
    return function(look, *given)


@answers("01-output-surpasses")
def output_ratio(look: Look) -> Answer:
    """China's papers over those of the US, the EU and the UK together."""
    papers = look.once(output.output, look.papers, look.groups, look["counting"])
    over = ratio(look.column(papers, look["china"]), look.column(papers, WEST + look.mark))
    return answer(over, above_one(over))


def _citation_shares(look: Look) -> pd.DataFrame:
    sums = look.once(citations.citation_sums, look.cited, look.groups, look["counting"])
    return look.of_blocs(look.once(citations.shares_of, sums, look["missing_citations"]))


@answers("05-citation-share-china", "CN")
@answers("06-citation-share-us", "US")
@answers("07-citation-share-eu", "EU")
@answers("08-citation-share-uk", "UK")
def citation_share(look: Look, bloc: str) -> Answer:
    """A bloc's share of all citations, in per cent, with its bootstrap-t interval."""
    shares = _citation_shares(look)
    value, holds = 100 * look.column(shares, bloc), look.column(look.once(citations.relations, shares), bloc)
    if not look.samples.draws:
        return answer(value, holds)
    intervals = look.once(
        citations.share_intervals, look.cited, look.groups, look["counting"], look["missing_citations"]
    )
    low, high = (look.once(_row_of, intervals, end)[look.group[bloc]] for end in ("low", "high"))
    return answer(value, holds, ends=(100 * low, 100 * high))


def _row_of(intervals: pd.DataFrame, end: str) -> dict[str, float]:
    return intervals[end].to_dict()


@answers("03-primary-collaborator", "West: China / best other")
@answers("10-uk-china-over-us", "UK: China / US")
@answers("11-uk-china-over-eu", "UK: China / EU")
@answers("14-us-top-partner-china", "US: China / best other country")
def partner_ratio(look: Look, question: str) -> Answer:
    """Papers with China over those with the other partner; the least over the subjects of the question."""
    found = look.once(
        _partner_ratio, look.papers, question, look["counting"], look["china"], look.eu,
        look.option.get("partner_unit", ""), look["missing"],
    )  # fmt: skip
    return answer(found, above_one(found))


def _partner_ratio(
    papers: WeightedPapers, question: str, counting: str, china: str, eu: str, unit: str, missing: str
) -> np.ndarray:
    return partners.partner_ratio(
        papers, question, counting=counting, china=china, eu=eu, unit=unit or None, unknown=missing
    )


@answers("12-eu-china-over-uk", "EU: China / UK")
@answers("13-eu-china-over-us", "EU: China / US")
def partner_overtaken(look: Look, question: str) -> Answer:
    """The same of the EU's partners, where China also has to have been behind in a year before."""
    now = partner_ratio(look, question)
    if not now.told:
        return now
    _, (subject,), rival = partners.QUESTIONS[question]
    years, papers = look.samples.history(look.year - YEARS_BACK, look.year)
    past = look.inside(papers)
    shared = look.once(_shared_by_year, past, subject, look["counting"], look["china"], look.eu)
    return answer(now.value, now.holds, tells=partners.overtaken(shared, "CN", rival) is not None)


def _shared_by_year(papers: WeightedPapers, subject: str, counting: str, china: str, eu: str) -> pd.DataFrame:
    return partners.shared_papers(papers, partners.units_of(papers, china, eu, "bloc"), subject, counting)


@answers("16-china-with-west", "CN")
@answers("17-us-with-china", "US")
@answers("18-eu-with-china", "EU")
@answers("19-uk-with-china", "UK")
@answers("20-flow-toward-china", "flow")
def partner_share(look: Look, whose: str) -> Answer:
    """The part of a bloc's papers that the other side is on, in per cent; for `flow` how much larger theirs are."""
    shares = look.once(_partner_shares, look.papers, look["counting"], look.mark)
    shares = look.once(_pairs_of, shares, look["china"], look.eu, look.mark)
    found, holds = look.once(dependence.answers, shares), look.once(dependence.relations, shares)
    return answer(look.column(found, whose) * (1 if whose == "flow" else 100), look.column(holds, whose))


#: The columns of `dependence.partner_shares`.
PAIRS = pd.MultiIndex.from_tuples(dependence.PAIRS, names=["of", "with"])


def _named_pairs(china: str, eu: str, mark: str) -> list[dependence.Pair]:
    """Return `dependence.PAIRS` by the groups that a specification means; the mark goes to who is on the papers."""
    name = {"CN": china, "US": "US", "EU": eu, "UK": "UK", WEST: WEST}
    return [(name[x], name[y] + mark) for x, y in dependence.PAIRS]


def _partner_shares(papers: WeightedPapers, counting: str, mark: str) -> pd.DataFrame:
    """Return the shares of every pair that some specification of these papers means."""
    pairs = dict.fromkeys(pair for china in CHINAS for eu in EUS for pair in _named_pairs(china, eu, mark))
    names = tuple(dict.fromkeys(name for pair in pairs for name in pair))
    return dependence.partner_shares(papers, chosen(names), counting, list(pairs))


def _pairs_of(shares: pd.DataFrame, china: str, eu: str, mark: str) -> pd.DataFrame:
    place = {pair: number for number, pair in enumerate(shares.columns)}
    columns = [place[pair] for pair in _named_pairs(china, eu, mark)]
    return pd.DataFrame(shares.to_numpy()[:, columns], columns=PAIRS)


def _ties(papers: WeightedPapers, china: str, unit: str) -> centrality.Ties:
    return centrality.Ties(papers, partner_units(papers.countries, china, "EU-27", unit))


#: Measures whose lead is drawn. The others walk through the network, which cannot be drawn a
#: thousand times for every specification in a reasonable time; they stand as they are found.
DRAWN = ("degree", "strength")


def _network_lead(look: Look) -> np.ndarray:
    """Return China's lead in the network over the best other node; draws are missing where `DRAWN` has not."""
    ties = look.once(_ties, look.samples.papers(look.year), look["china"], look["partner_unit"])
    together = look.once(centrality.Ties.weights, ties, "whole", look.papers, large=True)
    weights = look.once(centrality.Ties.weights, ties, look["counting"], look.papers, large=True)
    measure, tied = look["centrality"], together >= int(look["edge_threshold"])
    if measure in DRAWN:
        values = ties.degree(tied) if measure == "degree" else ties.strength(tied, weights)
        return centrality.lead(pd.DataFrame(values.T, columns=ties.names), "CN")
    first = tied[:, :1], (tied if measure in UNWEIGHTED else weights)[:, :1].astype(float)
    # Other options often leave the same network.
    walked = look.once(_walked, ties, measure, *first, by=(id(ties), measure, *(part.tobytes() for part in first)))
    return np.concatenate([[walked], np.full(look.samples.draws, np.nan)])


def _walked(ties: centrality.Ties, measure: str, tied: np.ndarray, weights: np.ndarray) -> float:
    """Return China's lead in a measure of the network of the first line."""
    scores = FUNCTIONS[measure](graph(ties.matrix(tied, weights), centrality.ANY_WEIGHT))
    return centrality.network_lead(scores, "CN")


#: The choices that the place in the network hangs on.
OF_NETWORK = (
    "year", "counting", "china", "categories", "panel", "missing", "partner_unit", "centrality", "edge_threshold",
)  # fmt: skip


@answers("09-most-connected")
def most_connected(look: Look) -> Answer:
    """China's lead in the network: above 1 where it is alone in the first place."""
    lead = look.once(_network_lead, look, by=look.options(*OF_NETWORK))
    return answer(lead, above_one(lead))


@answers("02-leads-influence-centrality")
def leads_twice(look: Look) -> Answer:
    """The smaller of China's leads in citations, over the largest of the three others, and in the network."""
    shares = _citation_shares(look)
    in_citations = look.once(centrality.lead, shares, "CN")
    least = np.minimum(in_citations, most_connected(look).value)
    return answer(least, above_one(least))


@answers("04-self-reliance")
def reliance_slope(look: Look) -> Answer:
    """The slope of China's share of papers with an address abroad, in percentage points a year."""
    first = look.year - int(look["trend_years"]) + 1
    panel = "all" if look["panel"] == "all" else trend_panel(first, look.year)
    years = [year for year in look.tables.years if first <= year <= look.year]
    if not years:
        nothing = np.full(1 + look.samples.draws, np.nan)
        return answer(nothing, nothing < 0)
    found = [
        look.once(_own_and_joint, look.samples, year, look["categories"], panel, look["missing"], look["counting"])
        for year in years
    ]
    own, joint = (np.array([look.column(pair[part], look["china"]) for pair in found]).T for part in (0, 1))
    slope = 100 * self_reliance.slope(years, own, joint, look["trend_fit"], self_reliance.LEAST_YEARS)
    return answer(slope, slope < 0)


def _own_and_joint(
    samples: Samples, year: int, categories: str, panel: str, missing: str, counting: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    papers = samples.inside(samples.earlier(year), categories, panel, missing)
    return self_reliance.own_and_joint(papers, chosen(CHINAS), counting, missing)
