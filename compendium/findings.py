"""Findings: sentences made from values, and true whatever the values are.

Figures get their titles from here, and notebooks what they say; neither decides what was found. A
function takes values and gives one sentence, or the parts that a notebook joins. Where a relation
can turn, tie or be unknown, the sentence has its own words for that.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium import words
from compendium.measures import arithmetic, geography
from compendium.measures.arithmetic import Range
from compendium.measures.output import lasting_since
from compendium.measures.workforce import reported_order
from compendium.places.blocs import IN_WORDS, SHORT_NAMES

# What the data are


def known_for(n_works: float, with_country: float, with_citations: float, year: int) -> str:
    """Say for what part of a year's papers a country and citations are known."""
    if not n_works:
        return f"There are no papers of {year}"
    country, citations = (f"{100 * n / n_works:.0f} %" for n in (with_country, with_citations))
    return f"A country is known for {country} of the papers of {year}, citations for {citations}"


def full_for_how_long(counts: pd.DataFrame) -> str:
    """Say how many venues (rows) have papers in every year (columns) of a table of counts."""
    always = int((counts > 0).all(axis=1).sum())
    return f"{always or 'none'} of {len(counts)} rows {'is' if always == 1 else 'are'} full in every year"


# Output and citations


def growth_by_panel(gains: Sequence[float]) -> str:
    """Say how China's share has grown in panels of venues; gains: last share over first, a panel each.

    From a first share of zero the gain is infinite, or missing where the last one is zero as well.
    """
    if not len(gains):
        return "No venue has papers in every year of a span"
    finite = [gain for gain in gains if np.isfinite(gain)]
    said = " to ".join(dict.fromkeys(words.times(gain) for gain in (min(finite), max(finite)))) if finite else ""
    rising, where = (
        sum(gain > 1 for gain in gains),
        "the one panel" if len(gains) == 1 else f"each of {len(gains)} panels",
    )
    if rising == len(finite) == len(gains):
        return f"China's share grows {said} times in {where} of venues"
    zero = "" if len(finite) == len(gains) else " where that was above zero"
    times = f"; the last share is {said} times the first{zero}" if finite else ""
    return f"China's share grows in {rising or 'none'} of {words.how_many(len(gains), 'panel')} of venues{times}"


def rises_in(gains: Sequence[float]) -> str:
    """Say in how many panels China's line ends higher than it begins."""
    return f"China's line ends higher than it begins in {sum(gain > 1 for gain in gains) or 'none'} of {len(gains)}."


def largest_share(shares: pd.Series, of_what: str) -> str:
    """Say which bloc has the largest share of something, or which share the first place."""
    first = shares.index[shares == shares.max()]
    if not len(first):
        return f"Nobody's share of {of_what} is known"
    return f"The largest share of {of_what} goes to {words.enumerated([IN_WORDS[bloc] for bloc in first], 4)}"


# Partners and dependence


def of_several(n_papers: int, several: int, year: int) -> str:
    """Say how many papers have two partners or more, and what the table beside it shows."""
    return (
        f"Of {n_papers:,} papers of {year}, {several:,} have two partners or more, with the EU as one. The "
        "table has what "
        "the blocs share, with one another and with Hong Kong where it is apart."
    )


def comparison(subject: str, counts: pd.Series) -> str:
    """Say how many papers a subject shares with China and with another: china, other, name."""
    china, other = words.papers(counts["china"]), words.papers(counts["other"])
    level = ", which is level and so not ahead" if counts["china"] == counts["other"] else ""
    return (
        f"{words.in_a_sentence(subject)} has {china} {'paper' if china == '1' else 'papers'} with China and {other} "
        f"with {words.in_a_sentence(counts['name'])}{level}"
    )


def _china_alone(ranking: pd.DataFrame) -> bool:
    """Tell whether China comes first in a ranking and nobody with it."""
    if ranking.empty or ranking["partner"].iloc[0] != "CN":
        return False
    return len(ranking) == 1 or ranking["papers"].iloc[0] > ranking["papers"].iloc[1]


def first_partner_of(top: Mapping[str, pd.DataFrame], year: int) -> str:
    """Say whose first partner China is, alone; top: subject → frame of partner, papers, most first."""
    led = [IN_WORDS[subject] for subject, frame in top.items() if _china_alone(frame)]
    return f"China is the first partner of {words.enumerated(led) if led else 'none of them'} ({year})"


