"""The session of a notebook: its checked parameters, its tables, and what it keeps of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from compendium.claims import Claim, Result, load_register, results
from compendium.claims.needs import cannot_decide
from compendium.figures import style
from compendium.measures.counting import COUNTING
from compendium.measures.institutions import THRESHOLD
from compendium.notebook import runs, verdicts
from compendium.notebook.page import Page
from compendium.notebook.settings import Settings, require
from compendium.places.blocs import CHINAS, EUS
from compendium.tables import Tables, available_sources, load

if TYPE_CHECKING:
    from compendium.multiverse import Agreement, Curve, Frame, Samples

#: Papers above which an institution is counted, as the report has it.


def begin(
    source: str, year: int, counting: str = "whole", china: str = "CN", eu: str = "EU-27", categories: str = "all"
) -> "Session":
    """Check a notebook's parameters, load the tables that they ask for, and return its session.

    Raises InputError, naming the values that are allowed, before anything is computed.
    """
    style.use_style()
    pd.set_option("display.max_colwidth", None, "display.max_rows", 200)  # a cut reason is none
    require("source", source, available_sources())
    tables = load(source)
    require("year", year, tables.years)
    require("counting", counting, tables.counting_options or list(COUNTING))
    require("china", china, CHINAS)
    require("eu", eu, EUS)
    tables = tables.select_categories(categories)
    require("year", year, tables.years)
    settings = Settings(source=source, year=year, counting=counting, china=china, eu=eu, categories=categories)
    return Session(tables.described, settings, tables)


@dataclass(frozen=True)
class Session(Page):
    """A notebook's parameters and tables, and the draws that its claims share.

    Nothing of it is known to another session, so two of them with other settings can stand in one notebook.
    """

    settings: Settings
    tables: Tables
    _samples: "dict[tuple, Samples]" = field(default_factory=dict, repr=False)

    def record(
        self,
        claim_id: str,
        *,
        holds: bool | None,
        finding: str,
        value: float | None = None,
        interval: tuple[float, float] | None = None,
        probability: float | None = None,
        choices: Mapping[str, object] | None = None,
        threshold: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Decide a claim that data can decide, write its result, and show the verdict.

        Parameters
        ----------
        holds : whether the relation of the claim holds; None where these data cannot tell.
        finding : one sentence, its numbers put in from values, that says what was found.
        value : the estimate, in the unit of the reported value (for an order: of the comparison).
        interval : 95 % stability interval of `value`.
        probability : share of the bootstrap draws in which the relation holds.
        choices : further choices that a parameter of the notebook sets, besides those of `settings`.
        threshold : papers above which an institution is counted, where the claim counts institutions.
        details : further numbers that belong into the result.
        """
        claim = load_register()[claim_id]
        estimate = verdicts.Estimate(holds, value, interval, probability, finding)
        asked = self.settings
        reason = cannot_decide(self.tables.manifest, asked.year, asked.china, asked.eu).get(claim_id)
        if reason:
            estimate = verdicts.Estimate(None, None, None, None, reason)
        verdict = verdicts.decided(claim, estimate, self.tables.is_sample)
        among = None if reason else self._agreement(claim, verdict, choices or {}, threshold or THRESHOLD)
        further = dict(choices or {}) | ({} if threshold is None else {"threshold": threshold})
        where = verdicts.where(claim, self.settings, self.tables, further)
        self._keep(claim, verdicts.result(where, verdict, estimate, among, details or {}))

    def record_document(
        self, claim_id: str, *, verdict: str, finding: str, evidence: Sequence[Mapping[str, str]]
    ) -> None:
        """Write and show the verdict on a documentary claim; `evidence` names its primary sources."""
        claim = load_register()[claim_id]
        where = verdicts.where(claim, self.settings, self.tables)
        self._keep(claim, verdicts.of_document(claim, where, verdict, finding, evidence))

    @property
    def folder(self) -> Path:
        """The folder for the figures: of the run, or of what is executed by hand with these settings."""
        return runs.folder(self.settings.model_dump())

    def _keep(self, claim: Claim, result: Result) -> None:
        results.write(result, runs.folder(result.specification) / "results")
        verdicts.show(claim, result)

    def frame(self, choices: Mapping[str, object] | None = None, threshold: float = THRESHOLD) -> "Frame":
        """Return what the multiverse looks at: the tables, and the options that the parameters set."""
        from compendium import multiverse

        in_force = self.settings.model_dump(include={"counting", "china", "eu", "categories"})
        in_force |= {name: str(option) for name, option in (choices or {}).items()}
        return multiverse.Frame(self.tables, self.settings.year, threshold, in_force)

    def _agreement(
        self, claim: Claim, verdict: str, choices: Mapping[str, object], threshold: float
    ) -> "Agreement | None":
        """Return how a verdict fares among the defensible specifications; None for one that has none."""
        if claim.kind in verdicts.OTHER_UNIVERSES:
            return None
        from compendium import multiverse  # slow to import, and the notebooks on documents do not need it
        from compendium.notebook import curves

        key = (threshold, *sorted((name, str(option)) for name, option in choices.items()))
        if key not in self._samples:
            self._samples[key] = multiverse.Samples(self.frame(choices, threshold), multiverse.DRAWS, multiverse.SEED)
        return multiverse.agreement(curves.curve(claim, self._samples[key]), verdict)

    def curves(self, draws: int, seed: int) -> dict[str, "Curve"]:
        """Return every claim that these tables can decide under all its specifications, by claim id.

        In a run, those that the notebooks before have evaluated with the same draws are taken from them.
        """
        from compendium import multiverse
        from compendium.notebook import curves

        samples = multiverse.Samples(self.frame(), draws, seed)
        return {claim.id: curves.curve(claim, samples) for claim in multiverse.decidable(samples.frame)}
