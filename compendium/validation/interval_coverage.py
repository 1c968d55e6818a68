"""Do the 95 % intervals hold what they should? Corpora drawn from one whose values are known.

A large corpus stands for the truth. Many smaller ones are drawn from it, each gets its interval as the
notebooks compute it, and the share of the intervals that hold the true value is their coverage. It should
be 95 %; `BAND` is what we take as good enough. This is about chance in which papers are there, and says
nothing of venues that are missing.

Many measures are a ratio of two sums over papers. For these one set of draws serves all corpora, which
are independent of it, so that corpora are the columns of a few matrix products. The other measures take
one corpus at a time, through the very functions that the notebooks call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.measures import centrality, citations, institutions, self_reliance, stability, workforce
from compendium.measures.counting import WEST, paper_credit, with_union
from compendium.measures.weighted import weighted
from compendium.places import blocs
from compendium.tables import Tables

#: Coverage within this is good enough for an interval that is called one of 95 %.
BAND = (0.93, 0.97)
TAILS = ((1 - stability.LEVEL) / 2, (1 + stability.LEVEL) / 2)
#: A corpus for each of these many columns of a matrix product at a time; more would only cost memory.
BLOCK = 250
COLUMNS = [
    "measure",
    "kind",
    "method",
    "population",
    "papers",
    "corpora",
    "truth",
    "coverage",
    "error",
    "width",
    "too low",
    "too high",
]
Interval = tuple[np.ndarray, np.ndarray]
Terms = Callable[[Mapping[str, np.ndarray]], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Population:
    """The papers that smaller corpora are drawn from, one value a paper.

    on : bloc → 1 where it is on the paper; `CN by authors` its part by authors; `all` always 1.
    tail : None, or what draws citations anew for each corpus, whoever wrote the papers.
    """

    name: str
    on: Mapping[str, np.ndarray]
    cited: np.ndarray
    tail: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray] | None = None

    def draw(self, rng: np.random.Generator, papers: int, corpora: int) -> dict[str, np.ndarray]:
        """Draw corpora with replacement: what a measure is made of, each papers × corpora."""
        return self.at(rng.integers(0, len(self.cited), (papers, corpora)), rng)

    def at(self, index: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Return what a measure is made of, for the papers at `index`."""
        cited = self.cited[index] if self.tail is None else self.tail(rng, index.shape)
        return {name: values[index] for name, values in self.on.items()} | {"cited": cited}

    def whole(self) -> dict[str, np.ndarray]:
        """Return the same for the population itself, with the citations that are to be expected."""
        return {**self.on, "cited": self.cited if self.tail is None else np.ones_like(self.cited)}


def population(tables: Tables, year: int, cited_only: bool = False) -> Population:
    """Make a population of the papers of one year, or of those whose citations are known."""
    papers = tables.papers.loc[tables.papers["year"] == year]
    papers = citations.cited_papers(papers) if cited_only else papers
    members, counts = with_union(blocs.members()), papers["n_papers"].to_numpy()
    credit = paper_credit(papers, tables.compositions, members, "whole").assign(all=1.0)
    credit["CN by authors"] = paper_credit(papers, tables.compositions, members, "fractional")["CN"]
    cited = np.repeat(papers["citations"].fillna(0).to_numpy(dtype=float), counts)
    return Population(f"papers of {year}", {name: np.repeat(credit[name].to_numpy(), counts) for name in credit}, cited)


def with_tail(papers: Population, name: str) -> Population:
    """Give the papers citations of a known distribution: `lognormal σ` or `Pareto α`, as in `Pareto 1.5`.

    A Pareto tail has no variance where α ≤ 2. Raises ValueError for another name.
    """
    kind, _, shape = name.partition(" ")
    tails = {
        "lognormal": lambda rng, size: rng.lognormal(0.0, float(shape), size),
        "Pareto": lambda rng, size: 1.0 + rng.pareto(float(shape), size),
    }
    if kind not in tails or not shape:
        raise ValueError(f"tail={name!r} is not possible; choose 'lognormal σ' or 'Pareto α', as in 'Pareto 1.5'")
    return Population(name, papers.on, papers.cited, tails[kind])


@dataclass(frozen=True)
class Ratio:
    """A measure that is a ratio of two sums over papers; `log` for one that is no share."""

    kind: str
    terms: Terms
    scale: str = "logit"