def ends_above(frames: Mapping[str, pd.DataFrame], subject: str, rivals: Sequence[str]) -> str:
    """Say in how many panels China is, in the last year, above each rival as a subject's partner.

    frames : label → year × unit, papers shared with the subject.
    """
    ends = [
        f"{rival} in {sum(frame['CN'].iloc[-1] > frame[rival].iloc[-1] for frame in frames.values())}"
        for rival in rivals
    ]
    if not ends or not frames:
        return f"Partners of the {subject}: there is none to compare with China"
    return f"Partners of the {subject}: China ends above {' and '.join(ends)} of {len(frames)} panels"


def shares_that_agree(found: pd.DataFrame, reported: Mapping, year: int) -> str:
    """Say how many shares' intervals (rows bloc: low, high) meet the reported range (low, high)."""
    agree = sum(
        row["low"] <= reported[bloc].high and row["high"] >= reported[bloc].low for bloc, row in found.iterrows()
    )
    return f"Shares that agree with what is reported: {agree} of {len(reported)} ({year})"


def union_of_sum(union: float, total: float, year: int) -> str:
    """Say what part the union is of the sum of China's shares with the three."""
    if not total:
        return f"China shares no paper with any of the three ({year})"
    return f"The union is {100 * union / total:.0f} % of the sum of China's three shares ({year})"


def leaning(raw: pd.DataFrame, adjusted: pd.DataFrame, year: int) -> str:
    """Say how many partners lean on China more than it on them, raw and adjusted for size.

    raw, adjusted : rows partner, columns `on China` and `China on it`.
    """
    larger, above, of = (raw["on China"] > raw["China on it"]).sum(), (adjusted["on China"] > 1).sum(), len(raw)
    return f"{larger} of {of} partners have the larger share; adjusted for size, {above} of {of} above 1 ({year})"


def strongest_pair(strength: pd.DataFrame, year: int) -> str:
    """Say which pair publishes together most for its size, and which least; strength: by pair, most first."""
    if not len(strength):
        return f"No two of the four can be compared ({year})"
    most, least = (" and ".join(strength.index[place]) for place in (0, -1))
    return f"For their size, {most} publish together most, {least} least ({year})"


def below_one(values: pd.Series) -> str:
    """Say how many measures of a pair lie below 1, what chance would give."""
    known = values.dropna()
    below = int((known < 1).sum())
    return f"{below or 'None'} of {len(known)} values lie below 1: fewer papers together than chance would give."


def shares_at_venues(shares: pd.DataFrame, year: int) -> str:
    """Say between what the US share with China lies, venue by venue (columns US and part, in per cent)."""
    known = shares.dropna(subset=["US"])
    span = f"{words.span(known['US'])} %" if len(known) else "too few papers to tell"
    rising = ", rising with China's part" if known["US"].corr(known["part"], method="spearman") > 0.5 else ""
    return f"US papers with China, by venue: {span}{rising} ({year})"


def official_beside(
    parts: Mapping[str, float], found: float, reported: tuple[float, float], back: Mapping[str, float]
) -> str:
    """Set China's share with the West by official counts beside what was found and what is reported.

    parts : partner → share of China's articles with it, in per cent; the union lies between the largest and the sum.
    found : in these papers, missing where unknown. reported : least and most. back : partner → its share with China.
    """
    largest = max(parts, key=lambda code: parts[code])
    low, high = parts[largest], sum(parts.values())
    if np.isnan(found):
        here = "is not known here"
    elif low <= found <= high:
        here = f"can be the same as in these papers ({found:.1f} %)"
    else:
        here = f"is {'smaller' if high < found else 'larger'} than in these papers ({found:.1f} %)"
    beside = "stays above" if low > reported[1] else "stays below" if high < reported[0] else "meets"
    larger = [words.in_a_sentence(code) for code, share in back.items() if share > high]
    own = ", ".join(f"{words.in_a_sentence(code)} {share:.1f} %" for code, share in back.items())
    return (
        f"There China has at least {low:.1f} and at most {high:.1f} % of its articles with any of the three: the "
        f"first is {words.in_a_sentence(largest)} alone, the second the sum. So with journals, and over twenty years, "
        f"China's share with the West {here}. It {beside} what is reported, {reported[0]:g} to {reported[1]:g} %. The "
        f"partners' own shares with China: {own}; surely larger than China's with all three: "
        f"{words.enumerated(larger) or 'none'}."
    )


