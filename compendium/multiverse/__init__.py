"""The multiverse: every claim under every defensible specification (see data/choices.yml)."""

from compendium.multiverse.choices import Frame, in_force, load_choices, specifications
from compendium.multiverse.evaluate import DRAWS, SEED, Curve, curve, decidable, evaluate, headlines, quantitative
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
    "decidable",
    "evaluate",
    "headlines",
    "in_force",
    "influence",
    "load_choices",
    "options_holding",
    "quantitative",
    "specifications",
]
