"""From an estimate, or a document, to the result that is written and the verdict that is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from IPython.display import Markdown, display

from compendium.claims import DOCUMENTARY_VERDICTS, Claim, Verdict, decide
from compendium.claims.results import Result
from compendium.notebook.settings import Settings
from compendium.project.errors import InputError
from compendium.tables import Tables
from compendium.words import percent

if TYPE_CHECKING:
    from compendium.multiverse import Agreement

#: What a verdict is about where no table decides it.
OTHER_UNIVERSES = {"documentary": "the documents named as evidence", "arithmetic": "figures published about the report"}


@dataclass(frozen=True)
class Estimate:
    """What a notebook found of a claim; see `Session.record` for its parts."""

    holds: bool | None
    value: float | None
    interval: tuple[float, float] | None
    probability: float | None
    finding: str

    @property
    def ends(self) -> tuple[float, float] | None:
        """The interval; None where an end is missing, for then there is none that says anything."""
        return None if self.interval is None or any(end != end for end in self.interval) else self.interval


def decided(claim: Claim, estimate: Estimate, is_sample: bool) -> Verdict:
    """Return the verdict that an estimate gives."""
    return decide(claim, estimate.holds, estimate.value, estimate.ends, sample=is_sample)


def result(
    where: Mapping[str, Any],
    verdict: Verdict,
    estimate: Estimate,
    among: "Agreement | None",
    details: Mapping[str, Any],
) -> Result:
    """Return the result of a claim that data decide; `among` is how it fares among all specifications."""
    return Result(
        **where,
        verdict=verdict,
        estimate=estimate.value,
        interval=estimate.ends,
        probability=estimate.probability,
        finding=estimate.finding,
        agreeing_share=among and among.agreeing,
        flipping_choice=among and among.flipping_choice,
        multiverse=among and asdict(among),
        details=details,
    )


def of_document(
    claim: Claim, where: Mapping[str, Any], verdict: str, finding: str, evidence: Sequence[Mapping[str, str]]
) -> Result:
    """Return the result of a claim that documents decide.

    Raises InputError for a claim or a verdict of another kind, and for one without its source.
    """
    if claim.kind != "documentary":
        raise InputError(f"claim {claim.id} is no documentary claim: data decide it")
    if verdict not in DOCUMENTARY_VERDICTS:
        raise InputError(f"{verdict!r} is no verdict on a document; choose one of: " + ", ".join(DOCUMENTARY_VERDICTS))
    if not evidence and verdict != Verdict.UNVERIFIABLE:
        raise InputError(f"claim {claim.id}: {verdict} needs its source")
    return Result(
        **where,
        verdict=Verdict(verdict),
        estimate=None,
        interval=None,
        probability=None,
        finding=finding,
        agreeing_share=None,
        flipping_choice=None,
        details={"evidence": evidence},
    )


def where(
    claim: Claim, settings: Settings, tables: Tables, further: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Return the fields that say which claim, on what, and under which parameters; `further` ones last."""
    return {
        "claim": claim.id,
        "notebook": claim.notebook,
        "source": settings.source,
        "year": settings.year,
        "universe": OTHER_UNIVERSES.get(claim.kind, f"{tables.universe}, {settings.year}"),
        "specification": settings.model_dump() | dict(further or {}),
    }


def show(claim: Claim, result: Result) -> None:
    """Show a verdict: what was found, how sure it is, and the claim beside it."""
    sure = how_sure(result)
    display(
        Markdown(
            f"> **Claim {claim.number} — {result.verdict}.** {result.finding}\n>\n"
            + (f"> *How sure:* {sure}\n>\n" if sure else "")
            + f"> *The claim:* {claim.paraphrase} *Tested on:* {result.universe}."
        )
    )


def how_sure(result: Result) -> str:
    """Say how sure a verdict is, in a sentence or two; nothing where nothing is known of it."""
    said = []
    if result.probability is not None:
        said.append(f"The relation holds in {100 * result.probability:.0f} % of the draws.")
    if result.multiverse is not None and result.agreeing_share is not None:
        turned = result.flipping_choice
        said.append(
            f"{percent(result.agreeing_share)} % of {result.multiverse['specifications']:,} defensible specifications "
            "give the same verdict; " + (f"turned by: {turned}." if turned else "none turns it.")
        )
    return " ".join(said)