# The network


def _most(values: pd.Series) -> list[str]:
    """Return the units with the largest value, in order of their codes."""
    return sorted(values.index[values == values.max()])


def ties_of_china(degrees: pd.Series, year: int) -> tuple[str, str]:
    """Say how many ties China has beside the others': a title, and a sentence with its rank."""
    degree, others = degrees["CN"], degrees.drop("CN")
    best = words.enumerated([words.in_a_sentence(unit) for unit in _most(others)])
    beside = f"as many as {best}" if degree == others.max() else f"{best} to {others.max():.0f}"
    title = f"China has ties to {degree:.0f} countries, {beside} ({year})"
    if degree > others.max():
        title = f"China has the most ties ({degree:.0f}), {best} {others.max():.0f} ({year})"
    rank = int((others > degree).sum()) + 1
    return title, f"In {year}, China has ties to {degree:.0f} countries, {beside}; China's rank is {rank}."


def most_connected(values: Mapping[str, pd.Series], year: int) -> str:
    """Say who has most of each thing; values: what is counted → value by unit."""
    said = ". ".join(
        f"Most {name}: {words.enumerated([words.unit_name(unit) for unit in _most(top)])}"
        for name, top in values.items()
    )
    return f"{said} ({year})"


# Self-reliance


def trend_of_share(slope: float) -> str:
    """Say whether China's foreign share falls, rises or stays; slope: points a year, missing if unknown."""
    if np.isnan(slope):
        return "Too few years for a trend of China's share of papers with a foreign address"
    verb = "falls" if slope < 0 else "rises" if slope > 0 else "stays"
    return f"China's share of papers with a foreign address {verb}: {words.signed(slope)} points a year"


def change_of_share(share: pd.Series, slope: tuple[float, float, float]) -> str:
    """Say how China's foreign share (by year, 0 to 1) has changed; slope: points a year, with its interval."""
    first, last = share.first_valid_index(), share.last_valid_index()
    value, low, high = (words.signed(end) for end in slope)
    return (
        f"From {first} to {last}, the share of China's papers with a foreign address changes by {value} points a year "
        f"({low} to {high}): {share[first]:.0%} in {first}, {share[last]:.0%} in {last}."
    )


def slopes_below_zero(by_end: pd.Series) -> str:
    """Say, of slopes by their last year, how many are below zero and since when they stay there."""
    below = by_end.dropna() < 0
    said, since = f"{below.sum()} of the {len(below)} slopes are below zero", lasting_since(below)
    return f"{said}; the last one is not." if since is None else f"{said}, and all of them since the last year {since}."


# Researchers


def most_by_definition(researchers: pd.DataFrame, year: int) -> str:
    """Say under how many definitions (rows) China has the most researchers, and the EU more than the US."""
    order = reported_order(researchers)
    above = int((researchers["EU"] > researchers["US"]).sum())
    return (
        f"China has the most researchers under {order['CN'].sum() or 'none'} of {len(order)} definitions,\n"
        f"the EU more than the US under {above or 'none'} ({year})"
    )


def ratio_ranges(researchers: pd.DataFrame) -> str:
    """Say between what the researchers for each one of the US lie, over all definitions (rows)."""
    ratios = researchers.div(researchers["US"], axis=0)
    low, high = ratios.min(), ratios.max()
    return f"China {low['CN']:.2f} to {high['CN']:.2f}, the EU {low['EU']:.2f} to {high['EU']:.2f}"


def if_unknown_were_there(found: pd.Series, unknown: int, total: int) -> str:
    """Say what the US and the EU would have with all people of unknown country; found: bloc → researchers."""
    return (
        f"{unknown:,} of {total:,} people ({100 * unknown / total:.0f} %) have no known country. If all were "
        "in the US, it "
        f"would have {found['US'] + unknown:,.0f} against {found['CN']:,.0f} in China. If all were in the EU, "
        "it would have "
        f"{found['EU'] + unknown:,.0f} against {found['US']:,.0f} in the US."
    )


def without_venue(found: pd.Series, venue: str, listed: Sequence[int], n_years: int) -> str:
    """Say how many people China and the US would have without a venue, and in how many years it is listed."""
    which = f" ({', '.join(map(str, sorted(listed)))})" if len(listed) < 6 else ""
    return (
        f"Without `{venue}`, China would have some {found['CN']:,.0f} people and the US {found['US']:,.0f}. "
        "This venue is on "
        f"the lists in {len(listed)} of {n_years} years{which}."
    )


