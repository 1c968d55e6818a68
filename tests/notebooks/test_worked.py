"""A reader sees what is computed: the code of each measure beside its formula, and a few papers counted by hand."""

import ast
import re

import nbformat
import pytest

from compendium import notebook
from compendium.notebook import source
from compendium.project import notebooks

NOTEBOOKS = {path.stem: path for path in notebooks.ordered()}
#: These define nothing that is counted; 75 reckons with printed figures, and 05 counts a real paper.
WITHOUT = {"00-index", "05-data", "70-documents", "75-report-arithmetic", "90-verdicts"}
TAG = "worked-example"
NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.]*\d)")


def read(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4).cells


def tagged(cell):
    return TAG in cell.metadata.get("tags", [])


@pytest.fixture(params=sorted(set(NOTEBOOKS) - WITHOUT))
def cells(request):
    return read(request.param)


@pytest.fixture
def worked(cells):
    """The prose and the code of a notebook's worked example, and what its imports bring in."""
    (first,) = [number for number, cell in enumerate(cells) if tagged(cell) and cell.cell_type == "markdown"]
    assert [number for number, cell in enumerate(cells) if tagged(cell)] == [first, first + 1]
    imports = next(cell.source for cell in cells if cell.cell_type == "code")
    assert cells[first + 1].cell_type == "code"
    return cells[first].source, cells[first + 1].source, imports


def shown_calls(cells):
    """Return the places of the cells that do nothing but show code, and what they show."""
    found = {}
    for number, cell in enumerate(cells):
        if cell.cell_type == "code" and cell.source.startswith("notebook.show("):
            (call,) = [node.value for node in ast.parse(cell.source).body[:1]]
            found[number] = [ast.unparse(argument) for argument in call.args]
    return found


def expected_numbers(code):
    """Return the number constants that an example's asserts expect, as nodes of the tree that is returned too."""
    tree, found = ast.parse(code), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            found += [part for right in node.comparators for part in ast.walk(right)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "np.allclose":
            found += ast.walk(node.args[1])
    return tree, [part for part in found if isinstance(part, ast.Constant) and isinstance(part.value, int | float)]


def test_the_measure_stands_right_below_its_formula(cells):
    first = min(shown_calls(cells))
    assert cells[first - 1].cell_type == "markdown" and re.search(r"\$\$.+\$\$", cells[first - 1].source, re.DOTALL)
    assert tagged(cells[first + 1]) or any(tagged(cells[number + 1]) for number in shown_calls(cells))


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_what_is_shown_can_be_shown_and_is_no_long_program(name):
    cells = read(name)
    calls = shown_calls(cells)
    assert len(calls) <= 3 and max(map(len, calls.values()), default=0) <= 2
    names = {}
    exec(next(cell.source for cell in cells if cell.cell_type == "code"), names)
    for function in (eval(each, names) for call in calls.values() for each in call):
        text = source.shown(function)
        assert text.count("\n") <= 36 and '"""' in text, function


def test_the_worked_example_is_short_and_has_a_table(worked):
    prose, code, _ = worked
    assert prose.startswith("**") and prose.count("\n|") >= 4
    assert len(code.splitlines()) <= 6 and "assert" in code


def test_the_example_is_true_whatever_the_parameters(worked):
    """It runs after the imports alone: no table, no year and no meaning of China has a say in it."""
    _, code, imports = worked
    names = {}
    exec(imports, names)
    exec(code, names)


def test_any_other_number_would_be_found_out(worked):
    _, code, imports = worked
    names = {}
    exec(imports, names)
    tree, numbers = expected_numbers(code)
    assert len(numbers) >= 2
    for one in numbers:
        one.value += 1
        with pytest.raises(AssertionError):
            exec(compile(tree, "example", "exec"), dict(names))
        one.value -= 1


def test_the_numbers_of_the_function_are_those_counted_by_hand(worked):
    prose, code, _ = worked
    _, numbers = expected_numbers(code)
    assert {str(one.value) for one in numbers} <= set(NUMBER.findall(prose))


def test_an_example_leaves_the_notebooks_values_alone(cells):
    inside, outside = set(), set()
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        tree = ast.parse(cell.source)
        if tagged(cell):
            targets = [target for part in tree.body if isinstance(part, ast.Assign) for target in part.targets]
            inside |= {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        else:
            outside |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert inside and not inside & outside


def test_show_is_what_a_notebook_calls():
    assert notebook.show is source.show
