"""Claims on numbers of papers and citations: output, citation share, dependence.

Each evaluator takes the samples and the specifications of its claims, and gives for each claim the
estimate and whether the relation holds, specifications × (1 + draws); the first is the papers as
they are. The relations are those of `measures`, computed once for all specifications and draws.
"""

import numpy as np
import pandas as pd

from compendium.measures import citations, dependence, stability
from compendium.measures.counting import WEST
from compendium.multiverse.found import Found, above_one, divide, flat, table_of
from compendium.multiverse.samples import (
    COUNTING,
    OR_UNKNOWN,
    Sample,
    Samples,
    by_papers,
    mask_of,
    unknown_mark,
)
from compendium.places.blocs import BLOC_NAMES, CHINAS, EUS


def output(samples: Samples, specifications: pd.DataFrame) -> Found:
    """Return China's papers over those of the US, the EU and the UK together (claim 1)."""
    ratio = table_of(specifications, samples)
    for options, rows in by_papers(specifications, ["counting"]):
        sample = samples.papers(samples.frame.year_of(options["year"]))
        west = WEST + unknown_mark(options)
        credit = sample.credit(options["counting"])
        summed = sample.named_totals({name: credit[name] for name in (*CHINAS, west)}, mask_of(sample, options))
        for place, china in rows["china"].items():
            ratio[place] = divide(summed[china], summed[west])
    return Found(ratio, above_one(ratio))


def _citation_columns(sample: Sample) -> dict[str, np.ndarray]:
    """Return what the shares are made of: citations, and papers of unknown ones, by group and counting."""
    counts = sample.rows["citations"].to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(counts)
    cited = np.where(known, counts, 0.0)
    columns = {"citations": cited, "known": known.astype(float), "unknown": (~known).astype(float)}
    names = (*CHINAS, *(name + mark for name in ("US", "UK", *EUS) for mark in ("", OR_UNKNOWN)))
    for counting in COUNTING:
        credit = sample.credit(counting)
        for name in names:
            columns[f"{counting} {name}"] = credit[name] * cited
            columns[f"{counting} {name} unknown"] = credit[name] * ~known
    return columns


#: How many times the average a paper of unknown citations is taken to have.
FILLED = {"drop": 0.0, "average": 1.0, "double": 2.0}


