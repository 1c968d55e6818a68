"""Claims beside what was found: the rows that the terminal, the check and the site all show."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.table import Table

from compendium import palette
from compendium.claims import PENDING, Claim, Register, Result, Verdict
from compendium.words import number, percent

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A claim and its result; without a result its verdict is pending."""

    claim: Claim
    result: Result | None

    @property
    def verdict(self) -> str:
        """The verdict, `pending` where nothing was found yet."""
        return self.result.verdict if self.result else PENDING

    @property
    def reported(self) -> str:
        """The figure that the article gives."""
        reported = self.claim.reported
        return f"{reported.value:,g}{self._sign}" if reported else NOTHING

    @property
    def admitted(self) -> str:
        """The range that the article's wording admits; nothing where that is the figure alone."""
        reported = self.claim.reported
        if not reported or reported.low == reported.high:
            return ""
        return f"{reported.low:,g} to {reported.high:,g}{self._sign}"

    @property
    def universe(self) -> str:
        """What the verdict is about: a set of papers, or documents."""
        return self.result.universe if self.result else ""

    @property
    def estimate(self) -> str:
        """The estimate, in the unit of the reported figure."""
        value = self.result.estimate if self.result else None
        return NOTHING if value is None else number(value, self._sign)

    @property
    def interval(self) -> str:
        """The stability interval of the estimate."""
        ends = self.result.interval if self.result else None
        return " to ".join(number(end, self._sign) for end in ends) if ends else NOTHING

    @property
    def agreeing(self) -> str:
        """How many of the defensible specifications give the same verdict."""
        share = self.result.agreeing_share if self.result else None
        return NOTHING if share is None else f"{percent(share)} %"

    @property
    def turned_by(self) -> str:
        """Which choice turns the verdict; `nothing` where no specification has another one."""
        if self.result is None or self.agreeing == NOTHING:
            return NOTHING
        return (self.result.flipping_choice or "nothing").replace("_", " ")

    @property
    def agreement(self) -> str:
        """Both in a sentence; nothing where there are no specifications."""
        if self.agreeing == NOTHING:
            return ""
        return f"{self.agreeing} of specifications agree; turned by: {self.turned_by}"

    @property
    def _sign(self) -> str:
        return " %" if self.claim.reported and self.claim.reported.unit == "percent" else ""


def rows(register: Register, results: Mapping[str, Result]) -> list[Row]:
    """Return one row for each claim of the register, in its order."""
    return [Row(claim, results.get(claim.id)) for claim in register.claims]


def count_verdicts(shown: Iterable[Row]) -> dict[str, int]:
    """Return how many claims have each verdict, in the order of the verdicts, pending last."""
    counts = Counter(row.verdict for row in shown)
    return {verdict: counts[verdict] for verdict in (*map(str, Verdict), PENDING) if counts[verdict]}


def coloured(verdict: str) -> str:
    """Return a verdict in the terminal's markup, in the colour that it has everywhere."""
    return f"[{palette.VERDICTS[verdict]}]{verdict}[/]"


def claims_table(shown: Iterable[Row], title: str) -> Table:
    """Return claims × verdicts as a table for a terminal."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("claim", "article", "estimate", "95 % interval", "verdict", "agree", "turned by"):
        table.add_column(heading, overflow="fold", max_width=26 if heading == "turned by" else None)
    for row in shown:
        table.add_row(
            row.claim.id, row.reported, row.estimate, row.interval, coloured(row.verdict), row.agreeing, row.turned_by
        )
    return table


def markdown(shown: Iterable[Row], *, link: bool = False) -> str:
    """Return claims × verdicts as a table for a notebook.

    link : lead to each claim's notebook; else say what the verdict is about.
    """
    lines = [
        "| claim | statement | reported | found | verdict | agree | turned by | "
        + ("notebook |" if link else "tested on |"),
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in shown:
        name = row.claim.notebook
        found = row.estimate if row.interval == NOTHING else f"{row.estimate} ({row.interval})"
        cells = (
            row.claim.number,
            row.claim.paraphrase.strip(),
            row.admitted or row.reported,
            found,
            f"**{row.verdict}**",
            row.agreeing,
            row.turned_by,
            f"[{name}]({name}.ipynb)" if link else row.universe,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