def _share(part: str, of: str = "all") -> Terms:
    return lambda x: (x[part] * x[of], x[of])


def _ratio(first: str, second: str, of: str = "all") -> Terms:
    return lambda x: (x[first] * x[of], x[second] * x[of])


#: Shares and orders, with the numbers of the claims that they decide.
RATIOS: Mapping[str, Ratio] = {
    "output share of China": Ratio("share", _share("CN")),
    "output share of China, by authors": Ratio("share", _share("CN by authors")),
    "China with US, EU or UK (16)": Ratio("share", _share(WEST, "CN")),
    "US with China (17)": Ratio("share", _share("CN", "US")),
    "EU with China (18)": Ratio("share", _share("CN", "EU")),
    "UK with China (19)": Ratio("share", _share("CN", "UK")),
    "output: China / US + EU + UK (1)": Ratio("order", _ratio("CN", WEST), "log"),
    "UK: China / US (10)": Ratio("order", _ratio("CN", "US", "UK"), "log"),
    "UK: China / EU (11)": Ratio("order", _ratio("CN", "EU", "UK"), "log"),
    "EU: China / UK (12)": Ratio("order", _ratio("CN", "UK", "EU"), "log"),
    "EU: China / US (13)": Ratio("order", _ratio("CN", "US", "EU"), "log"),
    "US: China / EU (14)": Ratio("order", _ratio("CN", "EU", "US"), "log"),
}
CITED: Mapping[str, Ratio] = {
    "citation share of China (5)": Ratio("citations", _share("CN", "cited")),
    "citation share of the US (6)": Ratio("citations", _share("US", "cited")),
    "citation share of the EU (7)": Ratio("citations", _share("EU", "cited")),
    "citation share of the UK (8)": Ratio("citations", _share("UK", "cited")),
    "citations: China / US (2)": Ratio("citations", _ratio("CN", "US", "cited"), "log"),
}


def percentile(above: np.ndarray, below: np.ndarray, weights: np.ndarray, scale: str) -> Interval:
    """Return the percentile interval of each column's ratio; draws without a value are left out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (weights @ above) / (weights @ below)
    missing = np.isnan(drawn).any()
    low, high = (np.nanquantile if missing else np.quantile)(drawn, TAILS, axis=0, method="inverted_cdf")
    return low, high


def studentised(above: np.ndarray, below: np.ndarray, weights: np.ndarray, scale: str) -> Interval:
    """Return `stability.ratio_interval` of each column."""
    found = _studentised(above, below, weights, scale)
    return found["low"].to_numpy(), found["high"].to_numpy()


def _studentised(above: np.ndarray, below: np.ndarray, weights: np.ndarray, scale: str) -> pd.DataFrame:
    return stability.ratio_interval(
        pd.DataFrame(above), pd.DataFrame(below), pd.Series(np.ones(len(above))), weights, scale
    )


METHODS = {"percentile": percentile, "bootstrap-t": studentised}


def monte_carlo_error(share: pd.Series | float, corpora: pd.Series | int) -> pd.Series | float:
    """Return the standard error of a share of `corpora`, two of each kind added so that it is never 0.

    Source: Agresti & Coull 1998 (The American Statistician 52(2)).
    """
    centre = (share * corpora + 2) / (corpora + 4)
    return (centre * (1 - centre) / (corpora + 4)) ** 0.5


def judged(low: np.ndarray, high: np.ndarray, truth: float | np.ndarray) -> dict[str, float]:
    """Return coverage, its `monte_carlo_error`, median width, and the shares of intervals too low and too high.

    An interval without ends holds nothing. The width is the median, because the interval of a ratio
    may have no upper end.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    held = float(np.mean((low <= truth) & (truth <= high)))
    width = np.subtract(high, low, out=np.full_like(high, np.inf), where=np.isfinite(high))
    return {
        "corpora": len(low),
        "coverage": held,
        "error": float(monte_carlo_error(held, len(low))),
        "width": float(np.median(width)),
        "too low": float(np.mean(high < truth)),
        "too high": float(np.mean(low > truth)),
    }


