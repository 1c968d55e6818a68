"""The examples in the documentation are true, and there are enough of them."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import compendium

#: Running it as a module starts the command line.
NEVER = "compendium.__main__"
MODULES = [one.name for one in pkgutil.walk_packages(compendium.__path__, "compendium.") if one.name != NEVER]
#: Without an example: what is decided, and every room of definitions.
SHOWN = [name for name in MODULES if name.startswith("compendium.measures.")] + ["compendium.claims.verdict"]
#: Names of institutions and nothing that is counted.
NO_MEASURE = {"compendium.measures.institution_names"}


def examples(name):
    """Return the functions and classes of a module that have examples: name → how many."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert (error.name or "").split(".")[0] != "compendium"  # an optional library
        return {}
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    return {test.name: len(test.examples) for test in found if test.examples}


@pytest.mark.parametrize("name", [name for name in MODULES if examples(name)])
def test_every_example_is_true(name):
    ran = doctest.testmod(importlib.import_module(name))
    assert ran.failed == 0 and ran.attempted == sum(examples(name).values()) > 0


@pytest.mark.parametrize("name", sorted(set(SHOWN) - NO_MEASURE))
def test_a_module_of_measures_has_an_example(name):
    assert examples(name)


def test_there_are_enough_examples_and_they_are_short():
    found = {name: number for module in MODULES for name, number in examples(module).items()}
    measures = [name for name in found if name.startswith("compendium.measures.")]
    assert len(measures) >= 20 and len(found) >= 40
    assert {name: number for name, number in found.items() if number > 6} == {}


def test_an_example_that_is_false_fails(capsys):
    def wrong():
        """
        >>> 1 + 1
        3
        """

    (test,) = doctest.DocTestFinder().find(wrong, "wrong")
    assert doctest.DocTestRunner().run(test).failed == 1 and "Expected:\n    3" in capsys.readouterr().out
    assert inspect.getdoc(wrong)
