"""Who writes the papers of the simulated corpus, and where: institutions, authors, addresses.

Everything is arrays. A block is a paper's authors of one country, who share an institution; a slot
is one author of a block. Blocks of the year itself are handed out to institutions in exact numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from compendium.project.errors import InputError
from compendium.sources.known_answer.parameters import SPREAD, Parameters
from compendium.sources.known_answer.plan import apportion

#: Ages of 0 to 5 years are told apart; the oldest are spread over as many years of first papers.
OLDEST, LONG_AGO = 5, 10
TYPES = ("education", "facility", "company")
UNKNOWN = -1


@dataclass(frozen=True)
class Works:
    """The works of a corpus: their year, and their countries as positions in `Parameters.codes`."""

    year: np.ndarray
    countries: np.ndarray  # works × the most countries of a paper, -1 where there is none


@dataclass(frozen=True)
class Institutions:
    """The institutions, one row each; papers and large tell what the year's plan gives them."""

    country: np.ndarray
    papers: np.ndarray
    large: np.ndarray
    city: list[str]


@dataclass(frozen=True)
class Slots:
    """One row an author of a paper: work, country, institution, person; -1 where unknown."""

    work: np.ndarray
    country: np.ndarray
    institution: np.ndarray
    person: np.ndarray


def blocks_of(works: Works) -> tuple[np.ndarray, np.ndarray]:
    """Return work and country of each block, in the order of works."""
    work, place = np.nonzero(works.countries >= 0)
    return work, works.countries[work, place]


def large_institutions(p: Parameters, papers: np.ndarray) -> np.ndarray:
    """Return the number of large institutions of each country; `papers` are its papers in the year."""
    codes, found = p.codes, np.zeros(len(p.codes), dtype=np.int64)
    room = papers >= 2 * p.background["institutions"]["least"]
    france = codes.index("FR")
    africa = max((codes.index(code) for code in p.africa), key=lambda at: papers[at])
    for code, truth in (("CN", "33-institutions-china"), ("US", "36-institutions-us"), ("GB", "37-institutions-uk")):
        found[codes.index(code)] = p.count(truth)
    found[france], found[africa] = p.count("38-institutions-france"), p.count("40-institutions-africa")
    groups = (
        (p.weights["EU"], p.count("35-institutions-eu") - found[france], {"FR"}),
        (p.weights["elsewhere"], int(p.background["institutions"]["elsewhere"]), set(p.africa)),
    )
    for weights, n, left_out in groups:
        at = [codes.index(code) for code in weights if code not in left_out and room[codes.index(code)]]
        found[at] += apportion(n, [weights[codes[place]] for place in at])
    return found


def _sizes(papers: int, n_large: int, how: Mapping[str, float], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the papers of a country's large and of its other institutions, the largest first."""
    least = int(how["least"])
    in_large = max(int(how["in_large"] * papers), least * n_large) if n_large else 0
    if in_large > papers:
        raise InputError(f"{name} has {papers} papers, too few for {n_large} large institutions")
    large = (
        least + apportion(in_large - least * n_large, 1 / np.arange(1, n_large + 1) ** 0.8)
        if n_large
        else np.zeros(0, dtype=np.int64)
    )
    rest = papers - in_large
    n_small = -(-rest // int(how["most_of_small"]))
    return large, apportion(rest, np.ones(n_small)) if rest else np.zeros(0, dtype=np.int64)


def institutions_of(p: Parameters, papers: np.ndarray, rng: np.random.Generator) -> Institutions:
    """Make the institutions of all countries; a country's large ones come first."""
    rows: list[tuple[np.ndarray, ...]] = []
    cities: list[str] = []
    for at, (code, n_large) in enumerate(zip(p.codes, large_institutions(p, papers), strict=True)):
        large, small = _sizes(int(papers[at]), int(n_large), p.background["institutions"], code)
        sizes = np.concatenate([large, small])
        rows.append((np.full(len(sizes), at), sizes, np.arange(len(sizes)) < n_large))
        weights = p[SPREAD] if code == "CN" else dict.fromkeys(p.cities[code], 1)
        for part in (large, small):
            placed = np.repeat(list(weights), apportion(len(part), list(weights.values())))
            cities += rng.permutation(placed).tolist()
    country, sizes, large = (np.concatenate(column) for column in zip(*rows, strict=True))
    return Institutions(country, sizes, large, cities)


def place_blocks(p: Parameters, works: Works, institutions: Institutions, rng: np.random.Generator) -> np.ndarray:
    """Return the institution of each block: in exact numbers in the year, drawn in its proportions before."""
    work, country = blocks_of(works)
    now = works.year[work] == p.year
    placed = np.full(len(work), UNKNOWN)
    for at in range(len(p.codes)):
        own = np.flatnonzero(institutions.country == at)
        papers = institutions.papers[own]
        here = np.flatnonzero((country == at) & now)
        placed[here] = rng.permutation(np.repeat(own, papers))
        # Few institutions have a past, so that the tables stay small.
        past = np.flatnonzero(institutions.large[own]) if institutions.large[own].any() else np.arange(min(3, len(own)))
        before = np.flatnonzero((country == at) & ~now)
        placed[before] = rng.choice(own[past], len(before), p=papers[past] / papers[past].sum())
    return placed


def slots_of(p: Parameters, works: Works, placed: np.ndarray, rng: np.random.Generator) -> Slots:
    """Give each block its authors; some works get one more author of unknown country."""
    people = p.background["people"]
    work, country = blocks_of(works)
    n_countries = (works.countries >= 0).sum(axis=1)
    size = np.ones(len(work), dtype=np.int64)
    for n, shares in ((1, people["authors"]), (2, people["authors_elsewhere"])):
        here = np.flatnonzero(n_countries[work] == n)
        size[here] = 1 + rng.choice(len(shares), len(here), p=np.array(shares) / sum(shares))
    extra = np.flatnonzero((n_countries > 0) & (rng.random(len(works.year)) < p.background["unknown_author"]))
    none = np.repeat(np.flatnonzero(n_countries == 0), 2)
    unplaced = np.concatenate([extra, none])
    nowhere = np.full(len(unplaced), UNKNOWN)
    columns = [
        np.concatenate([np.repeat(known, size), unknown])
        for known, unknown in ((work, unplaced), (country, nowhere), (placed, nowhere))
    ]
    order = np.argsort(columns[0], kind="stable")
    return Slots(*(column[order] for column in columns), person=np.full(len(order), UNKNOWN))


def _ranks(group: np.ndarray) -> np.ndarray:
    """Return each row's position among the rows of its group; rows of a group must be adjacent."""
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))


