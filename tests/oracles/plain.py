"""The multiverse as a plain loop: one specification and one draw at a time, one paper after the other.

What anybody would write first. It is slow, and shares no code with `compendium.measures` or the matrix products
of `compendium.multiverse`: tests and a benchmark hold the two together. A paper is a pair (shares of its
countries, how often it was drawn); a claim's estimate is a few sums over papers. Claims on people and
institutions are counted from the rows of their tables in the same way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import networkx as nx
import numpy as np

from compendium.measures.institution_names import is_company
from compendium.multiverse.choices import Frame
from compendium.multiverse.samples import Samples, trend_panel
from compendium.places.blocs import EU_27
from compendium.places.countries import continent_codes
from compendium.published.reported import world_papers

BLOC_OF = {"05": "CN", "06": "US", "07": "EU", "08": "UK", "21": "CN", "22": "EU", "23": "US"}
BLOC_OF |= {"33": "CN", "35": "EU", "36": "US", "37": "UK"}
#: Claim → whose partners, held against whom (None: the best other), and who is a partner.
PARTNERS = {
    "03": (("US", "UK", "EU"), None, "bloc"),
    "10": (("UK",), "US", "country"),
    "11": (("UK",), "EU", "bloc"),
    "12": (("EU",), "UK", "bloc"),
    "13": (("EU",), "US", "bloc"),
    "14": (("US",), None, "country"),
}
Shares = Mapping[str, float]


def papers_of_draw(
    samples: Samples, papers, draw: int, option: Mapping[str, str], panel: str | None = None
) -> Iterator[tuple[Shares, float, float]]:
    """Yield shares of the countries, citations (missing if unknown), number of each kind of paper of one draw."""
    shares: dict[int, dict[str, float]] = {}
    for row in papers.compositions.itertuples():
        shares.setdefault(row.composition_id, {})[row.country] = row.share
    kinds = samples._kinds_of[option["categories"]] & samples._kinds_of[panel or option.get("panel", "all")]
    cited = papers.rows["citations"] if "citations" in papers.rows else papers.rows["n_papers"] * np.nan
    counts = cited.astype(float).to_numpy(na_value=np.nan)
    rows = zip(papers.rows["kind"], papers.rows["composition_id"], counts, papers.weights[draw], strict=True)
    for kind, composition, citations, number in rows:
        of_paper = shares[composition]
        if kind in kinds and number and not (option.get("missing") == "drop" and "ZZ" in of_paper):
            yield of_paper, citations, number


def credit(shares: Shares, codes: Iterable[str], counting: str) -> float:
    """Return what a paper counts for in a bloc."""
    codes = set(codes)
    if counting == "whole":
        return float(bool(codes & set(shares)))
    if counting == "fractional":
        return sum(share for code, share in shares.items() if code in codes)
    known = set(shares) - {"ZZ"}
    return len(known & codes) / len(known) if known else 0.0


def blocs_of(option: Mapping[str, str]) -> dict[str, set[str]]:
    """Return who belongs to each bloc; in the worst case also whoever is unknown, but for China."""
    eu = {*EU_27, "EU", *(["GB"] if option.get("eu") == "EU-28" else [])}
    blocs = {"CN": set(option["china"].split("+")), "US": {"US"}, "EU": eu, "UK": {"GB"}}
    return blocs | {"West": blocs["US"] | blocs["EU"] | blocs["UK"]}


def behind(blocs: Mapping[str, set[str]], option: Mapping[str, str]) -> dict[str, set[str]]:
    """Give the unknown to everybody but China, in the worst case."""
    more = {"ZZ"} if option.get("missing") == "worst" else set()
    return {name: codes if name == "CN" else codes | more for name, codes in blocs.items()}


def units_of(shares: Iterable[Shares], option: Mapping[str, str], unit: str) -> dict[str, set[str]]:
    """Return who can be a partner: China as it is meant, with `bloc` the EU, and every other country alone."""
    blocs = blocs_of(option)
    named = {"CN": blocs["CN"], "US": {"US"}, "UK": {"GB"}}
    if unit == "bloc":
        named["EU"] = blocs["EU"]
        if option.get("eu") == "EU-28":
            del named["UK"]
    taken = set().union(*named.values())
    return named | {code: {code} for of_paper in shares for code in of_paper if code not in taken | {"ZZ"}}


def estimate(number: str, samples: Samples, option: Mapping[str, str], draw: int = 0) -> float:
    """Return the estimate of a claim under one specification, in one draw."""
    frame = samples.frame
    year, counting = frame.year_of(option["year"]), option.get("counting", "whole")
    if number == "02":
        return min(_lead_in_citations(samples, year, option, draw), _lead(samples, year, option, draw))
    if number == "04":
        return _slope(samples, option, draw)
    if number == "09":
        return _lead(samples, year, option, draw)
    if number in ("21", "22", "23", "24"):
        return _people(number, frame, year, option)
    if number in ("33", "34", "35", "36", "37", "38", "40"):
        return _institutions(number, frame, year, option)
    if number in ("05", "06", "07", "08"):
        return 100 * _citation_share(samples, year, option, draw, BLOC_OF[number])
    papers = list(papers_of_draw(samples, samples.papers(year), draw, option))
    blocs = blocs_of(option)
    if number == "01":
        west = behind(blocs, option)["West"]
        china, others = (sum(n * credit(s, codes, counting) for s, _, n in papers) for codes in (blocs["CN"], west))
        return _over(china, others)
    if number in PARTNERS:
        return _partner_ratio(number, papers, option)
    return _shares(number, papers, blocs, option)


def _over(above: float, below: float) -> float:
    return above / below if below else np.inf if above else np.nan


def _citation_share(samples: Samples, year: int, option: Mapping[str, str], draw: int, bloc: str) -> float:
    read = samples.cited if option["citation_reading"] == "cohort" else samples.received
    papers = list(papers_of_draw(samples, read(year), draw, option))
    known = [(c, n) for _, c, n in papers if not np.isnan(c)]
    total, counted = sum(c * n for c, n in known), sum(n for _, n in known)
    filled = {"drop": 0, "average": 1, "double": 2}[option["missing_citations"]] * (total / counted if counted else 0)
    codes = behind(blocs_of(option), option)[bloc]
    whole = part = 0.0
    for shares, citations, n in papers:
        each = filled if np.isnan(citations) else citations
        whole += n * each
        part += n * each * credit(shares, codes, option["counting"])
    return part / whole if whole else np.nan


def _lead_in_citations(samples: Samples, year: int, option: Mapping[str, str], draw: int) -> float:
    of = {bloc: _citation_share(samples, year, option, draw, bloc) for bloc in ("CN", "US", "EU", "UK")}
    return of["CN"] / max(of["US"], of["EU"], of["UK"])


def _partner_ratio(number: str, papers: list, option: Mapping[str, str]) -> float:
    subjects, rival, unit = PARTNERS[number]
    unit = option.get("partner_unit", unit)
    units, worst = units_of([s for s, _, _ in papers], option, unit), option["missing"] == "worst"
    units |= {name: units.get(name, {name}) for name in ("US",)}
    found = []
    for subject in subjects:
        if subject not in units or (rival and rival not in units):
            if unit == "bloc":
                return np.nan
            continue
        shared: Counter[str] = Counter()
        for shares, _, n in papers:
            on = {name for name, codes in units.items() if codes & set(shares)}
            if subject not in on:
                continue
            link = n if option["counting"] == "whole" else n / max(len(on) - 1, 1)
            others = on - {subject}
            if worst and "ZZ" in shares:
                others |= {rival or "somebody unknown"}
            for other in others:
                shared[other] += link
        most = shared[rival] if rival else max([n for name, n in shared.items() if name != "CN"], default=0)
        found.append(_over(shared["CN"], most))
    return min(found)


def _shares(number: str, papers: list, blocs: Mapping[str, set[str]], option: Mapping[str, str]) -> float:
    more = {"ZZ"} if option["missing"] == "worst" else set()

    def share(of: str, with_: str) -> float:
        joint = sum(
            n * credit(s, blocs[of], option["counting"]) for s, _, n in papers if (blocs[with_] | more) & set(s)
        )
        return _over(joint, sum(n * credit(s, blocs[of], option["counting"]) for s, _, n in papers))

    if number != "20":
        of, with_ = {"16": ("CN", "West"), "17": ("US", "CN"), "18": ("EU", "CN"), "19": ("UK", "CN")}[number]
        return 100 * share(of, with_)
    theirs = [share(bloc, "CN") for bloc in ("US", "EU", "UK")]
    ours = [share("CN", bloc) for bloc in ("West", "US", "EU", "UK")]
    return _over(min(theirs), max(ours))


def _lead(samples: Samples, year: int, option: Mapping[str, str], draw: int) -> float:
    everybody = samples.papers(year)
    option = option | {"eu": "EU-27"}
    papers = list(papers_of_draw(samples, everybody, draw, option))
    units = units_of([s for s, _, _ in papers], option, option["partner_unit"])
    together, weight = Counter(), Counter()
    for shares, _, n in papers:
        on = sorted(name for name, codes in units.items() if codes & set(shares))
        for pair in combinations(on, 2):
            together[pair] += n
            weight[pair] += n if option["counting"] == "whole" else n / (len(on) - 1)
    graph = nx.Graph()
    for pair, n in together.items():
        if n >= int(option["edge_threshold"]):
            graph.add_edge(*pair, weight=weight[pair])
    measure = option["centrality"]
    values = {
        "degree": lambda: dict(graph.degree()),
        "strength": lambda: dict(graph.degree(weight="weight")),
        "betweenness": lambda: nx.betweenness_centrality(graph, normalized=False),
        "closeness": lambda: nx.closeness_centrality(graph, wf_improved=False),
        "pagerank": lambda: nx.pagerank(graph, tol=1e-12, max_iter=1000),
        "eigenvector": lambda: nx.eigenvector_centrality(graph, max_iter=100_000, tol=1e-13, weight="weight"),
    }[measure]()
    if "CN" not in values and measure in ("degree", "strength") and values:
        return 0.0
    return _over(values["CN"], max(value for name, value in values.items() if name != "CN"))


def _slope(samples: Samples, option: Mapping[str, str], draw: int) -> float:
    last, length = samples.frame.year_of(option["year"]), int(option["trend_years"])
    first = last - length + 1
    panel = "all" if option["panel"] == "all" else trend_panel(first, last)
    home, points = set(option["china"].split("+")), []
    for year in range(first, last + 1):
        own = joint = 0.0
        if year in samples.frame.tables.years:
            for shares, _, n in papers_of_draw(samples, samples.earlier(year), draw, option, panel):
                mine = n * credit(shares, home, option["counting"])
                abroad = set(shares) - home - {"ZZ"} or option["missing"] == "worst" and "ZZ" in shares
                own, joint = own + mine, joint + (mine if abroad else 0)
        if own:
            points.append((year, joint / own, 1.0 if option["trend_fit"] == "years" else own))
    if len(points) < 3:
        return np.nan
    years, shares, weights = (np.array(values) for values in zip(*points, strict=True))
    return 100 * np.polyfit(years - years[0], shares, 1, w=np.sqrt(weights))[0]


def _people(number: str, frame: Frame, year: int, option: Mapping[str, str]) -> float:
    blocs, counting = blocs_of(option), option["counting"]
    behind_china = behind(blocs, option) if number != "24" else blocs
    people, years = Counter(), Counter()
    for row in frame.tables.researchers.itertuples():
        if (row.window_end, row.window_start) != (year, year - int(option["window"]) + 1):
            continue
        if row.author_key != option["author_key"] or row.n_works < int(option["min_works"]):
            continue
        countries = set(row.countries.split())
        for bloc, codes in behind_china.items():
            part = len(countries & codes) / len(countries)
            mine = row.n_researchers * (float(part > 0) if counting == "whole" else part)
            people[bloc] += mine
            years[bloc] += mine * min(row.window_end - row.debut_year, 5)
    if number != "24":
        return people[BLOC_OF[number]]
    ages = {bloc: years[bloc] / people[bloc] for bloc in ("CN", "EU", "US") if people[bloc]}
    return ages["CN"] - min(ages["EU"], ages["US"])


def _institutions(number: str, frame: Frame, year: int, option: Mapping[str, str]) -> float:
    tables = frame.tables
    inside = frame.category_sets()[option["categories"]]
    if option["panel"] == "balanced":
        inside = inside & set(frame.panel())
    papers: Counter[int] = Counter()
    for row in tables.institution_output.itertuples():
        if row.year == year and row.category in inside:
            papers[row.institution_id] += row.n_papers if option["counting"] == "whole" else row.n_papers_fractional
    threshold = frame.threshold
    if option["threshold"] == "equivalent":
        here = sum(row.n_papers for row in tables.papers.itertuples() if row.year == year and row.category in inside)
        threshold = threshold * here / world_papers()
    codes = {"38": {"FR"}, "40": set(continent_codes("AF")), "34": set(option.get("china", "CN").split("+"))}.get(
        number
    )
    if codes is None:
        codes = behind(blocs_of(option), option)[BLOC_OF[number]]
    elif option.get("missing") == "worst":
        codes = codes | {"ZZ"}
    known = tables.institutions.set_index("institution_id")
    found = []
    for institution, number_of in papers.items():
        least = threshold - 1e-9 if option["threshold"] == "at least" else threshold + 1e-9
        passes = number_of >= least if option["threshold"] == "at least" else number_of > least
        if passes and known.at[institution, "country"] in codes:
            found.append(institution)
    if option.get("firms") == "without" and found:
        rows = known.loc[found].reset_index()
        found = rows.loc[~is_company(rows), "institution_id"].tolist()
    if number != "34":
        return float(len(found))
    cities = _cities(tables)
    placed = Counter(cities[one] for one in found if cities.get(one))
    return 100 * max(placed.values(), default=0) / len(found) if found else np.nan


def _cities(tables) -> dict[int, str]:
    from compendium.places import cities

    return cities.places(tables.institutions).set_index("institution_id")["city"].dropna().to_dict()
