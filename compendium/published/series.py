"""The same quantities as others published them, each brought into a frame year × bloc."""

from collections.abc import Sequence

import pandas as pd

from compendium.measures import arithmetic, citations, comparison, copublication
from compendium.measures.arithmetic import Range
from compendium.measures.counting import WEST, paper_credit
from compendium.places.blocs import BLOC_NAMES, EU_27, UNKNOWN, WEST_BLOCS
from compendium.places.countries import continent_of
from compendium.project.folders import PROJECT
from compendium.published import official, reported
from compendium.tables import Tables

DEFINITIONS = PROJECT.reference / "published_definitions.csv"
BLOCS = [*BLOC_NAMES]
OFFICIAL = {"China": "CN", "United States": "US", "EU-27": "EU", "UK": "UK", "United Kingdom": "UK", "World": "World"}
SERIES = {"China": "CN", "China (mainland)": "CN", "United States": "US", "EU-27": "EU", "United Kingdom": "UK"}
#: The AI Index speaks of Europe by UN geography: no EU, so it stands beside it and never for it.
INDEX = {"China": "CN", "United States": "US", "Europe": "Europe"}


def definitions() -> pd.DataFrame:
    """Return what each source counts, and how, one row a source."""
    return pd.read_csv(DEFINITIONS, dtype=str, keep_default_na=False).set_index("key")


def official_articles() -> pd.DataFrame:
    """Return AI articles by year of the official table APBS-1: the four blocs and the world.

    Whole counting. A bloc's articles are counted once, as is the world's.
    """
    rows = official.read_official("apbs-1-articles-by-year").query("country in @OFFICIAL")
    wide = rows.assign(bloc=rows["country"].map(OFFICIAL)).pivot(index="year", columns="bloc", values="papers")
    return wide[[*BLOCS, "World"]].rename_axis(columns=None)


def _series(name: str, measure: str) -> pd.DataFrame:
    every = reported.published_series()
    rows = every[(every["series"] == name) & (every["measure"] == measure) & every["entity"].isin(SERIES)]
    wide = rows.assign(bloc=rows["entity"].map(SERIES)).pivot(index="year", columns="bloc", values="value")
    return wide[BLOCS].rename_axis(columns=None)


def oecd_shares() -> pd.DataFrame:
    """Return the OECD.AI shares of the world's AI articles, as fractions, by year."""
    return _series("oecd-ai-share-articles", "share of world AI articles") / 100


def cset_articles() -> pd.DataFrame:
    """Return AI articles by year of the Country Activity Tracker, complete years only."""
    name, measure = "cset-cat-2024-12", "AI articles, whole counting"
    rows = reported.published_series().query("series == @name and measure == @measure")
    return _series(name, measure).drop(index=rows.loc[rows["complete"] != "True", "year"].unique())


def cset_citations() -> pd.DataFrame:
    """Return citations so far to each year's AI articles, of the years that are complete."""
    cited = _series("cset-cat-2024-12", "citations to that year's AI articles, whole counting")
    return cited.loc[cset_articles().index]


def index_shares(quantity: str) -> pd.DataFrame:
    """Return the AI Index's shares of publications or citations, as fractions, by year."""
    rows = reported.published_figures()
    rows = rows[
        rows["source"].str.startswith("Stanford AI Index")
        & (rows["quantity"] == f"share of AI {quantity}")
        & rows["entity"].isin(INDEX)
    ]
    rows = rows.assign(
        bloc=rows["entity"].map(INDEX), value=rows["value"].astype(float) / 100, year=rows["year"].astype(int)
    )
    wide = rows.pivot(index="year", columns="bloc", values="value")
    return wide.rename_axis(columns=None)[list(INDEX.values())]


def report_shares(report: arithmetic.Published) -> dict[str, Range]:
    """Return each bloc's published papers over the world's, by either account of these."""
    one, other = report.world[report.year]
    world = Range(min(one.low, other.low), max(one.high, other.high))
    return {bloc: arithmetic.divide(papers, world) for bloc, papers in report.outputs.items()}


def sample_articles(tables: Tables, members: dict, counting: str) -> pd.DataFrame:
    """Return the papers of the sample by year: the four blocs and all. Venues differ by year."""
    papers = tables.papers
    weight = paper_credit(papers, tables.compositions, members, counting).assign(World=1.0)
    return weight.mul(papers["n_papers"], axis=0).groupby(papers["year"]).sum()


