"""How many papers each set of countries has in each year of the simulated corpus: exact, not drawn.

What a claim counts in whole papers is decided here and nowhere else. Chance decides only who
writes them, where, and how often they are cited.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from compendium.project.errors import InputError
from compendium.sources.known_answer.parameters import BLOCS, Parameters

#: A set of countries or blocs, in the order CN, US, EU, UK, others.
Pattern = tuple[str, ...]
Counts = Counter[Pattern]
#: Least papers that China shares with each of its partners: resampling must not lose a tie.
FIRM = 8
#: The largest partner outside the blocs: of the US, and of the EU.
NEIGHBOUR = {"US": "CA", "EU": "CH"}
PAIRS = tuple(itertools.combinations(BLOCS, 2))


def apportion(total: int, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Divide `total` into whole numbers in proportion to `weights`, by largest remainders."""
    weights = np.asarray(weights, dtype=float)
    quotas = total * weights / weights.sum()
    parts = np.floor(quotas + 1e-9).astype(np.int64)
    first = np.argsort(-(quotas - parts), kind="stable")[: total - parts.sum()]
    parts[first] += 1
    return parts


def whole(number: float) -> int:
    """Round half up."""
    return int(np.floor(number + 0.5))


def china_with_west(p: Parameters) -> Counts:
    """Return the papers of China with one, two or all of the US, the EU and the UK.

    With a of all four, t of three and s of two blocs, the three's joint papers add up to
    3a + 2t + s and the union is a + t + s; so a is half of the difference less t.
    """
    joint = {"US": p.count("17-us-with-china"), "EU": p.count("18-eu-with-china"), "UK": p.count("19-uk-with-china")}
    three = int(p.background["three_of_four"])
    found = Counter({("CN", x, y): three for x, y in itertools.combinations(joint, 2)})
    twice = sum(joint.values()) - p.count("16-china-with-west") - 3 * three
    found[BLOCS], odd = divmod(twice, 2)
    found["CN", "US", "EU"] += odd
    for bloc, papers in joint.items():
        found["CN", bloc] = papers - sum(n for pattern, n in found.items() if bloc in pattern)
    return found


def of_the_year(p: Parameters) -> Counts:
    """Return the papers of two blocs or more in the year."""
    found = china_with_west(p)
    found.update(
        {
            ("US", "EU", "UK"): int(p.background["west_without_china"]),
            ("US", "UK"): p.count("10-uk-china-over-us"),
            ("EU", "UK"): p.count("11-uk-china-over-eu"),
            ("US", "EU"): p.count("13-eu-china-over-us.now"),
        }
    )
    return found


def _passed(p: Parameters, year: int) -> float:
    """Return how much of the time from the history's first year to the last has passed, 0 to 1."""
    first = int(p.background["history"]["first_year"])
    return (year - first) / (p.year - first)


def world(p: Parameters, year: int) -> int:
    """Return the papers of the world; before the year itself only a part of them is simulated."""
    if year == p.year:
        return p.papers["world"]
    history = p.background["history"]
    growth = p.papers["world"] / history["world"]
    return whole(history["part"] * history["world"] * growth ** _passed(p, year))


def _on_line(p: Parameters, ends: Sequence[float], year: int) -> float:
    """Return where a straight line from the first year to the year itself stands in some year."""
    first, last = ends
    return first + _passed(p, year) * (last - first)


def totals(p: Parameters, year: int) -> dict[str, int]:
    """Return each bloc's papers; before the year itself its share of the world's runs on a line."""
    if year == p.year:
        return {bloc: p.papers[bloc] for bloc in BLOCS}
    shares = p.background["history"]["shares"]
    return {bloc: whole(world(p, year) * _on_line(p, shares[bloc], year)) for bloc in BLOCS}


def of_history(p: Parameters, year: int) -> Counts:
    """Return the papers of two blocs in an earlier year; there are none of three.

    Joint papers are a share of the first bloc's, which runs on a line.
    """
    own, history = totals(p, year), p.background["history"]
    lines = {tuple(name.split(" with ")): ends for name, ends in history["joint"].items()}
    lines |= {
        ("EU", "UK"): (p["12-eu-china-over-uk"], history["EU with UK"]),
        ("EU", "US"): (p["13-eu-china-over-us"], history["EU with US"]),
    }
    return Counter(
        {
            next(pair for pair in PAIRS if set(pair) == {of, other}): whole(own[of] * _on_line(p, ends, year))
            for (of, other), ends in lines.items()
        }
    )


def foreign_share(p: Parameters, year: int) -> float:
    """Return the share of China's papers with a foreign address: level, then straight to the year's."""
    before, last = p["04-self-reliance.before"], p["04-self-reliance"]
    return last + (before - last) * min(1.0, (p.year - year) / 9)


