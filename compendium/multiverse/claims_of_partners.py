"""Claims on who publishes with whom: partners, ties in the network, and China's reliance on others."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from compendium.measures import centrality, network
from compendium.measures.partners import bloc_units, overtaken
from compendium.multiverse.claims_of_papers import citation_shares
from compendium.multiverse.found import Found, above_one, divide, table_of
from compendium.multiverse.samples import COUNTING, Sample, Samples, by_papers, mask_of, trend_panel
from compendium.places.blocs import CHINAS, WEST_BLOCS, partner_units

#: Claim number → whose partners, and whom China is held against (None: the best other).
QUESTIONS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "03": (("US", "UK", "EU"), None),
    "10": (("UK",), "US"),
    "11": (("UK",), "EU"),
    "12": (("EU",), "UK"),
    "13": (("EU",), "US"),
    "14": (("US",), None),
}
#: Claims that say that China came from behind, and how many years back that is looked for.
FROM_BEHIND = ("12", "13")
YEARS_BACK = 15


def _units(sample: Sample, china: str, eu: str, unit: str) -> dict[str, tuple[str, ...]]:
    """Return the partners; where members of the EU are partners of their own, the EU is added as subject."""
    if unit == "bloc":
        return bloc_units(sample.countries, china, eu)
    units = partner_units(sample.countries, china, eu, "country")
    return {("UK" if name == "GB" else name): codes for name, codes in units.items()}


def _links(present: np.ndarray, counting: str) -> np.ndarray:
    """Return the weight of a paper's links, as `copublication.link_weight` has it."""
    if counting == "whole":
        return np.ones(len(present))
    return 1.0 / np.maximum(present.sum(axis=1) - 1.0, 1.0)


def _ratio(
    sample: Sample,
    mask: np.ndarray,
    units: Mapping[str, Sequence[str]],
    subject: str,
    rival: str | None,
    counting: str,
    worst: bool,
) -> np.ndarray:
    """Return the papers that a subject shares with China over those with its rival, by draw."""
    present, names = sample.present(units), list(units)
    link = _links(present, counting) * present[:, names.index(subject)]
    china = present[:, names.index("CN")]
    if rival is None:
        others = np.delete(present, [names.index("CN"), names.index(subject)], axis=1)
    else:
        others = present[:, [names.index(rival)]]
    if worst:  # whoever is unknown is an address of the rival, or a rival of its own
        unknown = sample.unknown[:, np.newaxis].astype(float)
        others = np.hstack([others, unknown]) if rival is None else np.maximum(others, unknown)
    shared = sample.totals(np.column_stack([china, others]) * link[:, np.newaxis], mask)
    return divide(shared[:, 0], shared[:, 1:].max(axis=1))


def partner_ratio(samples: Samples, specifications: pd.DataFrame, number: str) -> Found:
    """Return the ratio that decides a claim on partners, the least over its subjects (3, 10 to 14)."""
    subjects, rival = QUESTIONS[number]
    unit_of_claim = "bloc" if number in ("11", "12", "13") else "country"
    ratio = table_of(specifications, samples)
    for options, rows in by_papers(specifications, ["counting"]):
        sample = samples.papers(samples.frame.year_of(options["year"]))
        mask, worst = mask_of(sample, options), options["missing"] == "worst"
        for place, row in rows.iterrows():
            unit = row.get("partner_unit", unit_of_claim)
            units = _units(sample, row["china"], row.get("eu", "EU-27"), unit)
            each = [
                _ratio(sample, mask, units, subject, rival, options["counting"], worst)
                for subject in subjects
                if subject in units
            ]
            ratio[place] = np.minimum.reduce(each) if len(each) == len(subjects) or unit == "country" else np.nan
    return Found(ratio, above_one(ratio))


def never_behind(samples: Samples, specifications: pd.DataFrame, number: str) -> pd.Series:
    """Tell for which specifications China was never seen behind its rival in the years before (12, 13)."""
    (subject,), rival = QUESTIONS[number]
    found: dict[int, bool] = {}
    pasts: dict[int, Sample] = {}
    also = ["counting", "china", *(name for name in ("eu",) if name in specifications)]
    for options, rows in by_papers(specifications, also):
        year = samples.frame.year_of(options["year"])
        if year not in pasts:
            pasts[year] = samples.history(year - YEARS_BACK, year)
        past = pasts[year]
        units = _units(past, options["china"], options.get("eu", "EU-27"), "bloc")
        present, names = past.present(units), list(units)
        link = _links(present, options["counting"]) * present[:, names.index(subject)]
        papers = link * mask_of(past, options) * past.weights[0]
        since = past.rows["year"].to_numpy() - past.rows["year"].min()
        shared = pd.DataFrame(
            {name: np.bincount(since, papers * present[:, names.index(name)]) for name in ("CN", rival)}
        )
        found |= dict.fromkeys(rows.index, overtaken(shared, "CN", rival) is None)
    return pd.Series(found).reindex(specifications.index)