def _how_many_years(holds: pd.Series) -> str:
    """Say in how many years something holds, and in which, where they are few."""
    years = holds.index[holds]
    which = f" ({' and '.join(map(str, years))})" if 0 < len(years) < 3 else ""
    return f"{len(years) or 'none'} of {len(holds)} years{which}"


def most_by_year(shares: pd.DataFrame) -> str:
    """Say in how many years China has the most researchers, and the EU more than the US.

    shares : index author_key, year; columns blocs. A year counts only where both keys agree.
    """
    order = _how_many_years(reported_order(shares)["CN"].groupby("year").all())
    above = _how_many_years((shares["EU"] > shares["US"]).groupby("year").all())
    return f"China has the most researchers in {order},\nthe EU more than the US in {above}"


def shares_at_ends(shares: pd.DataFrame) -> str:
    """Say what share of all researchers each bloc has in the first and in the last year, by both keys.

    shares : index author_key, year; columns blocs; in per cent.
    """
    by_year = shares.groupby("year").mean()
    first, last = by_year.iloc[0], by_year.iloc[-1]
    return f"From {by_year.index[0]} to {by_year.index[-1]}: " + ", ".join(
        f"{SHORT_NAMES[bloc]} {first[bloc]:.0f} to {last[bloc]:.0f} %" for bloc in by_year
    )


def newest_researchers(found: pd.DataFrame, author_key: str, year: int) -> str:
    """Say whose researchers have the lowest mean academic age of China, the EU and the US.

    found : author_key, bloc, value, low, high. Where the intervals of the first two overlap, it says so.
    """
    three = found.loc[(found["author_key"] == author_key) & (found["bloc"] != "UK")].dropna(subset=["value"])
    told = f"Told apart {words.KEY_LABELS[author_key]}: "
    if three.empty:
        return f"{told}nobody's academic age is known ({year})"
    three = three.sort_values("value", kind="stable")
    names = [
        "China" if bloc == "CN" else f"the {bloc}" for bloc in three.loc[three["value"] == three["value"].min(), "bloc"]
    ]
    overlap = len(three) > 1 and three.iloc[0]["high"] > three.iloc[1]["low"]
    has = "has" if len(names) == 1 else "have"
    return (
        f"{told}of China, the EU and the US,\n{words.enumerated(names)} {has} the newest researchers "
        f"({year}){'; the intervals overlap' if overlap else ''}"
    )


def newer_by_year(gaps: pd.DataFrame) -> str:
    """Say in how many years China's researchers are newer than both others', by either author key.

    gaps : index author_key, year; columns the others; China's mean age less theirs.
    """
    newer = (gaps < 0).all(axis=1).groupby("author_key").sum()
    years = gaps.groupby("author_key").size()
    return (
        f"China's researchers are newer than both others' in {newer['name']} of {years['name']} years by name,\n"
        f"in {newer['name+institution']} by name and institution"
    )


# Institutions


def equivalent_threshold(
    threshold: float, fits: Sequence[float], world: Sequence[int], n_papers: int, year: int
) -> str:
    """Say which threshold fits a source of `n_papers`; fits, world: by the news and by the press release."""
    return (
        f"The report is quoted with more than {world[0]:,} papers of the world in 2024, and with {world[-1]:,} "
        "in its press "
        f"release. Here are {n_papers:,} of {year}. So {threshold:g} there are {fits[0]:.1f} here "
        f"({fits[-1]:.1f} with the "
        "second figure)."
    )


def held_in(holding: pd.Series, n: int, swing: pd.DataFrame) -> str:
    """Say in what part of `n` definitions each claim's relation holds, and which choice moves it most.

    holding : claim → part. swing : choice × claim, between its options, in per cent.
    """
    most = "; ".join(f"claim {claim} {swing[claim].idxmax()}" for claim in holding.index if swing[claim].max() >= 1)
    return (
        f"Of 100 definitions, the table tells in how many a claim's relation holds. Over all {n}: "
        + "; ".join(f"claim {claim} {100 * part:.0f} %" for claim, part in holding.items())
        + f". The choice that moves most: {most or 'none'}."
    )


