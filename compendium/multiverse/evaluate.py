"""Every claim under every defensible specification: estimate, draws, verdict."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from compendium.claims import Claim, Register, Verdict, decide, load_register
from compendium.claims.needs import cannot_decide
from compendium.multiverse import claims_of_papers, claims_of_partners, claims_of_tables, found
from compendium.multiverse.choices import Frame, specifications
from compendium.multiverse.samples import Samples

DRAWS = 1_000
SEED = 2024
#: Claims whose verdict looks at an interval: shares and counts with their ranges, and the spread over
#: cities (34), which fails only with its whole interval. The others need no draws for it.
KINDS_WITH_INTERVAL, WITH_INTERVAL = ("share", "count"), ("34",)

Evaluator = Callable[[Samples, pd.DataFrame], found.Found]
_papers, _partners, _tables = claims_of_papers, claims_of_partners, claims_of_tables
#: Claim number → what gives its estimate and its relation.
EVALUATORS: Mapping[str, Evaluator] = {
    "01": _papers.output,
    "02": _partners.leads_twice,
    "04": _partners.reliance_slope,
    "09": _partners.most_connected,
    "24": _tables.younger,
    "34": _tables.spread,
    **{
        number: partial(_papers.citation_share, bloc=bloc)
        for number, bloc in {"05": "CN", "06": "US", "07": "EU", "08": "UK"}.items()
    },
    **{
        number: partial(_papers.partner_share, answer=answer)
        for number, answer in {"16": "CN", "17": "US", "18": "EU", "19": "UK", "20": "flow"}.items()
    },
    **{number: partial(_partners.partner_ratio, number=number) for number in _partners.QUESTIONS},
    **{number: partial(_tables.researchers, number=number) for number in ("21", "22", "23")},
    **{number: partial(_tables.institutions_above, number=number) for number in ("33", "35", "36", "37")},
    **{number: partial(_tables.nowhere_above, number=number) for number in _tables.NONE_IN},
}


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


def needs_draws(claim: Claim) -> bool:
    """Tell whether a claim's verdict can hang on an interval, and so on draws."""
    return claim.kind in KINDS_WITH_INTERVAL or claim.number in WITH_INTERVAL


def decidable(frame: Frame) -> list[Claim]:
    """Return the claims that data can decide and of which the source does not say that it cannot."""
    undecided = cannot_decide(frame.tables.manifest, frame.year)
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


def curve(claim: Claim, samples: Samples, only: int | None = None) -> Curve:
    """Return a claim under every specification that makes sense for these tables.

    only : so many specifications, the one in force being the first.
    """
    rows = specifications(claim, samples.frame)
    rows = rows if only is None else rows.head(only)
    names = tuple(name for name in rows.columns if name != "changes")
    if rows.empty:
        return Curve(
            claim,
            names,
            rows.assign(
                **dict.fromkeys(("value", "low", "high", "probability", "holds", "verdict"), pd.Series(dtype=object))
            ),
        )
    answer = EVALUATORS[claim.number](samples, rows)
    draws, known = answer.value[:, 1:], ~np.isnan(answer.value[:, 1:])
    found = rows.assign(value=answer.value[:, 0])
    found["low"], found["high"] = (answer.ends or percentile_interval(draws)) if known.any() else (np.nan, np.nan)
    with np.errstate(invalid="ignore"):
        holding = (answer.holds[:, 1:] & known).sum(axis=1)
        found["probability"] = holding / known.sum(axis=1) if known.any() else np.nan
    found["holds"] = _told(claim, samples, rows, answer)
    found["verdict"] = [_verdict(claim, row, samples.frame.tables.is_sample) for row in found.itertuples()]
    return Curve(claim, names, found)


def _told(claim: Claim, samples: Samples, rows: pd.DataFrame, answer: found.Found) -> list[bool | None]:
    """Return whether the relation holds, None where the tables cannot tell."""
    value, holds = answer.value[:, 0], answer.holds[:, 0]
    told = [bool(one) if not np.isnan(number) else None for one, number in zip(holds, value, strict=True)]
    if answer.judged is not None:
        told = list(answer.judged)
    elif claim.number in claims_of_partners.FROM_BEHIND:
        unseen = claims_of_partners.never_behind(samples, rows, claim.number)
        told = [None if one and never else one for one, never in zip(told, unseen, strict=True)]
    elif claim.number in claims_of_tables.COUNTED:
        counts = samples.once(claims_of_tables.above_of_blocs, rows)
        nowhere = sum(of_bloc[:, 0] for of_bloc in counts.values()) == 0
        told = [None if none else one for one, none in zip(told, nowhere, strict=True)]
    return told


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