def sample_citations(tables: Tables, members: dict, counting: str) -> pd.DataFrame:
    """Return each bloc's share of the citations so far to the papers of each year."""
    cited = citations.cited_papers(tables.papers)
    received = cited["n_papers"] * cited["citations"]
    credit = paper_credit(cited, tables.compositions, members, counting)
    total = received.groupby(cited["year"]).sum()
    return credit.mul(received, axis=0).groupby(cited["year"]).sum().div(total[total > 0], axis=0).dropna()


def official_partners() -> tuple[pd.DataFrame, pd.Series]:
    """Return shared articles (SPBS-92, 60 countries) and all articles (SPBS-91), by ISO code."""
    pairs = official.square(official.read_official("spbs-92-co-publications"), "papers")
    articles = official.read_official("spbs-91-articles").query("kind == 'country'")
    totals = articles.set_index("iso2")["papers"]
    return pairs, totals[totals.index.isin(pairs.index)]


def members_in(pairs: pd.DataFrame) -> list[str]:
    """Return the members of the EU that a matrix of partners holds."""
    return [code for code in EU_27 if code in pairs.index]


def output_series(tables: Tables, members: dict, counting: str) -> dict[str, pd.DataFrame]:
    """Return each source's papers, or shares, by year and bloc, by the source's key."""
    return {
        "nsb": official_articles(),
        "oecd": oecd_shares(),
        "cset": cset_articles(),
        "sample": sample_articles(tables, members, counting),
    }


def report_output_ratios(report: arithmetic.Published) -> pd.DataFrame:
    """Return China's published papers over the others': rows US, EU, the three; value, low, high."""
    counts = {bloc: papers.low for bloc, papers in report.outputs.items()}
    ratios = comparison.china_against(pd.DataFrame({report.year: counts}).T).loc[report.year]
    return pd.DataFrame({"value": ratios, "low": ratios, "high": ratios})


def report_citation_ratios() -> pd.DataFrame:
    """Return China's share of citations over the others', as the article has them; as above."""
    printed, admitted = (reported.published_report(factor).citation_shares for factor in (0, 1))

    def over(parts: Sequence[str]) -> tuple[float, float, float]:
        value, ends = (
            arithmetic.divide(shares["CN"], arithmetic.add(*(shares[bloc] for bloc in parts)))
            for shares in (printed, admitted)
        )
        return value.low, *ends

    rows = {"US": over(("US",)), "EU": over(("EU",)), WEST: over(WEST_BLOCS)}
    return pd.DataFrame(rows, index=["value", "low", "high"]).T


def output_shares(series: dict[str, pd.DataFrame], report: arithmetic.Published, year: int) -> pd.DataFrame:
    """Return each source's latest share of the world's papers up to `year`, in per cent.

    Rows: name (bloc, or Europe for the AI Index), source, year, value, low, high. A source that has
    no total (CSET), or no year that early, has no row.
    """
    shares = {
        key: (frame.div(frame["World"], axis=0) if "World" in frame else frame)
        for key, frame in series.items()
        if key != "cset"
    }
    shares["ai_index"] = index_shares("publications").dropna()
    rows = []
    for key, frame in shares.items():
        row = comparison.latest(frame, year)
        for bloc in (*BLOCS, "Europe"):
            if row is not None and pd.notna(row.get(bloc)):
                rows.append((bloc, key, int(row.name), row[bloc], row[bloc], row[bloc]))
    if report.year <= year:
        rows += [
            (bloc, "report", report.year, (one.low + one.high) / 2, *one) for bloc, one in report_shares(report).items()
        ]
    found = pd.DataFrame(rows, columns=["name", "source", "year", "value", "low", "high"])
    return found.assign(**{column: 100 * found[column] for column in ("value", "low", "high")})


def citation_series(tables: Tables, members: dict, counting: str) -> dict[str, pd.DataFrame]:
    """Return each source's citations, or shares of them, by year of the cited papers and bloc."""
    index = index_shares("citations").reindex(columns=BLOCS)  # no EU and no UK there
    return {"cset": cset_citations(), "ai_index": index, "sample": sample_citations(tables, members, counting)}