def ratio_coverage(
    papers: Population,
    measures: Mapping[str, Ratio],
    size: int,
    corpora: int,
    draws: int,
    rng: np.random.Generator,
    methods: Mapping[str, Callable] = METHODS,
    drawn: int | None = None,
) -> pd.DataFrame:
    """Return the coverage of each measure's interval by each method (columns: `COLUMNS`).

    size : papers of a corpus. drawn : papers of a draw, if not as many.
    """
    weights = rng.multinomial(drawn or size, np.full(size, 1 / size), draws).astype(float)
    ends: dict[tuple[str, str], list[Interval]] = {(name, way): [] for name in measures for way in methods}
    for start in range(0, corpora, BLOCK):
        parts = papers.draw(rng, size, min(BLOCK, corpora - start))
        for (name, way), found in ends.items():
            above, below = measures[name].terms(parts)
            found.append(methods[way](above, below, weights, measures[name].scale))
    rows = []
    for (name, way), found in ends.items():
        above, below = (float(term.sum()) for term in measures[name].terms(papers.whole()))
        low, high = (np.concatenate(end) for end in zip(*found, strict=True))
        rows.append(
            {
                "measure": name,
                "kind": measures[name].kind,
                "method": way,
                "population": papers.name,
                "papers": size,
                "truth": above / below,
            }
            | judged(low, high, above / below)
        )
    return pd.DataFrame(rows)[COLUMNS]


def calibration(
    papers: Population,
    measure: Ratio,
    size: int,
    corpora: int,
    draws: int,
    rng: np.random.Generator,
    bins: Sequence[float] = (0.5, 0.8, 0.9, 0.95, 0.975),
) -> pd.DataFrame:
    """Return how often an order is right, by how sure the draws are of it.

    Each corpus comes from a population of its own, in which the papers that count above only are more
    or fewer, so that the true ratio lies anywhere around 1, as far as three standard errors on either
    side. The probability is the share of draws in which the relation holds (`percentile`) or that of
    `stability.ratio_interval`; the order is the likelier one. Rows: method, and bins of its
    probability; columns: its mean (`said`), the share that is `right`, `corpora`. Raises ValueError
    where no paper counts above only.
    """
    above, below = measure.terms(papers.whole())
    only = (above > 0) & (below == 0)
    if not only.any():
        raise ValueError("no paper counts above and not below, so the order cannot be changed; choose another ratio")
    error = np.sqrt(((above / above.sum() - below / below.sum()) ** 2).sum() * len(above) / size)
    truth, fixed = np.exp(rng.uniform(-3 * error, 3 * error, corpora)), above[~only].sum()
    times = np.maximum(truth * below.sum() - fixed, 0) / above[only].sum()
    truth = (times * above[only].sum() + fixed) / below.sum()
    part = times * only.sum() / (times * only.sum() + (~only).sum())
    first, rest = (
        places[rng.integers(0, len(places), (size, corpora))]
        for places in (np.flatnonzero(only), np.flatnonzero(~only))
    )
    index = np.where(rng.random((size, corpora)) < part, first, rest)
    weights = rng.multinomial(size, np.full(size, 1 / size), draws).astype(float)
    above, below = measure.terms(papers.at(index, rng))
    ahead = {
        "percentile": np.mean(weights @ above > weights @ below, axis=0),
        "bootstrap-t": _studentised(above, below, weights, "log")["probability"].to_numpy(),
    }
    rows = [
        pd.DataFrame({"method": method, "said": np.maximum(share, 1 - share), "right": (share > 0.5) == (truth > 1)})
        for method, share in ahead.items()
    ]
    frame = pd.concat(rows).assign(bin=lambda x: np.digitize(x["said"], bins))
    return (
        frame.groupby(["method", "bin"])
        .agg(said=("said", "mean"), right=("right", "mean"), corpora=("right", "size"))
        .reset_index("bin", drop=True)
    )