def lead_in_citations(samples: Samples, specifications: pd.DataFrame) -> np.ndarray:
    """Return China's share of citations over the largest of the three others."""
    shares = citation_shares(samples, specifications)
    return divide(shares["CN"], np.maximum.reduce([shares[bloc] for bloc in WEST_BLOCS]))


class Ties:
    """The ties of one year's network, for one set of nodes: on which papers each is."""

    def __init__(self, sample: Sample, units: Mapping[str, Sequence[str]]) -> None:
        self.sample, self.names = sample, list(units)
        self._walked: dict[bytes, pd.Series] = {}
        present = sample.present(units)
        self.rows = np.flatnonzero(present.sum(axis=1) > 1)
        self.shown = present[self.rows]
        self.first, self.second = np.nonzero(np.triu(self.shown.T @ self.shown, k=1))
        self.on_paper = sparse.csr_array(self.shown[:, self.first] * self.shown[:, self.second]).T.tocsr()
        pairs = np.arange(len(self.first))
        self.ends = sparse.csr_array(
            (np.ones(2 * len(pairs)), (np.concatenate([self.first, self.second]), np.tile(pairs, 2))),
            shape=(len(self.names), len(pairs)),
        )

    def weights(self, mask: np.ndarray, counting: str) -> np.ndarray:
        """Return the joint papers of each pair in each draw: pairs × (1 + draws)."""
        link = _links(self.shown, counting) * mask[self.rows]
        return self.on_paper @ np.ascontiguousarray((self.sample.weights[:, self.rows] * link).T)

    def lead(self, tied: np.ndarray, weights: np.ndarray, measure: str) -> np.ndarray:
        """Return China's degree or strength over the largest of the others, by draw."""
        values = self.ends @ (tied.astype(float) if measure == "degree" else weights * tied)
        china = self.names.index("CN")
        return divide(values[china], np.delete(values, china, axis=0).max(axis=0))

    def measures(self, tied: np.ndarray, weights: np.ndarray) -> pd.Series:
        """Return China's lead in each measure of `network`, for the papers as they are."""
        shown = weights[:, 0] * tied[:, 0]
        if shown.tobytes() not in self._walked:  # other options often leave the same network
            self._walked[shown.tobytes()] = self._measures(shown)
        return self._walked[shown.tobytes()]

    def _measures(self, shown: np.ndarray) -> pd.Series:
        matrix = np.zeros((len(self.names), len(self.names)))
        matrix[self.first, self.second] = shown
        found = network.network_measures(pd.DataFrame(matrix + matrix.T, self.names, self.names), centrality.ANY_WEIGHT)
        if "CN" not in found.index or len(found) < 2:
            return pd.Series(np.nan, index=network.MEASURES)
        others = found.drop(index="CN").max()
        lead = found.loc["CN"] / others
        return lead.mask((found.loc["CN"] - others).abs() < 10.0**-network.TIE_DECIMALS, 1.0)


#: Measures whose lead is drawn. The others walk through the network, which cannot be drawn a
#: thousand times for every specification in a reasonable time; they stand as they are found.
DRAWN = ("degree", "strength")


def lead_in_network(samples: Samples, specifications: pd.DataFrame) -> np.ndarray:
    """Return China's lead in the network, over the best other node; missing draws where `DRAWN` has not."""
    lead = table_of(specifications, samples)
    made: dict[tuple[int, str, str], Ties] = samples.networks
    for options, rows in by_papers(specifications, ["china", "partner_unit"]):
        year, china, unit = samples.frame.year_of(options["year"]), options["china"], options["partner_unit"]
        sample = samples.papers(year)
        key = (year, china, unit)
        if key not in made:
            made[key] = Ties(sample, partner_units(sample.countries, china, "EU-27", unit))
        _fill_leads(lead, made[key], mask_of(sample, options), rows)
    return lead


def _fill_leads(lead: np.ndarray, ties: Ties, mask: np.ndarray, rows: pd.DataFrame) -> None:
    """Fill the leads of the specifications that look at the same papers and nodes."""
    together = ties.weights(mask, "whole")
    weights = {"whole": together, "fractional": ties.weights(mask, "fractional")}
    for (threshold, counting), same in rows.groupby(["edge_threshold", "counting"], sort=False):
        tied = together >= int(threshold)
        drawn = {
            measure: ties.lead(tied, weights[counting], measure)
            for measure in DRAWN
            if (same["centrality"] == measure).any()
        }
        walked = (
            ties.measures(tied[:, :1], weights[counting][:, :1])
            if not same["centrality"].isin(DRAWN).all()
            else pd.Series(dtype=float)
        )
        for place, measure in same["centrality"].items():
            if measure in DRAWN:
                lead[place] = drawn[measure]
            else:
                lead[place, 0] = walked[measure]