def elsewhere(p: Parameters, year: int) -> dict[str, float]:
    """Return the weights of the countries outside the blocs; before the year itself only the first few."""
    weights = p.weights["elsewhere"]
    n = len(weights) if year == p.year else int(p.background["history"]["elsewhere"])
    return dict(itertools.islice(weights.items(), n))


def with_elsewhere(p: Parameters, year: int, own: Mapping[str, int], joint: Counts) -> Counts:
    """Return the papers of one bloc and one country outside the blocs."""
    others, found = elsewhere(p, year), Counter()
    spread = {"CN": p.count("09-most-connected")} | {
        bloc: int(n) for bloc, n in p.background["partners_elsewhere"].items() if bloc in BLOCS
    }
    for bloc, n_partners in spread.items():
        weight = dict(itertools.islice(others.items(), n_partners))
        papers, least = whole(p.background["with_elsewhere"] * own[bloc]), 0
        if bloc == "CN":
            with_west = sum(n for pattern, n in joint.items() if bloc in pattern)
            papers = whole(foreign_share(p, year) * own[bloc]) - with_west
            least = FIRM if papers >= FIRM * len(weight) else 0
        special = {"US": "14-us-top-partner-china", "EU": "03-primary-collaborator"}.get(bloc)
        if year == p.year and special:
            weight.pop(NEIGHBOUR[bloc])
            found[bloc, NEIGHBOUR[bloc]] = p.count(special)
        _refuse_negative({(bloc, "elsewhere"): papers}, year)
        for code, n in zip(weight, apportion(papers - least * len(weight), list(weight.values())), strict=True):
            found[bloc, code] = least + int(n)
    return found


def _refuse_negative(counts: Mapping[Pattern, int], year: int) -> None:
    for pattern, n in counts.items():
        if n < 0:
            raise InputError(f"these truths cannot hold together: {'+'.join(pattern)} would need {n} papers in {year}")


def bloc_plan(p: Parameters, year: int) -> Counts:
    """Return papers by blocs and countries outside them; `EU` stands for one member."""
    own = totals(p, year)
    joint = of_the_year(p) if year == p.year else of_history(p, year)
    plan = Counter(joint)
    plan.update(with_elsewhere(p, year, own, joint))
    for bloc in BLOCS:
        plan[bloc,] = own[bloc] - sum(n for pattern, n in plan.items() if bloc in pattern)
    _refuse_negative(plan, year)
    every, unknown = world(p, year), whole(p.background["unknown_country"] * world(p, year))
    rest = every - unknown - plan.total()
    _refuse_negative({("elsewhere",): rest}, year)
    plan[()] = unknown
    together = whole(p.background["within_elsewhere"] * rest)
    others = elsewhere(p, year)
    partners = list(others)[: int(p.background["partners_elsewhere"]["elsewhere"])]
    pairs = list(itertools.combinations(partners, 2))
    plan.update(_nonzero(pairs, apportion(together, [others[x] * others[y] for x, y in pairs])))
    plan.update(_nonzero([(code,) for code in others], apportion(rest - together, list(others.values()))))
    return plan


def _nonzero(patterns: Sequence[Pattern], counts: np.ndarray) -> Counts:
    return Counter({pattern: int(n) for pattern, n in zip(patterns, counts, strict=True) if n})


def country_plan(p: Parameters, year: int) -> Counts:
    """Return papers by countries: the EU's are divided among its members, some have two of them."""
    members, found = p.weights["EU"], Counter()
    codes, weights = list(members), list(members.values())
    for pattern, n in bloc_plan(p, year).items():
        named = tuple("GB" if bloc == "UK" else bloc for bloc in pattern)
        if "EU" not in named:
            found[named] += n
            continue
        if named == ("EU",):
            pairs = list(itertools.combinations(codes, 2))
            several = whole(p.background["within_eu"] * totals(p, year)["EU"])
            found.update(_nonzero(pairs, apportion(several, [members[x] * members[y] for x, y in pairs])))
            n -= several
        at = named.index("EU")
        each = [(*named[:at], code, *named[at + 1 :]) for code in codes]
        found.update(_nonzero(each, apportion(n, weights)))
    return Counter({pattern: n for pattern, n in found.items() if n})


def n_partners(plan: Counts) -> dict[str, int]:
    """Return the number of countries that each country shares a paper with."""
    ties: dict[str, set[str]] = {}
    for pattern in plan:
        for code in pattern:
            ties.setdefault(code, set()).update(set(pattern) - {code})
    return {code: len(others) for code, others in ties.items()}
