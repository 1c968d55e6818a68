"""The multiverse: every claim under every defensible specification (see data/choices.yml)."""

from compendium.multiverse.choices import Frame, load_choices, specifications
from compendium.multiverse.evaluate import DRAWS, SEED, Curve, curve, evaluate, headlines, needs_draws, quantitative
from compendium.multiverse.samples import Samples
from compendium.multiverse.summary import Agreement, agreement, influence, options_holding

__all__ = [
    "DRAWS",
    "SEED",
    "Agreement",
    "Curve",
    "Frame",
    "Samples",
    "agreement",
    "curve",
    "evaluate",
    "headlines",
    "influence",
    "load_choices",
    "needs_draws",
    "options_holding",
    "quantitative",
    "specifications",
]