def largest_and_peak(largest: pd.DataFrame, fits: pd.Series, year: int, fractional: float) -> str:
    """Say who is largest in `year`, and in the year nearest to the equivalent threshold.

    largest : name and papers by year. fractional : papers of the largest of that year by authors' parts.
    """
    peak = _nearest_year(largest["papers"], fits)
    here, there = largest.loc[year], largest.loc[peak]
    return (
        f"In {year} the largest, {here['name']}, has {words.papers(here['papers'])}. The year nearest to the "
        "equivalent "
        f"threshold is {peak}: {there['name']} has {words.papers(there['papers'])}, against {fits[peak]:.1f}. "
        "By authors' "
        f"parts the largest of {peak} has {fractional:.1f}."
    )


def _nearest_year(papers: pd.Series, fits: pd.Series) -> int:
    """Return the year in which papers are most for the threshold that fits the year."""
    return int((papers / fits).idxmax())


def above_two_thresholds(written: pd.Series, fitting: pd.Series, threshold: float, equivalent: float, year: int) -> str:
    """Say how many institutions each bloc has above the threshold as written, and the equivalent one."""
    return (
        f"Above {threshold:g} papers: {words.ranked(written, SHORT_NAMES)}\n"
        f"Above {equivalent:.1f}: {words.ranked(fitting, SHORT_NAMES)} ({year})"
    )


def largest_passes(papers: pd.Series, fits: pd.Series, threshold: float, who: str) -> str:
    """Say in how many years a group's largest institution passes the two thresholds; all indexed by year."""
    written, fitting = int((papers > threshold).sum()), int((papers > fits).sum())
    return (
        f"The largest institution in {who} passes {threshold:g} papers in {written or 'none'} of {len(papers)} years\n"
        f"of this source alone, the equivalent threshold in {fitting or 'none'}"
    )


def roll_up(certain: int, possible: int, alone: int, threshold: float) -> str:
    """Say what rolling institutions up to their parents can do to a count of those above a threshold.

    certain, possible : parents above it at the least and at the most. alone : institutions above it as they are.
    """
    has = "has" if certain == 1 else "have"
    said = (
        f"Rolled up, {certain or 'none'} of them {has} more than {threshold:g} for certain, and {possible or 'none'} "
        f"could have; as they are written, {alone or 'none'}. "
    )
    if certain == possible == alone:
        return said + "So rolling up is not what decides here."
    if not alone and certain:
        return said + "So rolling up alone turns the zero."
    if not alone:
        return said + "So whether there is one at all can hang on how institutions are rolled up."
    return said + "So rolling up can change their number."


def nearest_to(papers: pd.Series, threshold: float, fits: pd.Series, who: str) -> str:
    """Say how near a group's largest institution comes, over the years, to both thresholds."""
    most, peak = papers.max(), papers.idxmax()
    line = "passes" if most > threshold else "does not pass"
    fitting = int((papers > fits).sum())
    return (
        f"{who}'s largest number of all years shown, {words.papers(most)} in {peak}, {line} the threshold as written; "
        f"the equivalent one is passed in {fitting or 'none'} of {len(papers)} years."
    )


# Cities


def institutions_by_city(written: pd.Series, equivalent: pd.Series, labels: tuple[str, str], year: int) -> str:
    """Say how many institutions are above two thresholds (labels), in how many cities, and most of them where."""
    parts = []
    for counts in (written, equivalent):
        known = counts.drop(labels=geography.UNPLACED, errors="ignore")
        where = words.first_city(counts)
        where += " each" if " and " in where else ""
        placed = "" if known.sum() == counts.sum() else f"{known.sum()} of them "
        parts.append(
            f", {placed}in {words.how_many(len(known), 'city', 'cities')}, {known.max()} in {where}"
            if len(known) and len(where) < 28
            else ""
        )
    total, lower = int(written.sum()), int(equivalent.sum())
    return (
        f"More than {labels[0]} papers in {year}: {words.how_many(total, 'institution')}{parts[0]}\n"
        f"More than {labels[1]}: {lower or 'none'}{parts[1]}"
    )


