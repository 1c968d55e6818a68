"""The table of claims and verdicts that the index, the site and the terminal show."""

import pandas as pd

from compendium.claims import PENDING, Claim, Register, Verdict

UNITS = {"percent": " %"}
COLUMNS = ["claim", "statement", "reported", "estimate", "interval", "verdict", "universe", "notebook"]


def number(value: float | None, unit: str | None) -> str:
    """Write an estimate with as many digits as a reader can use, and its unit."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or (unit not in UNITS and float(value).is_integer()) else (
        1 if abs(value) >= 3 else 2)
    return f"{value:,.{digits}f}" + UNITS.get(unit, "")


def _reported(claim: Claim) -> str:
    if claim.reported is None:
        return ""
    low, high, unit = claim.reported.low, claim.reported.high, UNITS.get(claim.reported.unit, "")
    return f"{low:,g}{unit}" if low == high else f"{low:,g} to {high:,g}{unit}"


def _row(claim: Claim, result: dict | None) -> dict[str, str]:
    found = result or {}
    unit = claim.reported.unit if claim.reported else None
    interval = found.get("interval")
    return {
        "claim": claim.number,
        "statement": claim.paraphrase.strip(),
        "reported": _reported(claim),
        "estimate": number(found.get("estimate"), unit),
        "interval": " to ".join(number(end, unit) for end in interval) if interval else "",
        "verdict": found.get("verdict", PENDING),
        "universe": found.get("universe", "") if claim.kind not in ("documentary", "arithmetic") else "",
        "notebook": claim.notebook,
    }


def verdict_table(register: Register, results: dict[str, dict]) -> pd.DataFrame:
    """Return one row a claim, in the order of the register; a claim without a result is pending."""
    return pd.DataFrame([_row(claim, results.get(claim.id)) for claim in register.claims],
                        columns=COLUMNS)


def counts(table: pd.DataFrame) -> pd.Series:
    """Return the number of claims by verdict, in the order of the verdicts, without zeros."""
    order = [str(verdict) for verdict in Verdict] + [PENDING]
    return table["verdict"].value_counts().reindex(order).dropna().astype(int)


def as_markdown(table: pd.DataFrame, link: bool) -> str:
    """Write the table for a notebook; `link` leads from a claim to its notebook."""
    shown = table.copy()
    shown["verdict"] = "**" + shown["verdict"] + "**"
    if link:
        shown["notebook"] = [f"[{name}]({name}.ipynb)" for name in shown["notebook"]]
        shown = shown.drop(columns=["universe", "reported"])
    head = "| " + " | ".join(shown.columns) + " |\n|" + "---|" * len(shown.columns) + "\n"
    return head + "\n".join("| " + " | ".join(row) + " |" for row in shown.astype(str).itertuples(index=False))
