"""Arithmetic with printed figures: a figure stands for every value that its wording admits.

Nothing here knows where in its range a figure lies, or that one range has to do with another. So a
bound is broken only where no admitted values keep it, and what is found is the widest that can be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple


class Range(NamedTuple):
    """Every value from `low` to `high`, both included; `f"{range:.1f}"` writes both ends."""

    low: float
    high: float

    def __format__(self, spec: str) -> str:
        return f"{self.low:{spec}} to {self.high:{spec}}" if spec else repr(self)


class Bound(NamedTuple):
    """A bound that figures set one another: `left` is at most `right`, or the two are the same."""

    about: str
    name: str
    sign: Literal["at most", "the same as"]
    left: Range
    right: Range

    @property
    def ratio(self) -> Range:
        """Left over right: 1 is the bound itself."""
        return divide(self.left, self.right)

    @property
    def kept(self) -> bool:
        """Whether some admitted values keep it."""
        if self.sign == "at most":
            return self.left.low <= self.right.high
        return overlap(self.left, self.right)


@dataclass(frozen=True)
class Published:
    """What was published about one report: bloc → figure, China as CN.

    outputs : papers of the year. world : year → two accounts of all papers of it, the first by the
    source of the outputs. citation_shares : per cent of all citations. dependence : China's part of
    its papers with any other bloc, and each other bloc's part with China; fractions.
    researchers : people.
    """

    outputs: Mapping[str, Range]
    world: Mapping[int, tuple[Range, Range]]
    citation_shares: Mapping[str, Range]
    dependence: Mapping[str, Range]
    researchers: Mapping[str, Range]

    @property
    def year(self) -> int:
        """The year of the outputs: the later one."""
        return max(self.world)


def scaled(one: Range, factor: float) -> Range:
    """Return the range in another unit, `factor` times as large in number."""
    return Range(one.low * factor, one.high * factor)


def exact(value: float) -> Range:
    """Return the range of a figure without rounding."""
    return Range(value, value)


def _not_negative(*ranges: Range) -> None:
    for one in ranges:
        if not 0 <= one.low <= one.high:
            raise ValueError(f"a range must run upward and not be negative, not {tuple(one)}")


def widened(value: float, admitted: Range, factor: float) -> Range:
    """Stretch what a wording admits around the printed `value`: 0 leaves the value, 1 the range.

    A side that the wording shuts ("over 57,000" admits nothing below) stays shut.

    >>> widened(40, Range(40, 44), 2)
    Range(low=40, high=48)
    """
    return Range(max(0.0, value - factor * (value - admitted.low)), value + factor * (admitted.high - value))


def add(*ranges: Range) -> Range:
    """Return what the sum can be."""
    return Range(sum(one.low for one in ranges), sum(one.high for one in ranges))


def multiply(left: Range, right: Range) -> Range:
    """Return what the product can be. ValueError for negative figures."""
    _not_negative(left, right)
    return Range(left.low * right.low, left.high * right.high)


def divide(left: Range, right: Range) -> Range:
    """Return what the quotient can be; infinite where `right` can be 0. ValueError if negative.

    >>> divide(Range(10, 20), Range(2, 5))
    Range(low=2.0, high=10.0)
    """
    _not_negative(left, right)
    if right.high == 0:
        raise ValueError("nothing can be divided by a figure that is 0")
    return Range(left.low / right.high, left.high / right.low if right.low else inf)


def overlap(left: Range, right: Range) -> bool:
    """Tell whether two accounts of one figure can both be true."""
    return left.low <= right.high and right.low <= left.high


def gap(left: Range, right: Range) -> float:
    """Return how far two accounts of one figure stay apart at least; 0 where they overlap.

    >>> gap(Range(1, 3), Range(5, 6)), gap(Range(1, 5), Range(3, 6))
    (2, 0.0)
    """
    return max(0.0, right.low - left.high, left.low - right.high)


def union(parts: Sequence[Range]) -> Range:
    """Return what the number of distinct papers in some parts can be.

    At least the largest part, where it holds all others; at most the sum, where no paper is in two
    (Boole and Fréchet). ValueError without parts.

    >>> union([Range(3, 4), Range(5, 6)])
    Range(low=5, high=10)
    """
    if not parts:
        raise ValueError("a union needs one part or more")
    _not_negative(*parts)
    return Range(max(one.low for one in parts), sum(one.high for one in parts))


def union_admits(parts: Sequence[Range], whole: Range) -> bool:
    """Tell whether some admitted values make `whole` the union of `parts`.

    It is enough that the ranges meet: with a size of the union that both admit, each part can be
    shrunk towards its low end until it fits.
    """
    return overlap(union(parts), whole)


def parts_per_paper(parts: Sequence[Range], whole: Range) -> Range | None:
    """Return how many of `parts` a paper of their union can lie in on average.

    Between 1 and the number of parts. The sum of the parts counts a paper once for each part. None
    where the union cannot be that large or small, or holds no paper.

    Sixty papers with one partner and sixty with another, eighty with any: one and a half each.

    >>> parts_per_paper([Range(60, 60), Range(60, 60)], Range(80, 80))
    Range(low=1.5, high=1.5)
    """
    possible = union(parts)
    distinct = Range(max(whole.low, possible.low), min(whole.high, possible.high))
    if not union_admits(parts, whole) or distinct.high == 0:
        return None
    each = divide(add(*parts), distinct)
    return Range(max(1.0, each.low), min(float(len(parts)), each.high))


def least_credits(institutions: int, above: int) -> int:
    """Return the fewest papers that institutions with more than `above` each are credited with.

    Whole counting: a paper of two of the institutions counts for both, so this is no number of
    distinct papers, which could be as few as `above` + 1.

    >>> least_credits(institutions=3, above=50)
    153
    """
    return institutions * (above + 1)


def broken(bounds: Iterable[Bound]) -> list[Bound]:
    """Return the bounds that no admitted values keep."""
    return [bound for bound in bounds if not bound.kept]


def joint_papers(published: Published) -> dict[str, Range]:
    """Return each other bloc's papers with China: its part with China, times its papers."""
    return {
        bloc: multiply(part, published.outputs[bloc]) for bloc, part in published.dependence.items() if bloc != "CN"
    }


