"""What a curve says: how many specifications agree, what each choice does, what turns the verdict."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.claims import Verdict
from compendium.multiverse.choices import CHANGES
from compendium.multiverse.evaluate import Curve

#: A verdict that only more choices than these turn together is named by their number.
MOST_NAMED = 3


@dataclass(frozen=True)
class Agreement:
    """How a verdict fares among the defensible specifications.

    agreeing : share of the specifications whose verdict is that of the specification in force.
    holding : share of those that can tell in which the relation holds; missing where none can.
    flips : changes of one choice alone that turn the verdict: (choice, option, verdict).
    smallest : the changes of the nearest specification with another verdict, as choice → option;
        empty where all agree.
    """

    specifications: int
    verdict: Verdict
    agreeing: float
    holding: float
    flips: tuple[tuple[str, str, str], ...]
    smallest: dict[str, str]

    @property
    def flipping_choice(self) -> str | None:
        """Return the choices that turn the verdict alone, else the fewest that do together.

        None where no specification has another verdict.
        """
        if self.flips:
            return ", ".join(dict.fromkeys(name for name, _, _ in self.flips))
        if len(self.smallest) > MOST_NAMED:
            return f"only {len(self.smallest)} choices together"
        return " + ".join(self.smallest) or None


def agreement(curve: Curve, verdict: Verdict | None = None) -> Agreement | None:
    """Return how many specifications agree with `verdict`, by default that of the one in force.

    None where the specification in force is none that makes sense.
    """
    rows = curve.specifications
    if rows.empty or rows[CHANGES].min() > 0:
        return None
    current = rows.loc[rows[CHANGES] == 0].iloc[0]
    verdict = Verdict(current["verdict"]) if verdict is None else verdict
    other = rows.loc[(rows["verdict"] != verdict) & (rows[CHANGES] > 0)]
    flips = [
        _changes(row, current, curve.choices) | {"": row["verdict"]}
        for _, row in other.loc[other[CHANGES] == 1].iterrows()
    ]
    nearest = other.sort_values(CHANGES, kind="stable").head(1)
    told = rows.loc[rows["holds"].notna(), "holds"]
    return Agreement(
        specifications=len(rows),
        verdict=verdict,
        agreeing=float((rows["verdict"] == verdict).mean()),
        holding=float(told.astype(bool).mean()) if len(told) else np.nan,
        flips=tuple((name, option, str(one[""])) for one in flips for name, option in one.items() if name),
        smallest=_changes(nearest.iloc[0], current, curve.choices) if len(nearest) else {},
    )


def _changes(row: pd.Series, current: pd.Series, choices: tuple[str, ...]) -> dict[str, str]:
    return {name: row[name] for name in choices if row[name] != current[name]}


def influence(curve: Curve, logarithmic: bool = False) -> pd.Series:
    """Return how much of the spread of the estimates each choice explains, most first, from 0 to 1.

    The share of the sum of squares that lies between the means of its options: a main effect (η²).
    What is left to 1 is owed to combinations. Specifications without a finite estimate are left out.
    Source: Saltelli et al. 2008, Global Sensitivity Analysis, first-order index, on a full grid.
    """
    rows = curve.specifications
    with np.errstate(divide="ignore"):
        values = np.log(rows["value"].astype(float)) if logarithmic else rows["value"].astype(float)
    finite = np.isfinite(values)
    rows, values = rows.loc[finite], values[finite]
    total = ((values - values.mean()) ** 2).sum()
    shares = {}
    for name in curve.choices:
        means = values.groupby(rows[name]).transform("mean")
        shares[name] = ((means - values.mean()) ** 2).sum() / total if total > 0 else 0.0
    return pd.Series(shares, dtype=float).sort_values(ascending=False, kind="stable")


def options_holding(curve: Curve) -> pd.DataFrame:
    """Return, for each option of each choice, how often the verdict of the curve's first row is reached.

    Rows (choice, option); columns specifications, agree (share), median (of the estimate).
    """
    rows = curve.specifications
    verdict = rows["verdict"].iloc[0]
    found = {
        (name, option): {
            "specifications": len(same),
            "agree": (same["verdict"] == verdict).mean(),
            "median": same["value"].median(),
        }
        for name in curve.choices
        for option, same in rows.groupby(name, sort=False)
    }
    return pd.DataFrame.from_dict(found, orient="index").rename_axis(["choice", "option"])
