"""No finding is typed: prose holds no result, figures decide no title, and a colour or a meaning stands once."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from compendium import palette
from compendium.places import blocs
from compendium.project.folders import PROJECT

NOTEBOOKS = {path.stem: path for path in sorted(PROJECT.notebooks.glob("[0-9][0-9]-*.ipynb"))}
PACKAGE = Path(palette.__file__).parent
#: Numbers that define something and so may stand in prose, by what the paragraph begins with.
DEFINITIONS = ("PP(top 10 %) asks", "The article does not say whether its 4 %", "with $\\theta$ the true value")


@pytest.fixture(params=NOTEBOOKS)
def notebook(request):
    return nbformat.read(NOTEBOOKS[request.param], as_version=4)


def code(cells):
    return ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))


def test_a_number_in_prose_is_the_claims_or_a_definition(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for paragraph in re.split(r"\n\n|\n(?=- |\d\. |\|)", cell.source):
                bare = re.sub(r"`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|(?<!\d)(100|95) %", "", paragraph, flags=re.DOTALL)
                if not paragraph.startswith(("**The claim", *DEFINITIONS)):
                    assert not re.search(r"\d+\.\d+|\d ?%|\d,\d{3}", bare), paragraph


def test_an_exercise_presumes_no_answer(notebook):
    """ "Why does the short trend say something else?" was asked where it said the same."""
    exercises = [cell.source.partition("## Try it yourself")[2] for cell in notebook.cells]
    for line in "\n".join(exercises).splitlines():
        assert not re.search(r"\bWhy (do|does|did)\b|[Ww]hich verdicts? (changes?|turns?)\b", line), line


def test_an_alternative_text_holds_what_was_found(notebook):
    """A text that is typed says the same whatever is drawn: "China's line rises in each"."""
    calls = [node for node in ast.walk(code(notebook.cells)) if isinstance(node, ast.Call)]
    for call in calls:
        for alt in (keyword.value for keyword in call.keywords if keyword.arg == "alt"):
            assert any(isinstance(part, ast.FormattedValue) for part in ast.walk(alt)), ast.unparse(alt)


def test_no_title_is_read_back_from_a_figure(notebook):
    """Titles stand left, and `get_title` reads the one in the centre: four texts began with ". "."""
    read = {node.attr for node in ast.walk(code(notebook.cells)) if isinstance(node, ast.Attribute)}
    assert not read & {"get_title", "get_suptitle"}


@pytest.mark.parametrize("path", sorted((PACKAGE / "figures").glob("*.py")), ids=lambda path: path.stem)
def test_a_figure_is_handed_its_title(path):
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in (
            "finish",
            "heading",
        ):
            title = call.args[1]
            assert isinstance(title, ast.Name) or ast.unparse(title) == "''", f"{path.stem}: {ast.unparse(title)}"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_colour_and_a_meaning_have_one_home(path):
    text = path.read_text(encoding="utf-8")
    if path.name != "palette.py":
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", text)
    if path.name not in ("palette.py", "blocs.py"):
        assert not re.search(r'"CN\+HK\+MO"', text)


def test_each_meaning_and_each_verdict_has_a_colour_of_its_own():
    assert tuple(palette.MEANINGS) == blocs.CHINAS and len(set(palette.MEANINGS.values())) == 3
    assert set(palette.BLOCS) == {*blocs.BLOC_NAMES, "other"} and len(set(palette.BLOCS.values())) == 5
    decided = [
        palette.VERDICTS[name] for name in ("reproduced", "direction only", "not supported", "not testable here")
    ]
    assert len(set(decided)) == 4


def test_notebooks_name_no_meanings(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            assert '"CN+HK+MO' not in cell.source and '"US", "EU", "UK"' not in cell.source