@dataclass(frozen=True)
class Setting:
    """What one corpus at a time needs: the tables, a year, papers of a corpus, draws, random numbers."""

    tables: Tables
    year: int
    papers: int
    draws: int
    rng: np.random.Generator

    def smaller(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Draw a corpus from rows that stand for `n_papers` papers each, with replacement."""
        counts = rows["n_papers"].to_numpy()
        drawn = rows.assign(n_papers=self.rng.multinomial(self.papers, counts / counts.sum()))
        return drawn.loc[drawn["n_papers"] > 0].reset_index(drop=True)

    def of_year(self, *columns: str) -> pd.DataFrame:
        """Return the year's papers by composition and `columns`, venues and types being one."""
        rows = self.tables.papers.loc[self.tables.papers["year"] == self.year]
        return rows.groupby([*columns, "composition_id"], as_index=False)["n_papers"].sum()


#: The true value by measure; and what draws a corpus and gives (the draws of its bootstrap, its estimate).
Found = dict[str, tuple[pd.Series, float]]
Case = tuple[dict[str, float], Callable[[], Found]]


def top_share(setting: Setting, bloc: str = "CN") -> Case:
    """PP(top 10 %) of a bloc, all venues taken as one, the line found anew in every draw."""
    papers = citations.cited_papers(setting.of_year("citations")).assign(year=setting.year, category="")
    members, name = {bloc: blocs.members()[bloc]}, "PP(top 10 %), China"

    def share(corpus: pd.DataFrame, weights: np.ndarray | None = None) -> pd.Series:
        return citations.top_share(weighted(corpus, setting.tables.compositions, weights), members, "whole")[bloc]

    def one() -> Found:
        corpus = setting.smaller(papers)
        weights = stability.draw_weights(corpus, setting.rng, setting.draws)
        return {
            name: (
                share(corpus, weights),
                share(corpus)[0],
            )
        }

    return {name: share(papers)[0]}, one


def slope(setting: Setting, bloc: str = "CN") -> Case:
    """The slope of a bloc's foreign share over ten years, each of as many papers."""
    span = setting.tables.papers["year"].between(setting.year - 9, setting.year)
    papers = setting.tables.papers.loc[span].assign(category="")
    counted = self_reliance.tally(papers, setting.tables.compositions, blocs.members()[bloc])
    name = "slope of the foreign share (4)"

    def one() -> Found:
        corpus = pd.concat([setting.smaller(rows) for _, rows in counted.groupby("year")], ignore_index=True)
        weights = self_reliance.draw_years(corpus, setting.rng, setting.draws)
        return {
            name: (self_reliance.slope_of(corpus, "years", weights), self_reliance.slope_of(corpus, "years").iloc[0])
        }

    return {name: self_reliance.slope_of(counted, "years").iloc[0]}, one


def ties(setting: Setting, unit: str = "CN") -> Case:
    """A country's ties, and its lead in them over the best other."""
    papers, names = setting.of_year(), ("ties of China", "lead in ties, China (9)")
    compositions = setting.tables.compositions
    units = blocs.partner_units(weighted(papers, compositions).countries, unit="country")

    def values(corpus: pd.DataFrame, weights: np.ndarray) -> tuple[pd.Series, pd.Series]:
        degrees = centrality.degrees_and_strengths(weighted(corpus, compositions, weights), units)[0]
        return degrees[unit], pd.Series(centrality.lead(degrees, unit))

    def counted(corpus: pd.DataFrame) -> list[float]:
        return [float(value.iloc[0]) for value in values(corpus, corpus[["n_papers"]].to_numpy().T)]

    def one() -> Found:
        corpus = setting.smaller(papers)
        drawn = values(corpus, stability.draw_weights(corpus, setting.rng, setting.draws))
        return dict(zip(names, zip(drawn, counted(corpus), strict=True), strict=True))

    return dict(zip(names, counted(papers), strict=True)), one


def many_papers(setting: Setting, thresholds: Sequence[int] = (50, 5)) -> Case:
    """China's institutions above a threshold, each one's papers being Poisson around those in the table."""
    members = {"CN": blocs.members()["CN"]}
    base = institutions.papers_of(setting.tables.institution_output, setting.tables.institutions, [setting.year])
    base = base.loc[base["country"].isin(members["CN"])]
    names = {k: f"institutions with more than {k}, China (33)" for k in thresholds}

    def one() -> Found:
        counts = setting.rng.poisson(base["n_whole"].to_numpy())
        corpus = base.assign(papers=counts.astype(float), n_whole=counts).loc[counts > 0]
        return {
            name: (
                institutions.resampled_above(corpus, members, k, setting.rng, setting.draws)["CN"],
                institutions.above(corpus, members, k)["CN"],
            )
            for k, name in names.items()
        }

    return {name: float(institutions.above(base, members, k)["CN"]) for k, name in names.items()}, one


#: Authors a paper, and how the academic ages of two authors of a paper correlate, in the lists of 2024.
AUTHORS, ALIKE = 5, 0.08


def age_gap(setting: Setting, alike: Sequence[float] = (0.0, ALIKE)) -> Case:
    """China's mean academic age less the lower of the EU's and the US's, people drawn and not papers.

    Ages come from each bloc's people in the table. An author has the age of the paper, or else one
    drawn alone; the chance of the first is √alike, so that two authors correlate by `alike`.
    """
    members = {bloc: blocs.members()[bloc] for bloc in ("CN", "EU", "US")}
    window = workforce.of_window(setting.tables.researchers, setting.year)
    profile = workforce.age_profile(window, members)
    people, sizes = profile / profile.sum(), (profile.sum() / profile.to_numpy().sum()).to_numpy()
    names = {rho: f"mean age gap (24), co-authors alike by {rho:g}" for rho in alike}

    def gap(rows: pd.DataFrame) -> float:
        ages = workforce.age_summary(workforce.age_profile(rows, members))[["mean age"]]
        return workforce.age_gap(ages.T).iloc[0]

    def corpus(rho: float) -> pd.DataFrame:
        frames = []
        for bloc, n in zip(members, setting.rng.multinomial(setting.papers, sizes), strict=True):
            own = setting.rng.choice(len(people), (n, AUTHORS), p=people[bloc])
            ages = np.where(setting.rng.random((n, AUTHORS)) < np.sqrt(rho), own[:, [0]], own)
            frames.append(
                pd.DataFrame(
                    {
                        "countries": members[bloc][0],
                        "window_end": setting.year,
                        "debut_year": setting.year - np.arange(len(people)),
                        "n_researchers": np.bincount(ages.ravel(), minlength=len(people)),
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    def one() -> Found:
        rows = {name: corpus(rho) for rho, name in names.items()}
        return {
            name: (
                workforce.age_gap(workforce.resampled_mean_age(frame, members, "whole", setting.rng, setting.draws)),
                gap(frame),
            )
            for name, frame in rows.items()
        }

    return dict.fromkeys(names.values(), gap(window)), one


CASES: Mapping[Callable[[Setting], Case], str] = {
    top_share: "citations",
    slope: "trend",
    ties: "network",
    many_papers: "count",
    age_gap: "people",
}


def case_coverage(case: Case, kind: str, setting: Setting, corpora: int) -> pd.DataFrame:
    """Return the coverage of the percentile interval of each measure of a case (columns: `COLUMNS`).

    A second row, `percentile, against the average`, takes the mean of the estimates for the truth: what
    is left out there is bias, which no interval around an estimate can see.
    """
    truths, one = case
    found = [one() for _ in range(corpora)]
    rows = []
    for name, truth in truths.items():
        low, high = np.array([stability.interval(corpus[name][0].dropna()) for corpus in found]).T
        average = float(np.mean([corpus[name][1] for corpus in found]))
        for method, value in (("percentile", truth), ("percentile, against the average", average)):
            rows.append(
                {
                    "measure": name,
                    "kind": kind,
                    "method": method,
                    "papers": setting.papers,
                    "truth": value,
                    "population": f"papers of {setting.year}",
                }
                | judged(low, high, value)
            )
    return pd.DataFrame(rows)[COLUMNS]


def study(
    tables: Tables,
    year: int,
    rng: np.random.Generator,
    sizes: Sequence[int] = (500, 2000),
    corpora: int = 1000,
    one_by_one: int = 200,
    draws: int = 1000,
    tails: Sequence[str] = ("lognormal 1.5", "Pareto 1.5"),
) -> pd.DataFrame:
    """Return the coverage of every measure's interval, a row each (columns: `COLUMNS`).

    Parameters
    ----------
    sizes : papers of a corpus. corpora : of each size, for ratios; one_by_one : for the rest.
    draws : of each bootstrap. tails : distributions of citations beside that of the tables.
    """
    papers, cited = population(tables, year), population(tables, year, cited_only=True)
    parts = []
    for size in sizes:
        parts.append(ratio_coverage(papers, RATIOS, size, corpora, draws, rng))
        for source in (cited, *(with_tail(cited, tail) for tail in tails)):
            parts.append(ratio_coverage(source, CITED, size, corpora, draws, rng))
        setting = Setting(tables, year, size, draws, rng)
        parts += [case_coverage(case(setting), kind, setting, one_by_one) for case, kind in CASES.items()]
    return pd.concat(parts, ignore_index=True)