def if_unplaced_were_there(counts: pd.Series, equivalent: float) -> str:
    """Say what the largest city would have with all institutions of unknown city; counts: city → institutions."""
    unplaced, total, first = int(counts.get(geography.UNPLACED, 0)), int(counts.sum()), words.first_city(counts)
    said = (
        f"Above the equivalent threshold of {equivalent:.1f} there are {total} institutions, {unplaced} of them "
        "without a known city."
    )
    if first == "none":
        return said
    most = int(counts.drop(labels=geography.UNPLACED, errors="ignore").max())
    verb, would = ("have", "each of them would have") if " and " in first else ("has", "it would have")
    return (
        f"{said} {first} {verb} {most}; {would} {most + unplaced} if all the unknown ones were there, "
        f"against {total / 2:g} that make a half."
    )


def spread_in(grid: pd.DataFrame, swing: pd.Series) -> str:
    """Say in what part of the definitions the claim on cities holds, what moves it, and where it fails.

    grid : a row a definition: holds, threshold, named without. swing : choice → between its options.
    """
    fails, equal = grid.loc[~grid["holds"]], grid.loc[grid["threshold"] == "equivalent", "holds"]
    said = (
        f"The relation holds in {100 * grid['holds'].mean():.0f} % of the {len(grid)} definitions, and in "
        f"{100 * equal.mean():.0f} % of those with the equivalent threshold."
    )
    if fails.empty:
        return said
    lacking = 100 * (fails["named without"] > 0).mean()
    moves = f" The choice that moves most is the {swing.idxmax()}." if swing.max() > 0 else ""
    where = f"a named city has no institution above the threshold in {lacking:.0f} % of the cases"
    return f"{said}{moves} Where it fails, {where}."


def cities_for_half(halves: Mapping[str, int] | pd.Series, year: int) -> str:
    """Say in how many cities half of each bloc's papers are."""
    places = ", ".join(f"{SHORT_NAMES[bloc]} {halves[bloc]}" for bloc in SHORT_NAMES if halves[bloc])
    return f"Cities that hold half of the papers: {places or 'none'} ({year})"


def largest_city_by_year(share: pd.Series) -> str:
    """Say how the share of China's largest city has changed from the first year to the last; from 0 to 1."""
    share = 100 * share.dropna()
    if len(share) < 2:
        return "China has too few papers for a trend"
    first, last = share.index[0], share.index[-1]
    return f"The largest city's part of China's papers: {share[first]:.0f} % in {first}, {share[last]:.0f} % in {last}"


def where_cities_come_from(
    institutions: pd.DataFrame, places: pd.DataFrame, here: pd.DataFrame, table: pd.DataFrame, least: int, year: int
) -> str:
    """Say how the cities were found: by the source itself, or by the reference table.

    institutions : of the source. places : those with their cities. here : those with papers in `year`.
    table : the reference, which has all institutions with at least `least` papers in some year.
    """
    own = institutions["city"].notna()
    if own.any():
        return (
            f"This source names the cities of {own.sum():,} of its {len(own):,} institutions itself, and these are "
            "taken. Which institutions have several sites, it does not say."
        )
    how = table["city_source"].fillna("none: " + table["note"].fillna("")).str.split(":").str[0]
    mixed = places["several_sites"] & places["institution_id"].isin(here["institution_id"])
    return (
        f"The reference table has {len(table)} institutions: all with at least {least} papers in some year. "
        + "Their cities: "
        + ", ".join(f"{name} {number}" for name, number in how.value_counts().items())
        + f". For {mixed.sum()} of those with papers in {year}, fewer than three of four printed addresses "
        + "name the main city."
    )


# Published figures


def press_release(surpassed: bool) -> str:
    """Say how the press release's "matched" stands to the published counts."""
    if surpassed:
        return (
            "The surprise is not that the article says more than the press release. "
            "It is that the press release says *less* than the counts do."
        )
    return "With so wide a reading of *matched*, the press release says what the counts do, and the article says more."


def fit_of_share(reported: Range, implied: Range) -> str:
    """Say how the reported share of China fits what the others' shares imply."""
    if not arithmetic.overlap(reported, implied):
        fits = "does not fit"
    elif reported.low < implied.low:
        fits = "fits only the low end of"
    else:
        fits = "fits only the high end of" if reported.high > implied.high else "fits"
    return f"China's reported share {fits} what the others' shares imply"


def single_partner(share: Range, reported: Range, largest: str) -> str:
    """Say whether the reported share of China fits if it is read as that with the largest partner alone; per cent."""
    fits = "fits without any strain" if arithmetic.overlap(share, reported) else "does not fit either"
    return (
        f"China's share with {IN_WORDS[largest]} *alone* comes to {share:.1f} %. Read as the share with "
        f"the largest single partner, the reported figure {fits}."
    )


