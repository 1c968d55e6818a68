"""Evidence in documents, and figures that others published: what decides claims that no table can."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from compendium.claims import DOCUMENTARY_VERDICTS, Register, Verdict, load_register
from compendium.project.checked import load_yaml
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

DOCUMENTS = PROJECT.reference / "documents.yml"

Date = Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|undated)$")]
#: How much of a document was read, from most to least; the last two decide nothing.
READ = {
    "text": "the document itself",
    "copy": "a copy of its text",
    "excerpt": "a part",
    "link": "not seen; a page points to it",
    "no": "not seen",
}
Released = Literal["yes", "part", "no"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Entry):
    """One document that bears on a claim: what it is, where it can be found, what it says."""

    source: str = Field(min_length=5)
    publisher: str
    date: Date
    locator: str
    says: str = Field(description="what it says, in our words")
    url: str | None = Field(None, pattern=r"^https://\S+$")
    standing: Literal["primary", "secondary"]
    read: Literal["text", "copy", "excerpt", "link", "no"]

    @property
    def decides(self) -> bool:
        """Whether a verdict can rest on it: a primary document, of which something was read."""
        return self.standing == "primary" and self.read in ("text", "copy", "excerpt")

    def as_text(self) -> dict[str, str]:
        """Return the fields that are given, for a result."""
        return {name: str(value) for name, value in self.model_dump().items() if value is not None}


class Finding(_Entry):
    """The verdict on one documentary claim, what was found, why that decides, and the evidence."""

    verdict: Verdict
    finding: str = Field(min_length=20)
    reason: str = Field(min_length=20)
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _verdict_rests_on_something(self) -> "Finding":
        if self.verdict not in DOCUMENTARY_VERDICTS:
            raise ValueError(f"{self.verdict} is no verdict on a document")
        if self.verdict != Verdict.UNVERIFIABLE and not any(one.decides for one in self.evidence):
            raise ValueError(f"{self.verdict} needs a primary document that was read")
        return self


class Event(_Entry):
    """Something that happened, and the claim it bears on."""

    date: Date
    lane: Literal["US policy", "chips", "DeepSeek", "Europe and Africa", "report"]
    event: str
    claim: str


class Openness(_Entry):
    """Whether a part of two models was released, and whether the definition asks for it."""

    part: str
    v3: Released
    r1: Released
    definition: Released


class Score(_Entry):
    """A benchmark score of three models, as the developer of one of them published it."""

    benchmark: str
    kind: Literal["English", "code", "mathematics", "Chinese"]
    v3: float
    gpt_4o: float
    claude_3_5: float


class Documents(_Entry):
    """The whole file of evidence."""

    claims: Mapping[str, Finding]
    events: tuple[Event, ...]
    openness: tuple[Openness, ...]
    scores: tuple[Score, ...]

    def frame(self, part: Literal["events", "openness", "scores"]) -> pd.DataFrame:
        """Return one of the lists as a frame, a row an entry."""
        return pd.DataFrame([entry.model_dump() for entry in getattr(self, part)])

    def table(self, *claims: str) -> str:
        """Return the evidence on some claims as a Markdown table, sources linked to their address."""
        lines = ["| claim | date | source | what it says | read |", "|---|---|---|---|---|"]
        for claim in claims:
            for one in self.claims[claim].evidence:
                source = f"[{one.source}]({one.url})" if one.url else one.source
                cells = (
                    claim.split("-")[0],
                    one.date,
                    f"{source}, {one.publisher}; {one.locator}",
                    one.says,
                    f"{one.standing}; {READ[one.read]}",
                )
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines)

    def evidence_frame(self) -> pd.DataFrame:
        """Return all evidence, one row a document and claim."""
        return pd.DataFrame(
            [{"claim": claim} | one.as_text() for claim, finding in self.claims.items() for one in finding.evidence]
        )


def check_complete(documents: Documents, register: Register) -> None:
    """Raise ValueError unless just the documentary claims of the register have an entry each."""
    needed = [claim.id for claim in register.claims if claim.kind == "documentary"]
    named = set(documents.claims) | {event.claim for event in documents.events}
    problems = [f"no evidence on claim {claim}" for claim in needed if claim not in documents.claims]
    problems += [f"{claim} is no documentary claim" for claim in sorted(named - set(needed))]
    if problems:
        raise ValueError("; ".join(problems))


@cache
def load_documents(path: Path = DOCUMENTS) -> Documents:
    """Load the evidence and check it against the register; InputError, in one line, for a mistake in the file."""
    # Dates stay as they are written: a month is no day.
    documents = load_yaml(path, Documents, loader=yaml.BaseLoader)
    try:
        check_complete(documents, load_register())
    except ValueError as error:
        raise InputError(f"{PROJECT.shown(path)}: {error}") from None
    return documents