def partner_shares(tables: Tables, members: dict, year: int) -> pd.DataFrame:
    """Return what part of a country's papers it shares with another, in per cent.

    Rows: name ("US with China", …), source, value, low, high: the official tables of 2003 to 2022,
    the sample of the same years and of `year`, and the article's figures for its own year.
    """
    pairs, totals = official_partners()
    first, last = official.YEARS[0], official.YEARS[-1]
    units = {code: members[code] for code in ("CN", "US", "UK")}
    spans = {
        f"sample, {first}–{last}": tables.papers.query("@first <= year <= @last"),
        f"sample, {year}": tables.papers.query("year == @year"),
    }
    counts = {
        f"official, {first}–{last}": (
            pairs.rename(index={"GB": "UK"}, columns={"GB": "UK"}),
            totals.rename({"GB": "UK"}),
        )
    }
    counts |= {
        name: (
            copublication.copublications(rows, tables.compositions, units),
            copublication.totals(rows, tables.compositions, units),
        )
        for name, rows in spans.items()
    }
    asked = {
        "US with China": ("US", "CN"),
        "UK with China": ("UK", "CN"),
        "UK with US": ("UK", "US"),
        "China with US": ("CN", "US"),
        "China with UK": ("CN", "UK"),
    }
    rows = [
        (name, source, 100 * shared.at[pair] / total[pair[0]])
        for source, (shared, total) in counts.items()
        for name, pair in asked.items()
        if total[pair[0]]
    ]
    found = pd.DataFrame(rows, columns=["name", "source", "value"])
    found = found.assign(low=found["value"], high=found["value"])
    article = reported.reported_figures("dependence")
    said = pd.DataFrame(
        [
            (f"{bloc} with China", "article", one.value, one.low, one.high)
            for bloc, one in article.items()
            if bloc in ("US", "UK")
        ],
        columns=found.columns,
    )
    return pd.concat([found, said], ignore_index=True)


def workforce_ratios(tables: Tables, members: dict, year: int) -> pd.DataFrame:
    """Return people in China over people in the US: rows name, source, value, low, high.

    The article's researchers, the talents of UNIDO and Dongbi (for the US at least so many, so the
    ratio is at most that), and the sample's distinct authors of one year and of five.
    """
    printed, admitted = (reported.published_report(factor).researchers for factor in (0, 1))
    found = [
        (
            "article",
            arithmetic.divide(printed["CN"], printed["US"]).low,
            *arithmetic.divide(admitted["CN"], admitted["US"]),
        )
    ]
    talents = reported.published_figures().query("quantity == 'AI talents'").set_index("entity")["value"]
    found += [("UNIDO and Dongbi", *3 * (float(talents["China"]) / float(talents["United States"].strip(">")),))]
    for start, name in ((year, f"sample, {year}"), (year - 4, f"sample, {year - 4}–{year}")):
        us = comparison.authors_in(tables.researchers, members["US"], start, year)
        if us:
            cn = comparison.authors_in(tables.researchers, members["CN"], start, year)
            found.append((name, *3 * (cn / us,)))
    rows = pd.DataFrame(found, columns=["source", "value", "low", "high"])
    return rows.assign(name="China ÷ US")


def region_of(code: str) -> str:
    """Return the region of a country as the official table of institutions names it."""
    named = {
        "AS": "Asia, Middle East",
        "EU": "Europe",
        "NA": "North America",
        "SA": "South America",
        "OC": "Australia, Oceania",
        "AF": "Africa",
    }
    return named.get(continent_of(code), "other")


def regions_of_largest(tables: Tables) -> pd.DataFrame:
    """Return how many of the hundred largest institutions lie in which region: official, sample.

    Both over the official table's years. Institutions of unknown country are in "other".
    """
    printed = official.read_official("spbs-96-institutions")
    merged = {
        "Asia": "Asia, Middle East",
        "Middle East": "Asia, Middle East",
        "Australia and Oceania": "Australia, Oceania",
    }
    largest = comparison.largest_institutions(
        tables.institution_output, official.YEARS[0], official.YEARS[-1], len(printed)
    )
    codes = tables.institutions.set_index("institution_id").loc[largest.index, "country"]
    counts = pd.DataFrame(
        {
            "official": printed["region"].replace(merged).value_counts(),
            "sample": codes.map(lambda code: "other" if code == UNKNOWN else region_of(code)).value_counts(),
        }
    )
    regions = ["Asia, Middle East", "Europe", "North America", "Australia, Oceania", "South America", "Africa", "other"]
    counts = counts.reindex(regions).fillna(0).astype(int)
    return counts[(counts.sum(axis=1) > 0) | (counts.index == "Africa")]
