"""The committed notebooks: their form, and what a wrong parameter does.

Whether their outputs are what their cells give is asked by `make check`.
"""

import re
from itertools import groupby
from statistics import median

import nbformat
import papermill
import pytest

from compendium import claims, notebook
from compendium.project import notebooks
from compendium.project.folders import PROJECT

NOTEBOOKS = {path.stem: path for path in notebooks.ordered()}
#: These read the results of others and take no definitions.
READERS = {"00-index", "90-verdicts"}
#: This one looks at a simulated corpus, whose year and definitions are given.
SIMULATED = "88-known-answer"
EXPECTED = ["source", "year", "counting", "china", "eu", "categories"]


def read(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def code_cells(name):
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


@pytest.fixture(params=sorted(NOTEBOOKS))
def name(request):
    return request.param


def test_every_claim_has_one_notebook_and_every_result_one_claim():
    register = claims.load_register()
    ids = {claim.id for claim in register.claims}
    for stem in NOTEBOOKS:
        text = "\n".join(cell.source for cell in code_cells(stem))
        recorded = set(re.findall(r"""["']((?:\d\d|A\d)-[a-z0-9-]+)["']""", text)) & ids
        assert recorded >= {claim.id for claim in register.of_notebook(stem)}, f"{stem} leaves claims out"
    done = {path.stem for path in (PROJECT.results / "default").glob("*.json")}
    assert done == {claim.id for claim in register.claims if claim.notebook in NOTEBOOKS}


def test_committed_outputs_are_of_one_whole_run(name):
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]


def test_no_machine_and_no_parameters_of_an_older_run(name):
    text = NOTEBOOKS[name].read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|Users|tmp|work)/", text)
    assert "papermill" not in read(name).metadata
    assert not [cell for cell in read(name).cells if "injected-parameters" in cell.metadata.get("tags", [])]


def test_cells_are_short_and_not_too_many(name):
    lengths = [len(cell.source.splitlines()) for cell in code_cells(name)]
    assert median(lengths) <= 6 and max(lengths) <= 30
    assert 10 <= len(read(name).cells) <= 36


def test_prose_stands_before_code_and_no_four_cells_of_code_in_a_row(name):
    """How much prose is enough is a matter of reading; but nobody should have to read code for long without any."""
    kinds = [cell.cell_type for cell in read(name).cells]
    assert kinds[0] == "markdown"
    assert max(len(list(run)) for kind, run in groupby(kinds) if kind == "code") <= 4, kinds


def test_one_parameters_cell_that_papermill_can_explain(name):
    tagged = [cell for cell in code_cells(name) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    for line in tagged[0].source.splitlines():
        assert re.fullmatch(r"\w+: \w+ = [^=]+  # [^=]+", line), line
    known = papermill.inspect_notebook(str(NOTEBOOKS[name]))
    expected = [] if name == SIMULATED else EXPECTED[:2] if name in READERS else EXPECTED
    assert [key for key in expected if key not in known] == []
    assert all(parameter["help"] and parameter["inferred_type_name"] != "None" for parameter in known.values())


def test_no_number_is_typed_into_prose(name):
    """A figure with decimals, a percentage or a thousands mark must come from a value.

    Free of it: the statement of the claim (what the article reports), a whole of 100 %, the
    95 % of an interval, and text in code marks.
    """
    prose = [cell.source for cell in read(name).cells if cell.cell_type == "markdown"]
    stated = re.compile(r"report|article|claim|press|interval|tenth|rule|says|wording", re.IGNORECASE)
    for text in prose:
        for paragraph in re.sub(r"`[^`]*`|\$[^$]*\$", "", text).split("\n\n"):
            if not stated.search(paragraph):
                assert not re.search(r"\d+\.\d+|\d ?%|\d,\d{3}", re.sub("(100|95) %", "", paragraph)), paragraph


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("year", 1890, "year=1890 is not possible; choose one of: 1987, 1988"),
        ("counting", "half", "counting='half' is not possible; choose one of: whole, fractional, country-fractional"),
        ("source", "dreams", "source='dreams' is not possible; choose one of: known_answer, proceedings"),
        ("china", "TW", "china='TW' is not possible; choose one of: CN, CN.HK.MO, CN.HK.MO.TW"),
        ("eu", "EU-26", "eu='EU-26' is not possible; choose one of: EU-27, EU-28"),
        ("categories", "robots", "categories='robots' is not possible; choose all, no-robotics, or names"),
    ],
)
def test_a_wrong_parameter_stops_at_once_and_names_the_allowed_values(parameter, value, message):
    given = {"source": "proceedings", "year": 2024} | {parameter: value}
    with pytest.raises(ValueError, match=message):
        notebook.begin(**given)


def test_every_notebook_checks_its_parameters_before_it_computes(name):
    if name not in (*READERS, SIMULATED):
        cells = [cell.source for cell in code_cells(name)]
        first = next(number for number, source in enumerate(cells) if "notebook.begin(" in source)
        assert first <= 2, "imports, parameters, then notebook.begin"
        assert re.search(r"notebook.begin\(\s*source, year, counting, china, eu, categories\s*\)", cells[first])
