"""The multiverse: every claim under every defensible specification (see data/choices.yml)."""

from compendium.multiverse.choices import Frame, load_choices, specifications
from compendium.multiverse.evaluate import DRAWS, SEED, WITH_INTERVAL, Curve, curve, evaluate, headlines, quantitative
from compendium.multiverse.samples import Samples
from compendium.multiverse.summary import Agreement, agreement, influence, options_holding

__all__ = ["DRAWS", "SEED", "WITH_INTERVAL", "Agreement", "Curve", "Frame", "Samples", "agreement", "curve", "evaluate", "headlines", "influence",
           "load_choices", "options_holding", "quantitative", "specifications"]
