"""The choices, their options, and the specifications that they make: one option for every choice."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator

from compendium.claims import Claim
from compendium.claims.needs import missing, offer_of
from compendium.measures.output import balanced_panel
from compendium.project.checked import load_yaml
from compendium.project.folders import PROJECT
from compendium.tables import ROBOTICS, Tables, categories_of

#: Column of a frame of specifications: how many choices differ from the specification in force.
CHANGES = "changes"


class Choice(BaseModel):
    """One decision, and its options with the reason for each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    options: dict[str, str]


class Exclusion(BaseModel):
    """A rule that leaves specifications out, for some claims (by number) or for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claims: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]]
    why: str

    def matches(self, claim: Claim, specifications: pd.DataFrame) -> pd.Series:
        """Tell which specifications of `claim` the rule leaves out."""
        touched = (not self.claims or claim.number in self.claims) and set(self.where) <= set(specifications)
        out = pd.Series(touched, index=specifications.index)
        for choice, options in self.where.items() if touched else ():
            out &= specifications[choice].isin(options)
        return out


class Choices(BaseModel):
    """All choices and exclusions, as `data/choices.yml` has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choices: dict[str, Choice]
    exclusions: tuple[Exclusion, ...]

    @model_validator(mode="after")
    def _rules_name_options(self) -> "Choices":
        for rule in self.exclusions:
            for name, options in rule.where.items():
                unknown = set(options) - set(self.choices[name].options if name in self.choices else ())
                if unknown:
                    raise ValueError(f"an exclusion names {name}: {sorted(unknown)}, which is no option")
        return self


@cache
def load_choices(path: Path = PROJECT.data / "choices.yml") -> Choices:
    """Load and validate the choices; InputError, in one line, for a mistake in the file."""
    return load_yaml(path, Choices)


@dataclass(frozen=True)
class Frame:
    """What a notebook looks at: the tables, the year and the option in force of each choice.

    threshold : papers above which an institution is counted.
    in_force : options that a notebook's parameters set; the claim's headline gives the others.
    """

    tables: Tables
    year: int
    threshold: float = 50
    in_force: Mapping[str, str] = field(default_factory=dict)

    def year_of(self, option: str) -> int:
        """Return the year that an option of the choice `year` means."""
        return self.year + int(option)

    def panel(self) -> list[str]:
        """Return the categories with papers in each of the years that the choice `year` offers."""
        first, last = (self.year + step for step in (-1, 1))
        there = [year for year in self.tables.years if first <= year <= last]
        return balanced_panel(self.tables.papers, there[0], there[-1]) if there else []

    def category_sets(self) -> dict[str, set[str]]:
        """Return the options of `categories`: name → categories. `all` is what the tables hold.

        A source of topics names its own options in the manifest (`category_options`).
        """
        everything = set(self.tables.categories)
        robotics = categories_of(ROBOTICS)
        sets = {"all": everything, "no-robotics": everything - robotics}
        for option in self.tables.manifest.get("category_options", ()):
            sets[option] = self.tables.category_set(option)
        return {name: chosen for name, chosen in sets.items() if name == "all" or chosen and chosen != everything}


def available(name: str, frame: Frame, in_force: str) -> list[str]:
    """Return the options of a choice that these tables allow, the one in force first."""
    options = list(load_choices().choices[name].options)
    if name == "counting":
        options = [option for option in options if option in frame.tables.counting_options]
    elif name == "year":
        options = [option for option in options if frame.year_of(option) in frame.tables.years]
    elif name == "categories":
        # Tables that were narrowed to some categories know of no others.
        options = list(frame.category_sets()) if in_force == "all" else [in_force]
    elif name == "panel" and not frame.panel():
        options = ["all"]
    elif name == "citation_reading" and frame.tables.citations_received.empty:
        options = ["cohort"]
    if name == "citation_reading" and in_force not in options:
        return options  # the headline reading cannot be had; the other one answers
    return [in_force, *(option for option in options if option != in_force)]


def in_force(claim: Claim, frame: Frame) -> dict[str, str]:
    """Return the specification in force: the claim's headline, with what the notebook's parameters set."""
    chosen = {"year": "0"} | claim.headline
    return chosen | {name: option for name, option in frame.in_force.items() if name in chosen}


def _held(claim: Claim, frame: Frame, name: str, options: list[str]) -> list[str]:
    """Leave out the years and meanings for which the source lacks what the claim needs; never the one in force."""
    if name not in ("year", "china", "eu"):
        return options
    current, offer = in_force(claim, frame), offer_of(frame.tables.manifest)

    def lacks(option: str) -> bool:
        asked = current | {name: option}
        meanings = {bloc: asked[bloc] for bloc in ("china", "eu") if bloc in asked}
        return missing(claim, offer, frame.year_of(asked["year"]), **meanings) is not None

    return [option for option in options if option == current[name] or not lacks(option)]


def specifications(claim: Claim, frame: Frame) -> pd.DataFrame:
    """Return every defensible specification of a claim, the one in force first where it is one.

    Columns: the claim's choices, and CHANGES, in how many of them a specification differs from the
    one in force. Empty where the rules leave nothing.
    """
    current = in_force(claim, frame)
    options = {name: _held(claim, frame, name, available(name, frame, current[name])) for name in current}
    made = pd.DataFrame(itertools.product(*options.values()), columns=list(options), dtype=str)
    for rule in load_choices().exclusions:
        made = made.loc[~rule.matches(claim, made)]
    first = pd.Series({name: current[name] if current[name] in options[name] else options[name][0] for name in options})
    return made.assign(**{CHANGES: (made != first).sum(axis=1)}).reset_index(drop=True)