def china_with_others(published: Published) -> Range:
    """Return China's papers with any other bloc: its own part, times its papers."""
    return multiply(published.dependence["CN"], published.outputs["CN"])


def shares_of_china(published: Published) -> dict[str, Range]:
    """Return joint papers as per cent of China's: with each bloc, with any as possible, and as reported.

    `possible` is what the blocs' own shares admit for the union, `reported` China's own share.
    """
    joint = joint_papers(published)
    papers = {**joint, "possible": union(list(joint.values())), "reported": china_with_others(published)}
    return {name: scaled(divide(one, published.outputs["CN"]), 100) for name, one in papers.items()}


def report_bounds(published: Published) -> list[Bound]:
    """Return the four kinds of bounds of claim A1, in the register's order."""
    joint, own = list(joint_papers(published).values()), china_with_others(published)
    # Union and its parts: at least the largest one, at most their sum.
    largest = Range(max(one.low for one in joint), max(one.high for one in joint))
    return [
        Bound(
            "outputs",
            "four blocs against the world",
            "at most",
            add(*published.outputs.values()),
            published.world[published.year][0],
        ),
        *(
            Bound("outputs", f"two accounts of the world, {year}", "the same as", *accounts)
            for year, accounts in published.world.items()
        ),
        Bound(
            "shares",
            "four shares of citations against all",
            "at most",
            add(*published.citation_shares.values()),
            exact(100),
        ),
        Bound("dependence", "largest partner against China's own share", "at most", largest, own),
        Bound("dependence", "China's own share against all partners", "at most", own, add(*joint)),
        *(
            Bound("workforce", f"papers against researchers, {bloc}", "at most", published.outputs[bloc], people)
            for bloc, people in published.researchers.items()
        ),
    ]


def citations_per_paper(published: Published) -> dict[str, Range]:
    """Return each bloc's share of citations over its share of the world's papers; 1 is the average."""
    world = published.world[published.year][0]
    return {
        bloc: divide(share, multiply(exact(100), divide(published.outputs[bloc], world)))
        for bloc, share in published.citation_shares.items()
    }


def researchers_per_paper(published: Published) -> dict[str, Range]:
    """Return each bloc's researchers over its papers."""
    return {bloc: divide(people, published.outputs[bloc]) for bloc, people in published.researchers.items()}
