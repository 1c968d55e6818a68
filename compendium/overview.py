"""Claims beside what was found: the rows that the terminal, the check and the site all show."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from compendium.claims import PENDING, Claim, Register, Verdict
from compendium.errors import InputError

#: How a terminal colours a verdict.
STYLES = {
    Verdict.REPRODUCED: "green", Verdict.CONFIRMED: "green", Verdict.DIRECTION_ONLY: "yellow",
    Verdict.NOT_SUPPORTED: "red", Verdict.CONTRADICTED: "red"}
NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A claim and its result; without a result its verdict is pending."""

    claim: Claim
    result: Mapping | None

    @property
    def verdict(self) -> str:
        """The verdict, `pending` where nothing was found yet."""
        return self.result["verdict"] if self.result else PENDING

    @property
    def reported(self) -> str:
        """The figure that the article gives, with its unit."""
        reported = self.claim.reported
        return with_unit(number(reported.value), reported.unit) if reported else NOTHING

    @property
    def estimate(self) -> str:
        """The estimate, in the unit of the reported figure."""
        if not self.result or self.result["estimate"] is None:
            return NOTHING
        return with_unit(number(self.result["estimate"]), self._unit)

    @property
    def interval(self) -> str:
        """The stability interval of the estimate."""
        if not self.result or not self.result["interval"]:
            return NOTHING
        low, high = self.result["interval"]
        return with_unit(f"{number(low)} to {number(high)}", self._unit)

    @property
    def agreement(self) -> str:
        """How many of the defensible specifications agree, and which choice flips the verdict."""
        share = self.result.get("agreeing_share") if self.result else None
        if share is None:
            return ""
        flips = self.result.get("flipping_choice")
        return f"{100 * share:.0f} % of specifications agree" + (f"; {flips} flips it" if flips else "")

    @property
    def _unit(self) -> str:
        return self.claim.reported.unit if self.claim.reported else ""


def number(value: float | str) -> str:
    """Return a number with about three figures, and thousands set apart."""
    if isinstance(value, (bool, str)):
        return str(value)
    size = abs(value)
    whole = isinstance(value, int) or value.is_integer() or size >= 1000
    return f"{value:,.{0 if whole else 1 if size >= 10 else 2 if size >= 1 else 3}f}"


def with_unit(text: str, unit: str) -> str:
    """Return a number's text with its unit; per cent as the sign."""
    return f"{text} {'%' if unit == 'percent' else unit}".strip()


def load_results(folder: Path) -> dict[str, dict]:
    """Return the results in `folder` by claim id; none where there is no such folder.

    Raises InputError that names the file, for one that holds no result.
    """
    results = {}
    for path in sorted(folder.glob("*.json")):
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
            results[path.stem] = {"estimate": None, "interval": None} | result
            Verdict(result["verdict"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{folder.name}/{path.name} holds no result with a verdict: "
                             f"{error}") from None
    return results


def rows(register: Register, results: Mapping[str, Mapping]) -> list[Row]:
    """Return one row for each claim of the register, in its order."""
    return [Row(claim, results.get(claim.id)) for claim in register.claims]


def count_verdicts(shown: Iterable[Row]) -> dict[str, int]:
    """Return how many claims have each verdict, in the order of the verdicts, pending last."""
    counts = Counter(row.verdict for row in shown)
    return {verdict: counts[verdict] for verdict in (*map(str, Verdict), PENDING) if counts[verdict]}


def coloured(verdict: str) -> str:
    """Return a verdict in the terminal's markup."""
    style = STYLES.get(verdict, "dim")
    return f"[{style}]{verdict}[/]"


def claims_table(shown: Iterable[Row], title: str) -> Table:
    """Return claims × verdicts as a table for a terminal."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("claim", "report", "estimate", "95 % interval", "verdict"):
        table.add_column(heading, overflow="fold")
    for row in shown:
        table.add_row(row.claim.id, row.reported, row.estimate, row.interval, coloured(row.verdict))
    return table
