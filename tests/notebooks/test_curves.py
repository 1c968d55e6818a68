"""A run evaluates each claim once: a curve is read where all that it hangs on is the same, and nowhere else."""

import pandas as pd
import pytest
from support.small_tables import small_tables

from compendium import multiverse
from compendium.claims import load_register
from compendium.notebook import curves
from compendium.project.folders import SHARED_DIR

CLAIM = load_register()["01-output-surpasses"]
PAPERS = [("CN", 2, 10), ("CN US", 1, 4), ("US", 1, 6)]


def samples(draws=3, seed=1, papers=PAPERS, threshold=50, **in_force):
    of_papers = {"papers": {"sha256": str(papers)}}
    frame = multiverse.Frame(small_tables(papers, tables=of_papers), 2024, threshold, in_force)
    return multiverse.Samples(frame, draws, seed)


@pytest.fixture
def evaluated(monkeypatch, tmp_path):
    """The folder of a run, in which one curve stands; and a list that grows with each further evaluation."""
    monkeypatch.setenv(SHARED_DIR, str(tmp_path))
    curves.curve(CLAIM, samples())
    calls, evaluate = [], multiverse.curve
    monkeypatch.setattr(multiverse, "curve", lambda *given: calls.append(given) or evaluate(*given))
    return calls


def test_the_same_is_read_and_equal(evaluated):
    found = curves.curve(CLAIM, samples())
    assert not evaluated
    pd.testing.assert_frame_equal(found.specifications, multiverse.curve(CLAIM, samples()).specifications)


@pytest.mark.parametrize(
    "other",
    [{"draws": 4}, {"seed": 2}, {"counting": "fractional"}, {"threshold": 5}, {"papers": PAPERS[:2]}],
    ids=lambda other: next(iter(other)),
)
def test_anything_else_is_evaluated(evaluated, other):
    curves.curve(CLAIM, samples(**other))
    assert len(evaluated) == 1


def test_by_hand_nothing_is_kept(monkeypatch, evaluated):
    monkeypatch.delenv(SHARED_DIR)
    curves.curve(CLAIM, samples())
    assert len(evaluated) == 1
