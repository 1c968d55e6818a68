"""The register of claims, the rule that turns an estimate into a verdict, and the results."""

from compendium.claims.register import Claim, Register, Reported, load_register
from compendium.claims.results import Result, read_all
from compendium.claims.verdict import DOCUMENTARY_VERDICTS, PENDING, Verdict, decide

__all__ = [
    "Claim",
    "DOCUMENTARY_VERDICTS",
    "PENDING",
    "Register",
    "Reported",
    "Result",
    "Verdict",
    "decide",
    "load_register",
    "read_all",
]
