"""A mistake in a file that people write is one line: which file, where, and what would be right."""

import pytest
from typer.testing import CliRunner

from compendium import cli
from compendium.claims.register import load_register
from compendium.multiverse.choices import load_choices
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, Folders
from compendium.published.documents import DOCUMENTS, load_documents
from compendium.sources.known_answer import parameters

LOADERS = {
    "claims.yml": (PROJECT.register, load_register),
    "documents.yml": (DOCUMENTS, load_documents),
    "choices.yml": (PROJECT.data / "choices.yml", load_choices),
    "known_answer.yml": (parameters.FILE, parameters.load),
}

TYPOS = [
    (
        "claims.yml",
        "    kind: rank\n",
        "    kind: rang\n",
        "claims.02-leads-influence-centrality.kind: should be 'share'",
    ),
    (
        "claims.yml",
        "    relation: >-",
        "    realtion: >-",
        "claims.01-output-surpasses: relation is missing (and 1 more)",
    ),
    (
        "claims.yml",
        "    group: output\n",
        "    group: output\n    colour: red\n",
        "'colour' is not known; there are: id, gr",
    ),
    ("claims.yml", "works_of: [CN, US, EU, UK]", "works_of: [CN, USA]", "works_of: 'USA' is no bloc (CN, US, EU, UK)"),
    (
        "claims.yml",
        "years_before: 5",
        "years_bevor: 5",
        "needs: 'years_bevor' is not known; there are: works_of, knows,",
    ),
    ("claims.yml", "      low: 40\n", "      low: 45\n", "reported value 40.0 lies outside [45.0, 50.0]"),
    ("claims.yml", "claims:\n", "claims: [\n", "is no YAML: "),
    (
        "documents.yml",
        "standing: primary",
        "standing: primry",
        "standing: should be 'primary' or 'secondary', not 'primry'",
    ),
    (
        "documents.yml",
        "  15-us-curbs:",
        "  15-us-curb:",
        "no evidence on claim 15-us-curbs; 15-us-curb is no documentary",
    ),
    (
        "choices.yml",
        "    question: What is China?",
        "    question: 7",
        "choices.china.question: should be a valid string, not 7",
    ),
    ("choices.yml", "exclusions:", "exlusions:", "exclusions is missing (and 1 more)"),
    (
        "known_answer.yml",
        "retired: 0.5",
        "retired: 1.5",
        "background.people.retired: should be less than or equal to 1, not",
    ),
    ("known_answer.yml", "    decay: 6.0", "    decai: 6.0", "background.citations: decay is missing"),
    ("known_answer.yml", '    "NO":', "    NO:", "a country code must be a text, not False; quote it"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "said"), TYPOS)
def test_a_typo_is_told_in_one_line(tmp_path, name, right, wrong, said):
    original, load = LOADERS[name]
    text = original.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / name).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(name) and said in message and "\n" not in message
    assert "pydantic" not in message and str(tmp_path) not in message


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file_is_told_in_one_line(tmp_path, name):
    with pytest.raises(InputError, match=f"^{name} is missing$"):
        LOADERS[name][1](tmp_path / name)


def test_the_command_says_it_without_a_traceback(tmp_path, monkeypatch):
    folders = Folders(tmp_path.resolve())
    folders.register.parent.mkdir(parents=True)
    folders.register.write_text("claims: [{id: 01-x}]", encoding="utf-8")
    monkeypatch.setattr(cli, "PROJECT", folders)
    done = CliRunner().invoke(cli.app, ["claims"])
    assert done.exit_code == 2 and done.stderr.startswith("error: claims.yml: claims.01-x: group is missing")
    assert done.stderr.count("\n") == 1
