"""The register of claims, and the rule that turns an estimate into a verdict."""

from compendium.claims.register import Claim, Register, Reported, load_register
from compendium.claims.verdict import DOCUMENTARY_VERDICTS, PENDING, Verdict, decide

__all__ = [
    "Claim",
    "DOCUMENTARY_VERDICTS",
    "PENDING",
    "Register",
    "Reported",
    "Verdict",
    "decide",
    "load_register",
]