def most_connected(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return China's lead in the network, and whether it is alone in the first place (claim 9)."""
    lead = lead_in_network(samples, specifications)
    return Found(lead, above_one(lead))


def leads_twice(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return the smaller of China's leads in citations and in the network (claim 2)."""
    halves = []
    for leads, choices in (
        (
            lead_in_citations,
            (
                "counting",
                "china",
                "eu",
                "categories",
                "panel",
                "year",
                "missing",
                "citation_reading",
                "missing_citations",
            ),
        ),
        (
            lead_in_network,
            (
                "counting",
                "china",
                "categories",
                "panel",
                "year",
                "missing",
                "partner_unit",
                "centrality",
                "edge_threshold",
            ),
        ),
    ):
        distinct = specifications[list(choices)].drop_duplicates()
        place = pd.MultiIndex.from_frame(distinct)
        found = leads(samples, distinct.reset_index(drop=True))
        halves.append(found[place.get_indexer(pd.MultiIndex.from_frame(specifications[list(choices)]))])
    least = np.minimum(*halves)
    return Found(least, above_one(least))


def reliance_slope(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return the slope of China's share of papers with a foreign address, in points a year (claim 4)."""
    slope, totals = table_of(specifications, samples), {}
    wanted = list(by_papers(specifications, ["trend_years"]))
    spans = [_span(samples, options) for options, _ in wanted]
    for year in sorted({year for span in spans for year in span}):
        sample = samples.earlier(year)
        for (options, _), span in zip(wanted, spans, strict=True):
            key = _papers_key(options, span)
            if year in span and (year, *key) not in totals:
                totals[year, *key] = _own_and_joint(sample, *key)
    for (options, rows), span in zip(wanted, spans, strict=True):
        each = [totals[year, *_papers_key(options, span)] for year in span]
        for place, row in rows.iterrows() if each else ():
            column = CHINAS.index(row["china"]) * len(COUNTING) + COUNTING.index(row["counting"])
            own, joint = (np.array([pair[part][:, column] for pair in each]) for part in (0, 1))
            slope[place] = 100 * _slope(np.array(span), own, joint, row["trend_fit"])
    return Found(slope, slope < 0)


def _span(samples: Samples, options: Mapping[str, str]) -> list[int]:
    last = samples.frame.year_of(options["year"])
    return [year for year in samples.frame.tables.years if last - int(options["trend_years"]) < year <= last]


def _papers_key(options: Mapping[str, str], span: Sequence[int]) -> tuple[str, str, str]:
    """Return categories, panel and missing: which papers of a year a trend looks at."""
    last = max(span, default=0)
    panel = "all" if options["panel"] == "all" else trend_panel(last - int(options["trend_years"]) + 1, last)
    return options["categories"], panel, options["missing"]


def _own_and_joint(sample: Sample, categories: str, panel: str, missing: str) -> tuple[np.ndarray, np.ndarray]:
    """Return China's papers, and those with an address abroad: (1 + draws) × (meaning of China, counting)."""
    everywhere = sorted(sample.countries)
    own, joint = [], []
    for china in CHINAS:
        abroad = sample.present({"abroad": tuple(code for code in everywhere if code not in china.split("+"))})[:, 0]
        if missing == "worst":
            abroad = np.maximum(abroad, sample.unknown)
        for counting in COUNTING:
            own.append(sample.credit(counting)[china])
            joint.append(own[-1] * abroad)
    mask = sample.mask(categories, panel, missing)
    return sample.totals(np.column_stack(own), mask), sample.totals(np.column_stack(joint), mask)


def _slope(years: np.ndarray, own: np.ndarray, joint: np.ndarray, fit: str) -> np.ndarray:
    """Return the least-squares slope of joint / own over the years, by draw (years × draws in).

    fit : `years` gives each year the same weight, `papers` gives it that of its papers. Years
        without a paper of China are left out; missing with fewer than three years.
    """
    known = own > 0
    share = np.where(known, divide(joint, own), 0.0)
    weight = known.astype(float) if fit == "years" else own
    mass = np.maximum(weight.sum(axis=0), np.finfo(float).tiny)
    centred = (years[:, np.newaxis] - (weight * years[:, np.newaxis]).sum(axis=0) / mass) * (weight > 0)
    run = (weight * centred**2).sum(axis=0)
    enough = (known.sum(axis=0) >= 3) & (run > 0)
    return np.where(enough, (weight * centred * share).sum(axis=0) / np.where(enough, run, 1.0), np.nan)
