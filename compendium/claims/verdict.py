"""The verdicts, and the rule that turns an estimate into one."""

from enum import StrEnum

from compendium.claims.register import Claim


class Verdict(StrEnum):
    """What an estimate, or a document, says of a claim."""

    REPRODUCED = "reproduced"
    DIRECTION_ONLY = "direction only"
    NOT_SUPPORTED = "not supported"
    NOT_TESTABLE = "not testable here"
    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"


DOCUMENTARY_VERDICTS = (Verdict.CONFIRMED, Verdict.CONTRADICTED, Verdict.UNVERIFIABLE)


PENDING = "pending"


def decide(
    claim: Claim,
    holds: bool | None,
    value: float | None = None,
    interval: tuple[float, float] | None = None,
    *,
    sample: bool,
) -> Verdict:
    """Turn an estimate into a verdict.

    Parameters
    ----------
    claim : the claim, from the register.
    holds : whether the claim's `relation` holds in the data; None where they cannot tell.
    value : the estimate, in the unit of the reported value.
    interval : its 95 % stability interval.
    sample : whether the source holds only a part of the field. A number of papers or people
        (`scale: absolute`) cannot be matched in a part; its relation can.

    The rule: nothing to go by → not testable here; the relation fails → not supported; a zero
    that holds in a sample → not testable here, for a part can refute a zero but not establish it;
    it holds, and the estimate lies in the range that the wording admits or the stability
    interval meets that range → reproduced; it holds, but the magnitude is another → direction
    only. A claim that reports no figure is reproduced when its relation holds.

    The claim of a share "over 40 %", reproduced by 43 %, in direction only by 30 %, or not at all:

    >>> from compendium.claims import load_register
    >>> claim = load_register()["05-citation-share-china"]
    >>> [str(decide(claim, *found, sample=True)) for found in ((True, 43.0), (True, 30.0), (False, 30.0), (None,))]
    ['reproduced', 'direction only', 'not supported', 'not testable here']
    """
    if claim.kind == "documentary":
        raise ValueError(f"claim {claim.id} is documentary: a primary source decides it")
    if holds is None:
        return Verdict.NOT_TESTABLE
    if not holds:
        return Verdict.NOT_SUPPORTED
    if claim.scale == "absolute" and sample:
        return Verdict.NOT_TESTABLE if claim.kind == "zero" else Verdict.DIRECTION_ONLY
    if claim.reported is None:
        return Verdict.REPRODUCED
    low, high = (value, value) if interval is None else interval
    in_range = value is not None and claim.reported.low <= value <= claim.reported.high
    meets = low is not None and high is not None and low <= claim.reported.high and high >= claim.reported.low
    return Verdict.REPRODUCED if in_range or meets else Verdict.DIRECTION_ONLY
