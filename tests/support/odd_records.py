"""Records with every oddity that sources have, made for tests; and the same counts in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from compendium.tables import records
from compendium.tabulation import expressions

COUNTRIES = ["US", "US", "US", "CN", "CN", "NA", "GB", "ZA", None, None]
NAMES = ["ann", "Bo", "Ćiril", "z z", "'quoted\"", "😀", "\u00e5", "a\u030a", "Å", "ann@x", "0", "ｆｕｌｌ"]
PLACES = ["mit-us", "Zürich-ch", "zurich-ch", "清华-cn", "no-record", None]


def odd_records(seed: int, works: int = 400) -> dict[str, list[dict]]:
    """Return records by kind: ties, unknowns, homonyms, retracted works, works without authors."""
    generator = np.random.default_rng(seed)

    def pick(choices):
        return choices[int(generator.integers(len(choices)))]

    made: dict[str, list[dict]] = {kind: [] for kind in records.SCHEMAS}
    for number in range(works):
        work_id, year = f"w/{number}-é", int(pick([1991, 2004, 2005, *range(2008, 2026), 2037, 2038]))
        made["works"].append(
            {
                "work_id": work_id,
                "year": year,
                "doc_type": pick(["article", "préprint"]),
                "category": pick(["1702", "no, comma"]),
                "is_retracted": generator.random() < 0.05,
                "language": pick([None, "en"]),
                "citations": pick([None, 0, 1, 1, 7, 2**40]),
            }
        )
        for citing in range(year, min(year + int(generator.integers(4)), 2039)):
            made["citations_by_year"].append({"work_id": work_id, "citing_year": citing, "citations": pick([0, 1, 9])})
        for seq in range(1, 1 + int(pick([0, 1, 1, 2, 3, 7, 11]))):
            name = pick([*(NAMES[:7] if number % 2 else NAMES), None])
            for _unused in range(pick([1, 1, 1, 2, 3])):
                made["authorships"].append(
                    {
                        "work_id": work_id,
                        "author_seq": seq,
                        "author_id": name and f"{name}{number % 9}",
                        "institution_id": pick(PLACES),
                        "country": pick(COUNTRIES[:3] if seq == 1 else COUNTRIES),
                    }
                )
    for place in PLACES[:4]:
        made["institutions"].append(
            {
                "institution_id": place,
                "name": place.title(),
                "type": pick(["education", None]),
                "country": pick(["US", None]),
                "latitude": pick([None, -0.000004, 47.376887]),
            }
        )
    made["institutions"].append({"institution_id": "mit-us", "name": "Another name", "country": "US"})
    made["rejects"] = [{"locator": str(n), "year": 2025 + n % 2, "category": "1702", "reason": "é"} for n in range(3)]
    return made


def write_parts(folder: Path, made: Mapping[str, list[dict]]) -> None:
    """Write the records in many parts."""
    with records.Writer(folder, rows_per_part=97) as writer:
        for kind, rows in made.items():
            writer.add(kind, rows)


def _counted(made: Mapping[str, list[dict]]) -> Iterator[tuple[dict, list[dict]]]:
    """Yield each work that counts, with its authorships."""
    by_work = defaultdict(list)
    for row in made["authorships"]:
        by_work[row["work_id"]].append(row)
    for work in made["works"]:
        if not work["is_retracted"]:
            yield work, by_work[work["work_id"]]


def credit(rows: list[dict], what: str) -> dict[str, Fraction]:
    """Return the author-fractional credit of each country, or institution, of a work; exactly."""
    addresses = Counter(row["author_seq"] for row in rows)
    shares: dict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        shares[row[what] or "ZZ"] += Fraction(1, len(addresses) * addresses[row["author_seq"]])
    return shares or {"ZZ": Fraction(1)}


def papers(made: Mapping[str, list[dict]]) -> Counter:
    """Count works by year, category, type, citations and country shares in millionths."""
    found: Counter = Counter()
    for work, rows in _counted(made):
        shares = tuple(
            sorted((code, int(share * 10**6 + Fraction(1, 2))) for code, share in credit(rows, "country").items())
        )
        found[work["year"], work["category"], work["doc_type"], work["citations"], shares] += 1
    return found


def output(made: Mapping[str, list[dict]]) -> dict[tuple, tuple]:
    """Return papers, credit and citations by institution, year and category."""
    found: dict[tuple, list] = defaultdict(lambda: [0, Fraction(0), 0])
    for work, rows in _counted(made):
        for place, share in credit(rows, "institution_id").items():
            if any(row["institution_id"] == place for row in rows):
                total = found[place, work["year"], work["category"]]
                total[0] += 1
                total[1] += share
                total[2] += work["citations"] or 0
    return {key: (count, float(share), cited) for key, (count, share, cited) in found.items()}


def researchers(made: Mapping[str, list[dict]]) -> Counter:
    """Count authors by window, key, countries, first year and works: the definition, word by word."""
    seen: dict[tuple, set] = defaultdict(set)
    for work, rows in _counted(made):
        for row in rows:
            if row["author_id"] is not None:
                place = (work["year"], row["country"] or "ZZ", work["work_id"])
                seen["name", row["author_id"]].add(place)
                seen["name+institution", row["author_id"], row["institution_id"]].add(place)
    last = max(work["year"] for work in made["works"])
    found: Counter = Counter()
    for end in range(expressions.FIRST_WINDOW_END, last + 1):
        for width in expressions.WINDOWS:
            found.update(_in_window(seen, end - width + 1, end))
    return found


def _in_window(seen: Mapping[tuple, set], start: int, end: int) -> Iterable[tuple]:
    for (key, *_who), places in seen.items():
        inside = [place for place in places if start <= place[0] <= end]
        if inside:
            countries = " ".join(sorted({country for _year, country, _work in inside}))
            debut = max(min(year for year, *_rest in places), end - expressions.MOST_AGE)
            works = min(len({work for *_rest, work in inside}), expressions.MOST_WORKS)
            yield start, end, key, countries, debut, works