def citation_shares(samples: Samples, specifications: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the shares of all citations of CN, US, EU and UK, in per cent, for each specification."""
    shares = {bloc: table_of(specifications, samples) for bloc in BLOC_NAMES}
    made: dict[int, dict[str, np.ndarray]] = {}
    for options, rows in by_papers(specifications, ["citation_reading"]):
        year = samples.frame.year_of(options["year"])
        sample = samples.cited(year) if options["citation_reading"] == "cohort" else samples.received(year)
        if id(sample) not in made:
            made[id(sample)] = _citation_columns(sample)
        total = sample.named_totals(made[id(sample)], mask_of(sample, options))
        average, mark = divide(total["citations"], total["known"]), unknown_mark(options)
        for place, row in rows.iterrows():
            each = FILLED[row["missing_citations"]] * np.nan_to_num(average)
            whole = total["citations"] + each * total["unknown"]
            eu = row.get("eu", "EU-27")
            for bloc, name in {"CN": row["china"], "US": f"US{mark}", "EU": eu + mark, "UK": f"UK{mark}"}.items():
                name = f"{row['counting']} {name}"
                shares[bloc][place] = 100 * divide(total[name] + each * total[f"{name} unknown"], whole)
    return shares


def share_ends(samples: Samples, specifications: pd.DataFrame, bloc: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the ends of the bootstrap-t intervals of a bloc's shares, in per cent; None without draws.

    Citations are so uneven that percentile intervals are too narrow (`stability.ratio_interval`).
    """
    if not samples.draws:
        return None
    low, high = (np.full(len(specifications), np.nan) for _ in range(2))
    for options, rows in by_papers(specifications, ["citation_reading"]):
        year = samples.frame.year_of(options["year"])
        sample = samples.cited(year) if options["citation_reading"] == "cohort" else samples.received(year)
        name = (
            {"CN": rows["china"], "EU": rows["eu"] + unknown_mark(options)} if "eu" in rows else {"CN": rows["china"]}
        )
        group = name.get(bloc, pd.Series(f"{bloc}{unknown_mark(options)}", index=rows.index))
        wanted = pd.DataFrame({"group": group, "counting": rows["counting"], "filled": rows["missing_citations"]})
        ends = _ends(sample, mask_of(sample, options), wanted.drop_duplicates())
        place = pd.MultiIndex.from_frame(wanted)
        low[rows.index], high[rows.index] = 100 * ends["low"].reindex(place), 100 * ends["high"].reindex(place)
    return low, high


def _ends(sample: Sample, mask: np.ndarray, wanted: pd.DataFrame) -> pd.DataFrame:
    """Return low and high of the share of each (group, counting, filled), as fractions."""
    counts = sample.rows["citations"].to_numpy(dtype=float, na_value=np.nan)
    known, papers = ~np.isnan(counts) & mask, sample.rows["n_papers"].to_numpy()
    index = pd.MultiIndex.from_frame(wanted)
    if not (np.nan_to_num(counts) * papers * known).sum() > 0:
        return pd.DataFrame(np.nan, index, ["low", "high"])
    average = (counts[known] * papers[known]).sum() / papers[known].sum()
    parts = []
    for filled, same in wanted.groupby("filled", sort=False):
        cited = np.where(np.isnan(counts), FILLED[filled] * average, counts)
        used = mask & (cited > 0)
        credit = np.column_stack([sample.credit(row.counting)[row.group][used] for row in same.itertuples()])
        above = pd.DataFrame(credit * cited[used, np.newaxis], columns=pd.MultiIndex.from_frame(same))
        parts.append(
            stability.ratio_interval(above, pd.Series(cited[used]), pd.Series(papers[used]), sample.weights[1:, used])
        )
    return citations.informative(pd.concat(parts))


def citation_share(samples: Samples, specifications: pd.DataFrame, bloc: str) -> Found:
    """Return a bloc's share of citations, and whether its relation holds (claims 5 to 8)."""
    shares = samples.once(citation_shares, specifications)
    holds = citations.relations(flat(shares))[bloc].to_numpy().reshape(shares[bloc].shape)
    return Found(shares[bloc], holds & ~np.isnan(shares[bloc]), ends=share_ends(samples, specifications, bloc))


def partner_shares(samples: Samples, specifications: pd.DataFrame) -> dict[dependence.Pair, np.ndarray]:
    """Return the share of X's papers that Y is on, for each pair of `dependence.PAIRS`."""
    shares = {pair: table_of(specifications, samples) for pair in dependence.PAIRS}
    for options, rows in by_papers(specifications, ["counting"]):
        sample = samples.papers(samples.frame.year_of(options["year"]))
        credit, present, mark = sample.credit(options["counting"]), sample.credit("whole"), unknown_mark(options)
        columns = {name: credit[name] for name in (*CHINAS, "US", *EUS, "UK")}
        for china in CHINAS:
            for other in ("US", *EUS, "UK", WEST):
                columns[f"{china} with {other}"] = credit[china] * present[other + mark]
                columns[f"{other} with {china}"] = credit[other] * present[china + mark]
        total = sample.named_totals(columns, mask_of(sample, options))
        for place, row in rows.iterrows():
            names = {"CN": row["china"], "US": "US", "EU": row["eu"], "UK": "UK", WEST: WEST}
            for x, y in dependence.PAIRS:
                shares[x, y][place] = divide(total[f"{names[x]} with {names[y]}"], total[names[x]])
    return shares


def partner_share(samples: Samples, specifications: pd.DataFrame, answer: str) -> Found:
    """Return one of `dependence.answers`, in per cent but for the flow (claims 16 to 20)."""
    shares = flat(samples.once(partner_shares, specifications))
    shape = (len(specifications), 1 + samples.draws)
    values = dependence.answers(shares)[answer].to_numpy().reshape(shape)
    holds = dependence.relations(shares)[answer].to_numpy().reshape(shape)
    return Found(values * (1 if answer == "flow" else 100), holds)
