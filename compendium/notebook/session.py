"""The few calls that a notebook makes: check parameters, say a sentence, keep a figure, record a result."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import matplotlib.figure
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Image, Markdown, display

from compendium.claims import DOCUMENTARY_VERDICTS, Claim, Verdict, decide, load_register
from compendium.figures import style
from compendium.notebook.settings import Counting, Settings, _require
from compendium.places.blocs import China, Eu
from compendium.project import paths
from compendium.tables import Tables, available_sources, load
from compendium.words import percent

if TYPE_CHECKING:
    from compendium.multiverse import Agreement, Samples

#: Decimals of every number in a result: enough to compare, few enough to be stable.
RESULT_DECIMALS = 6
#: What a verdict is about where no table decides it.
OTHER_UNIVERSES = {"documentary": "the documents named as evidence", "arithmetic": "figures published about the report"}


def begin(
    source: str, year: int, counting: str = "whole", china: str = "CN", eu: str = "EU-27", categories: str = "all"
) -> tuple[Settings, Tables]:
    """Check a notebook's parameters and load the tables that they ask for.

    Raises ValueError, naming the values that are allowed, before anything is computed.
    """
    style.use_style()
    pd.set_option("display.max_colwidth", None, "display.max_rows", 200)  # a cut reason is none
    _samples.clear()
    _require("source", source, available_sources())
    tables = load(source)
    _require("year", year, tables.years)
    _require("counting", counting, [way for way in get_args(Counting) if way in tables.counting_options])
    _require("china", china, list(get_args(China)))
    _require("eu", eu, list(get_args(Eu)))
    tables = tables.select_categories(categories)
    _require("year", year, tables.years)
    settings = Settings(source=source, year=year, counting=counting, china=china, eu=eu, categories=categories)
    _data_note[:] = [f"Data: {tables.described}"]
    return settings, tables


def say(sentence: str) -> None:
    """Show a sentence whose numbers were put in from values."""
    display(Markdown(sentence))


#: What the figures of this notebook are made from, as `begin` found it.
_data_note: list[str] = []


def keep_figure(figure: matplotlib.figure.Figure, name: str, alt: str, data: str | None = None) -> None:
    """Write `figure` as PNG and SVG beside the run's results, and show it with its text `alt`.

    data : what it is made from, where that is not the tables of the notebook; it stands below it.
    """
    folder = paths.run_dir() / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    png = style.save(figure, folder, name, f"Data: {data}" if data else "".join(_data_note))
    plt.close(figure)
    display(Image(data=png, alt=alt, width=720))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float):
        return None if value != value else round(value, RESULT_DECIMALS)
    return value


def _universe(claim: Claim, settings: Settings, tables: Tables) -> str:
    if claim.kind in OTHER_UNIVERSES:
        return OTHER_UNIVERSES[claim.kind]
    return f"{tables.universe}, {settings.year}"


def _write(claim: Claim, settings: Settings, tables: Tables, fields: dict[str, Any]) -> dict:
    result = {
        "claim": claim.id,
        "notebook": claim.notebook,
        "source": settings.source,
        "year": settings.year,
        "universe": _universe(claim, settings, tables),
        "specification": settings.model_dump(),
        "agreeing_share": None,
        "flipping_choice": None,
    } | fields
    folder = paths.run_dir() / "results"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_rounded(result), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / f"{claim.id}.json").write_text(text, encoding="utf-8")
    return result


def record(
    claim_id: str,
    settings: Settings,
    tables: Tables,
    *,
    holds: bool | None,
    value: float | None = None,
    interval: tuple[float, float] | None = None,
    probability: float | None = None,
    finding: str,
    choices: Mapping[str, object] | None = None,
    threshold: float = 50,
    **details: Any,
) -> None:
    """Decide a claim that data can decide, write its result, and show the verdict.

    Parameters
    ----------
    holds : whether the relation of the claim holds; None where these data cannot tell.
    value : the estimate, in the unit of the reported value (for an order: of the comparison).
    interval : 95 % stability interval of `value`.
    probability : share of the bootstrap draws in which the relation holds.
    finding : one sentence, its numbers put in from values, that says what was found.
    choices : further choices that a parameter of the notebook sets, besides those of `settings`.
    threshold : papers above which an institution is counted.
    details : further numbers that belong into the result.
    """
    claim = load_register()[claim_id]
    reason = tables.manifest.get("cannot_decide", {}).get(claim_id)
    if interval is not None and interval[0] != interval[0]:  # missing: there is none that says anything
        interval = None
    if reason:
        holds, value, interval, probability, finding = None, None, None, None, reason
    verdict = decide(claim, holds, value, interval, sample=tables.is_sample)
    agreed = None if reason else _agreement(claim, settings, tables, verdict, choices or {}, threshold)
    _write(
        claim,
        settings,
        tables,
        {
            "verdict": verdict,
            "estimate": value,
            "interval": interval,
            "probability": probability,
            "finding": finding,
            "agreeing_share": agreed and agreed.agreeing,
            "flipping_choice": agreed and agreed.flipping_choice,
            "multiverse": agreed and asdict(agreed),
            "details": details,
        },
    )
    _show(claim, verdict, finding, _universe(claim, settings, tables), _how_sure(probability, agreed))


#: The draws that the claims of this notebook share, by how many there are.
_samples: dict[tuple, "Samples"] = {}


def frame(settings: Settings, tables: Tables, choices: Mapping[str, object] | None = None, threshold: float = 50):
    """Return what the multiverse looks at: the tables, and the options that the parameters set."""
    from compendium import multiverse

    in_force = settings.model_dump(include={"counting", "china", "eu", "categories"})
    in_force |= {name: str(option) for name, option in (choices or {}).items()}
    return multiverse.Frame(tables, settings.year, threshold, in_force)


def _agreement(
    claim: Claim, settings: Settings, tables: Tables, verdict: Verdict, choices: Mapping[str, object], threshold: float
) -> "Agreement | None":
    """Return how a verdict fares among the defensible specifications; None for one that has none."""
    if claim.kind in OTHER_UNIVERSES:
        return None
    from compendium import multiverse  # slow to import, and the notebooks on documents do not need it

    draws = multiverse.DRAWS if multiverse.needs_draws(claim) else 0
    key = (draws, threshold, *sorted((name, str(option)) for name, option in choices.items()))
    if key not in _samples:
        _samples[key] = multiverse.Samples(frame(settings, tables, choices, threshold), draws, multiverse.SEED)
    return multiverse.agreement(multiverse.curve(claim, _samples[key]), verdict)


def _how_sure(probability: float | None, agreed: "Agreement | None") -> str:
    """Say how sure a verdict is, in a sentence or two; nothing where nothing is known of it."""
    said = []
    if probability is not None and probability == probability:
        said.append(f"The relation holds in {100 * probability:.0f} % of the draws.")
    if agreed is not None:
        turned = agreed.flipping_choice
        said.append(
            f"{percent(agreed.agreeing)} % of {agreed.specifications:,} defensible specifications give the "
            "same verdict; " + (f"turned by: {turned}." if turned else "none turns it.")
        )
    return " ".join(said)


def record_document(
    claim_id: str, settings: Settings, tables: Tables, *, verdict: str, finding: str, evidence: list[dict[str, str]]
) -> None:
    """Write and show the verdict on a documentary claim; `evidence` names its primary sources."""
    claim = load_register()[claim_id]
    if claim.kind != "documentary":
        raise ValueError(f"claim {claim_id} is no documentary claim: data decide it")
    if Verdict(verdict) not in DOCUMENTARY_VERDICTS:
        raise ValueError(f"{verdict!r} is no verdict on a document; choose one of: " + ", ".join(DOCUMENTARY_VERDICTS))
    if not evidence and verdict != Verdict.UNVERIFIABLE:
        raise ValueError(f"claim {claim_id}: {verdict} needs its source")
    _write(
        claim,
        settings,
        tables,
        {
            "verdict": Verdict(verdict),
            "estimate": None,
            "interval": None,
            "probability": None,
            "finding": finding,
            "details": {"evidence": evidence},
        },
    )
    _show(claim, Verdict(verdict), finding, OTHER_UNIVERSES["documentary"])


def _show(claim: Claim, verdict: Verdict, finding: str, universe: str, sure: str = "") -> None:
    display(
        Markdown(
            f"> **Claim {claim.number} — {verdict}.** {finding}\n>\n"
            + (f"> *How sure:* {sure}\n>\n" if sure else "")
            + f"> *The claim:* {claim.paraphrase} *Tested on:* {universe}."
        )
    )


def read_results(folder: Path | None = None) -> dict[str, dict]:
    """Return the results found so far, by claim id: of this run, else those that are committed."""
    folder = folder or paths.run_dir() / "results"
    if not any(folder.glob("*.json")):
        folder = paths.RESULTS / "default"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
