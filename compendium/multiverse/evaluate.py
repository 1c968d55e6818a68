"""Every claim under every defensible specification: estimate, draws, verdict."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.claims import Claim, Register, Verdict, decide, load_register
from compendium.claims.needs import cannot_decide
from compendium.multiverse import answers_of_tables  # noqa: F401  (registers its answers)
from compendium.multiverse.answers import ANSWERS
from compendium.multiverse.choices import CHANGES, Frame, specifications
from compendium.multiverse.look import Answer, Look
from compendium.multiverse.samples import Samples

DRAWS = 1_000
SEED = 2024
#: Choices in whose order specifications are answered, so that those that look at the same papers follow one another.
FIRST = ("year", "categories", "panel", "missing", "china", "partner_unit", "counting", "threshold", "firms")


@dataclass(frozen=True)
class Curve:
    """A claim under all its specifications.

    specifications : one row each; columns the choices, `changes` (see `choices.CHANGES`), value, low
        and high (95 % stability interval; missing where nothing is drawn), probability (share of the
        draws in which the relation holds), holds (true, false, or None: cannot tell), verdict.
    """

    claim: Claim
    choices: tuple[str, ...]
    specifications: pd.DataFrame


def quantitative(register: Register) -> list[Claim]:
    """Return the claims that data can decide."""
    return [claim for claim in register.claims if claim.kind not in ("documentary", "arithmetic")]


def decidable(frame: Frame) -> list[Claim]:
    """Return the claims that data can decide and of which the source does not say that it cannot."""
    meanings = {name: frame.in_force[name] for name in ("china", "eu") if name in frame.in_force}
    undecided = cannot_decide(frame.tables.manifest, frame.year, **meanings)
    return [claim for claim in quantitative(load_register()) if claim.id not in undecided]


def percentile_interval(draws: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the percentile interval of each row of draws, missing ones left out.

    The ends are drawn values, because a ratio may be infinite and there is nothing to interpolate.
    """
    ordered = np.sort(draws, axis=1)
    known = (~np.isnan(ordered)).sum(axis=1)
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        place = np.clip(np.ceil((tail * known).round(9)).astype(int) - 1, 0, max(ordered.shape[1] - 1, 0))
        ends.append(np.where(known > 0, ordered[np.arange(len(ordered)), place], np.nan))
    return ends[0], ends[1]


def answered(claim: Claim, samples: Samples, rows: pd.DataFrame) -> list[Answer]:
    """Return the answer to a claim under each of some specifications (rows of `specifications`)."""
    names = [name for name in rows if name != CHANGES]
    order = rows.sort_values([name for name in FIRST if name in names], kind="stable").index
    found = {
        place: ANSWERS[claim.id](Look(samples, dict(zip(names, option, strict=True))))
        for place, option in zip(order, rows.loc[order, names].itertuples(index=False, name=None), strict=True)
    }
    return [found[place] for place in rows.index]


def curve(claim: Claim, samples: Samples, only: int | None = None) -> Curve:
    """Return a claim under every specification that makes sense for these tables.

    only : so many specifications, the one in force being the first.
    """
    rows = specifications(claim, samples.frame)
    rows = rows if only is None else rows.head(only)
    names = tuple(name for name in rows.columns if name != CHANGES)
    if rows.empty:
        return Curve(
            claim,
            names,
            rows.assign(
                **dict.fromkeys(("value", "low", "high", "probability", "holds", "verdict"), pd.Series(dtype=object))
            ),
        )
    answers = answered(claim, samples, rows)
    value = np.array([one.value for one in answers])
    draws, known = value[:, 1:], ~np.isnan(value[:, 1:])
    found = rows.assign(value=value[:, 0], low=np.nan, high=np.nan, probability=np.nan)
    if known.any():
        ends = [one.ends for one in answers]
        found["low"], found["high"] = percentile_interval(draws) if ends[0] is None else np.array(ends).T
        holding = (np.array([one.holds[1:] for one in answers]) & known).sum(axis=1)
        found["probability"] = np.divide(
            holding, known.sum(axis=1), out=np.full(len(found), np.nan), where=known.any(axis=1)
        )
    found["holds"] = [one.told for one in answers]
    found["verdict"] = [_verdict(claim, row, samples.frame.tables.is_sample) for row in found.itertuples()]
    return Curve(claim, names, found)


def _verdict(claim: Claim, row: tuple, sample: bool) -> Verdict:
    interval = None if np.isnan(row.low) else (row.low, row.high)
    return decide(claim, row.holds, None if np.isnan(row.value) else row.value, interval, sample=sample)


def headlines(
    frame: Frame, claims: Iterable[Claim] | None = None, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Return value, low, high, probability, holds and verdict of the specification in force, by claim id."""
    samples = Samples(frame, draws, seed)
    chosen = decidable(frame) if claims is None else claims
    found = {claim.id: curve(claim, samples, only=1).specifications for claim in chosen}
    columns = ["value", "low", "high", "probability", "holds", "verdict"]
    return pd.DataFrame({name: rows.iloc[0][columns] for name, rows in found.items() if len(rows)}).T


def evaluate(
    frame: Frame, claims: Iterable[Claim] | None = None, draws: int = DRAWS, seed: int = SEED
) -> dict[str, Curve]:
    """Return the curves of some claims (by default all `decidable` ones), by claim id.

    Each year is drawn once, and all claims look at the same draws.
    """
    samples = Samples(frame, draws, seed)
    chosen = decidable(frame) if claims is None else claims
    return {claim.id: curve(claim, samples) for claim in chosen}
