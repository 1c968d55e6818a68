"""What a notebook shows of a measure is the measure's own code, with nothing of the machine in it."""

import ast
import doctest
import functools
import inspect
import re

import pytest
from IPython.display import Markdown

from compendium import notebook
from compendium.measures import centrality, counting, output
from compendium.measures.weighted import WeightedPapers, hand_made
from compendium.notebook import source
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

FUNCTIONS = [output.output, counting.credit_of, centrality.degree_and_strength, WeightedPapers.sums]


def block(text):
    """Return the file and the code of what is shown."""
    return re.fullmatch(r"From `(.*?)`:\n\n```python\n(.*)\n```", text, re.DOTALL).groups()


def statements(definition):
    """Return the signature and the body of a function without its documentation, as an unambiguous text."""
    return ast.dump(definition.args), [ast.dump(part) for part in definition.body[1:]]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_what_is_shown_is_what_stands_in_the_named_file(function):
    file, code = block(source.shown(function))
    text = (PROJECT.root / file).read_text(encoding="utf-8")
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    (inside,) = [node for node in nodes if node.name == function.__name__]
    (shown,) = ast.parse(code).body
    assert statements(shown) == statements(inside) and len(statements(shown)[1]) >= 1
    own = inspect.getsource(function)
    assert all(line.strip() in own for line in code.splitlines() if '"""' not in line)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_of_the_documentation_the_first_sentence_is_left(function):
    (shown,) = ast.parse(block(source.shown(function))[1]).body
    said = ast.get_docstring(shown)
    assert said == " ".join(inspect.getdoc(function).split("\n\n")[0].split()) and said.endswith(".")
    assert ">>>" not in said and "\n" not in said


def test_the_code_that_is_shown_computes_the_same():
    namespace = dict(vars(output))
    exec(block(source.shown(output.output))[1], namespace)
    papers, members = hand_made([("CN", 2), ("CN US", 1)]), {"CN": ["CN"], "US": ["US"]}
    assert namespace["output"] is not output.output
    assert namespace["output"](papers, members, "whole").equals(output.output(papers, members, "whole"))


def test_a_function_without_documentation_is_shown_as_it_stands():
    (test,) = [one for name, one in vars(source).items() if name == "_kind"]
    assert source.code(test) == inspect.getsource(test).rstrip()


def test_several_stand_one_below_the_other_and_nothing_names_a_machine_or_a_line(monkeypatch):
    kept = []
    monkeypatch.setattr(source, "display", kept.append)
    notebook.show(counting.credit_of, output.output)
    notebook.show(counting.credit_of, output.output)
    assert [type(one) for one in kept] == [Markdown, Markdown] and kept[0].data == kept[1].data
    text = kept[0].data
    assert text.count("```python") == 2 and text.index("credit_of") < text.index("def output")
    assert "From `compendium/measures/output.py`" in text
    assert str(PROJECT.root) not in text and not re.search(r"[Ll]ine \d|:\d+", text)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            functools.partial(output.output, counting="whole"),
            "cannot show partial: only a plain function .* no partial",
        ),
        (functools.cache(output.output), "cannot show output: .* no wrapped function"),
        (functools.wraps(output.output)(lambda: None), "cannot show output: .* no wrapped function"),
        (WeightedPapers, "cannot show WeightedPapers: .* no class"),
        (len, "cannot show len: .* no builtin"),
        (lambda papers: papers, "only a named function of the package `compendium`"),
        (doctest.testmod, "cannot show testmod: only a named function of the package `compendium`"),
    ],
    ids=["partial", "cached", "wrapped", "class", "builtin", "lambda", "foreign"],
)
def test_what_has_no_code_of_its_own_is_refused_in_one_line(given, message):
    with pytest.raises(InputError, match=message) as raised:
        notebook.show(given)
    assert "\n" not in str(raised.value)


def test_hand_made_papers_have_a_share_an_author():
    made = hand_made([("CN", 2), ("US CN CN CN", 1, 7), ("FR ZZ", 1, 0, 2023, "icra")])
    assert made.rows["n_papers"].tolist() == [2, 1, 1] and made.weights.tolist() == [[2.0, 1.0, 1.0]]
    assert made.rows["citations"].isna().tolist() == [True, False, False]
    assert made.rows["year"].tolist() == [2024, 2024, 2023] and made.rows["category"].tolist()[-1] == "icra"
    shares = made.compositions.set_index(["composition_id", "country"])["share"].to_dict()
    assert shares == {(1, "CN"): 1, (2, "CN"): 0.75, (2, "US"): 0.25, (3, "FR"): 0.5, (3, "ZZ"): 0.5}
    assert made.unknown.tolist() == [False, False, True]