def readings_that_hold(broken: pd.Series) -> str:
    """Say from which width of the ranges on all bounds hold; broken: width → broken bounds."""
    heals = broken.index[broken == 0]
    if not len(heals):
        return "Of all readings, not even the widest lets all hold"
    if heals[0] == broken.index[0]:
        return "Of all readings, even the narrowest lets all hold"
    return f"Of all readings, only from {heals[0]:g} times the width do all hold"


def floors(shares: pd.Series) -> str:
    """Say what part of its papers a bloc's large institutions must have at least; shares by bloc, per cent."""
    return (
        f"The floors lie between {shares.min():.1f} and {shares.max():.1f} % of a bloc's papers. Where they are close "
        "together, a bloc has more large institutions because it has more papers, and the counts alone say nothing of "
        "how its research is spread."
    )


def times_passed(ratios: Mapping[str, pd.Series], whom: str) -> str:
    """Say how often each series has China rise above another; ratios: series → ratio by year."""
    known = {name: line.dropna() for name, line in ratios.items()}
    counted = {name: int(((line > 1) & (line.shift() <= 1)).sum()) for name, line in known.items()}
    often = {0: "not once", 1: "once", 2: "twice"}
    said = "; ".join(f"{name} {often.get(n, f'{n} times')}" for name, n in counted.items())
    return f"How often China passed {whom}: {said or 'no series tells'}."


def first_of(partners: Mapping[str, str | None]) -> str:
    """Say whose first partner China is, and whose it is not; partners: subject in words → code of the first."""
    whose = [name for name, code in partners.items() if code == "CN"]
    not_of = [name for name, code in partners.items() if code != "CN"]
    said = (
        f"So by official counts China was the first partner of {words.enumerated(whose) if whose else 'none of them'}"
    )
    return said + (f", but not of {words.enumerated(not_of)}." if whose and not_of else ".")


def official_and_article(official: float, reported: tuple[float, float]) -> str:
    """Set the official share of China's papers with the US alone beside what the article gives for all three."""
    where = "above" if official > reported[1] else "below" if official < reported[0] else "in the range of"
    return (
        f"The official share of China's papers with the US *alone*, {official:.1f} %, is {where} what the article "
        "gives for the US, the UK and the EU together."
    )


def early_peak(shares: Mapping[str, pd.Series], peaks: Mapping[str, int]) -> str:
    """Say when China's share was highest in the early years, and whether it fell after that in each source."""
    fell = all(shares[name].loc[at:].min() < shares[name].loc[at] for name, at in peaks.items())
    word = "has an early peak, in" if fell else "is highest in"
    return f"China's share {word} " + " and ".join(map(str, sorted(set(peaks.values()))))


def official_alone(n_rows: int, years: Sequence[int]) -> str:
    """Say why the sample has nothing to set beside the official list; n_rows: of its table of institutions."""
    if not n_rows:
        return "This source names no institutions, so the official table stands alone."
    return f"This source has no institution in {years[0]} to {years[-1]}, so the official table stands alone."


# Specifications and known answers


def range_of_agreement(shares: Sequence[float]) -> str:
    """Say how many specifications agree, over the claims of a group; shares from 0 to 1."""
    if not len(shares):
        return "the specification in force makes no sense"
    ends = dict.fromkeys((words.percent(min(shares)), words.percent(max(shares))))
    return f"{' to '.join(ends)} % of the specifications agree"


def most_frequent(counts: pd.Series) -> str:
    """Say which verdict most claims have, or which share the first place; counts: verdict → claims."""
    if counts.empty:
        return "No claim has a verdict yet"
    first = counts.index[counts == counts.max()]
    names = words.enumerated([f"“{verdict}”" for verdict in first], most=len(first))
    claims = words.how_many(int(counts.max()), "claim")
    return f"The most frequent verdict is {names} ({claims}{' each' if len(first) > 1 else ''})"


def farthest_from_right(sure: Mapping[str, pd.DataFrame]) -> str:
    """Say how far what draws say of an order and how often it is right lie apart at most; said, right: 0 to 1."""
    apart = max(100 * (frame["said"] - frame["right"]).abs().max() for frame in sure.values())
    return f"at most {apart:.0f} points from the diagonal"