def people_wanted(p: Parameters, slots_by_country: np.ndarray) -> np.ndarray:
    """Return the number of people of each country in the year, given the authorships it has."""
    codes = p.codes
    wanted = np.ceil(p.background["people"]["per_authorship"] * slots_by_country).astype(np.int64)
    wanted[codes.index("CN")] = p.count("21-researchers-china")
    wanted[codes.index("US")] = p.count("23-researchers-us")
    eu = [codes.index(code) for code in p.weights["EU"]]
    wanted[eu] = apportion(p.count("22-researchers-eu"), slots_by_country[eu])
    for code, people, room in zip(codes, wanted, slots_by_country, strict=True):
        if people > room:
            raise InputError(f"{code} has {room} authorships, too few for {people} people")
    return wanted


def people_of_the_year(
    p: Parameters, slots: Slots, now: np.ndarray, n_institutions: int
) -> tuple[np.ndarray, np.ndarray]:
    """Hand the year's slots to people, each of one institution; return persons, and people by country.

    Everyone of an institution writes once; then a third of them write what is left. In the order of
    papers, so that nobody is twice on one. Persons are numbered country by country.
    """
    rows = np.flatnonzero(now & (slots.country >= 0))
    rows = rows[np.lexsort((slots.work[rows], slots.institution[rows]))]
    home, country = slots.institution[rows], slots.country[rows]
    room = np.bincount(home, minlength=n_institutions)
    on_one = np.zeros(n_institutions, dtype=np.int64)  # most authors of one paper
    np.maximum.at(on_one, home, _ranks(slots.work[rows] * n_institutions + home) + 1)
    of_country = np.zeros(n_institutions, dtype=np.int64)
    of_country[home] = country
    wanted = people_wanted(p, np.bincount(country, minlength=len(p.codes)))
    people = on_one.copy()
    for at, n in enumerate(wanted):
        own = np.flatnonzero((of_country == at) & (room > 0))
        left = n - on_one[own].sum()
        if left < 0:
            raise InputError(f"{p.codes[at]} has papers of more authors than the {n} people planted there")
        people[own] += apportion(left, room[own] - on_one[own]) if left else 0
    first = np.cumsum(people) - people  # institutions stand in the order of countries
    rank, busy = _ranks(home), np.maximum(on_one, -(-people // 3))
    local = np.where(rank < people[home], rank, (rank - people[home]) % busy[home])
    person = np.full(len(slots.work), UNKNOWN)
    person[rows] = first[home] + local
    return person, wanted


def first_years(
    p: Parameters, people: np.ndarray, room: np.ndarray, rng: np.random.Generator
) -> dict[tuple[int, int], np.ndarray]:
    """Return who has a first paper in each (country, year) before the year itself.

    Ages 1 to 5 and more are equally frequent, so a mean age of m needs a part m / 3 with a past.
    `room` : authorships, country × year; within the EU the past is where there is room for it. In
    the other countries whoever finds no paper to be first on stays a newcomer.
    """
    ages, found = p.background["people"]["mean_age"], {}
    planted = {
        "CN": (("CN",), p["24-younger-workforce"]),
        "US": (("US",), ages["US"]),
        "EU": (tuple(p.weights["EU"]), ages["EU"]),
    }
    taken = {code for codes, _ in planted.values() for code in codes}
    groups = [*planted.values(), *(((code,), ages["other"]) for code in p.codes if code not in taken)]
    starts = np.cumsum(people) - people
    waiting = [starts[at] + rng.permutation(int(people[at])) for at in range(len(people))]
    for codes, mean in groups:
        own = [p.codes.index(code) for code in codes]
        for year, n in _starting(p, int(people[own].sum()), mean).items():
            free = np.minimum(room[own, year - p.years[0]], [len(waiting[at]) for at in own])
            if n > free.sum() and taken.issuperset(codes):
                raise InputError(
                    f"{'+'.join(codes)}: {n} people would have to start in {year}, "
                    f"and there are {free.sum()} authorships; make the history's part larger"
                )
            for at, some in zip(own, apportion(min(n, int(free.sum())), free) if free.any() else free * 0, strict=True):
                found[at, year], waiting[at] = waiting[at][:some], waiting[at][some:]
    return found


def _starting(p: Parameters, people: int, mean: float) -> dict[int, int]:
    """Return how many of some people have their first paper in each year before the year itself."""
    experienced = mean / 3
    if experienced > 1:
        raise InputError(f"a mean academic age of {mean:g} years is above 3, the most there is")
    by_age = apportion(people, [1 - experienced, *[experienced / OLDEST] * OLDEST])
    found = {p.year - age: int(by_age[age]) for age in range(1, OLDEST)}
    long_ago = [p.year - OLDEST - back for back in range(min(LONG_AGO, len(p.years) - OLDEST))]
    # More papers are there in later years, and so more that a first one can be.
    weights = [1 + at for at in reversed(range(len(long_ago)))]
    return found | dict(zip(long_ago, map(int, apportion(int(by_age[OLDEST]), weights)), strict=True))


def people_of_history(
    p: Parameters, works: Works, slots: Slots, people: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Hand earlier slots to those whose first year it is, to others already there, and to the retired.

    Returns persons, and the number of persons used so far.
    """
    year = works.year[slots.work] - p.years[0]
    rows = np.flatnonzero((year < p.year - p.years[0]) & (slots.country >= 0))
    rows = rows[np.lexsort((slots.work[rows], year[rows], slots.country[rows]))]
    room = np.zeros((len(p.codes), len(p.years)), dtype=np.int64)
    np.add.at(room, (slots.country[rows], year[rows]), 1)
    starting = first_years(p, people, room, rng)
    person, used, start = np.full(len(slots.work), UNKNOWN), int(people.sum()), 0
    for at in range(len(p.codes)):
        pool = int(room[at].sum()) // 3 + 1
        there = np.zeros(0, dtype=np.int64)
        for step, n in enumerate(room[at]):
            new = starting.get((at, p.years[0] + step), there[:0])
            left = int(n) - len(new)
            others = used + rng.integers(pool, size=left)
            if len(there):
                active = rng.random(left) >= p.background["people"]["retired"]
                others[active] = rng.choice(there, int(active.sum()))
            person[rows[start : start + int(n)]] = np.concatenate([new, others])
            there, start = np.concatenate([there, new]), start + int(n)
        used += pool
    return person, used


def without_repeats(slots: Slots, person: np.ndarray, used: int) -> tuple[np.ndarray, int]:
    """Replace whoever stands twice on one work, and fill unknown slots, by persons of their own."""
    key = slots.work * (used + 1) + person
    _, first = np.unique(key, return_index=True)
    again = np.ones(len(person), dtype=bool)
    again[first] = False
    again |= person == UNKNOWN
    found = person.copy()
    found[again] = used + np.arange(again.sum())
    return found, used + int(again.sum())


def second_addresses(
    p: Parameters, slots: Slots, institutions: Institutions, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return slots whose author has a second institution, and it: a large one of the same country."""
    large = np.flatnonzero(institutions.large)
    n_large = np.bincount(institutions.country[large], minlength=len(p.codes))
    first = np.cumsum(n_large) - n_large
    chosen = np.flatnonzero(
        (rng.random(len(slots.work)) < p.background["people"]["second_address"])
        & (slots.country >= 0)
        & (n_large[slots.country] > 0)
    )
    country = slots.country[chosen]
    other = large[first[country] + rng.integers(n_large[country])]
    differs = other != slots.institution[chosen]
    return chosen[differs], other[differs]
