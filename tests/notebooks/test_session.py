"""Sessions: two of them know nothing of each other, and what they record is what is read again."""

import json

import pytest

from compendium import notebook
from compendium.claims import Result, read_all
from compendium.claims.results import write
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, RUN_DIR

CLAIM = "01-output-surpasses"


@pytest.fixture
def run_dir(tmp_path, monkeypatch):
    """A folder that takes the place of a run's."""
    monkeypatch.setenv(RUN_DIR, str(tmp_path))
    return tmp_path


def agreeing(run: notebook.Session) -> float | None:
    """Record claim 18 as one whose direction alone holds; return the share of the specifications that agree."""
    run.record("18-eu-with-china", holds=True, value=8.0, finding="Few of the papers of the EU are shared with China.")
    return read_all(run.folder / "results")["18-eu-with-china"].agreeing_share


def test_two_sessions_in_one_process_each_have_their_own_agreement(run_dir):
    of_2024, of_2022 = (notebook.begin("proceedings", year) for year in (2024, 2022))
    assert [agreeing(run) for run in (of_2024, of_2022, of_2024)] == pytest.approx([0.228395, 0.276235, 0.228395])


def test_two_sessions_in_one_process_each_have_their_own_data_note():
    everything = notebook.begin("proceedings", 2024)
    one_venue = notebook.begin("proceedings", 2024, categories="ijcai")
    assert everything.data_note == everything.tables.described
    assert one_venue.data_note == one_venue.tables.described != everything.data_note


def test_a_figure_carries_the_note_of_its_own_session(run_dir, monkeypatch):
    noted = []
    monkeypatch.setattr("compendium.figures.style.save", lambda figure, folder, name, note: noted.append(note) or b"")
    monkeypatch.setattr("compendium.notebook.page.display", lambda shown: None)
    monkeypatch.setattr("compendium.notebook.page.Image", dict)
    everything, one_venue = (notebook.begin("proceedings", 2024, categories=names) for names in ("all", "ijcai"))
    import matplotlib.pyplot as plt

    for run in (everything, one_venue, everything):
        run.figure(plt.figure(), "any", alt="nothing")
    everything.figure(plt.figure(), "any", alt="nothing", data="documents")
    assert noted == [
        f"Data: {note}" for note in (everything.data_note, one_venue.data_note, everything.data_note, "documents")
    ]


def test_details_may_bear_the_names_of_the_parameters(run_dir):
    notebook.begin("proceedings", 2024).record(
        "A1-figures-consistent", holds=True, finding="They fit.", details={"value": 3, "choices": float("nan")}
    )
    assert read_all(run_dir / "results")["A1-figures-consistent"].details == {"value": 3, "choices": None}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"claim_id": CLAIM, "verdict": "confirmed"}, "no documentary claim"),
        ({"claim_id": "15-us-curbs", "verdict": "reproduced"}, "choose one of: confirmed, contradicted, unverifiable"),
        ({"claim_id": "15-us-curbs", "verdict": "perhaps"}, "choose one of: confirmed, contradicted, unverifiable"),
        ({"claim_id": "15-us-curbs", "verdict": "confirmed"}, "needs its source"),
    ],
)
def test_a_document_decides_only_what_documents_can(run_dir, given, message):
    with pytest.raises(InputError, match=message):
        notebook.begin("proceedings", 2024).record_document(**given, finding="Read.", evidence=[])


def test_every_committed_result_is_written_again_as_it_stands(tmp_path):
    committed = PROJECT.results / "default"
    for claim, result in read_all(committed).items():
        assert write(result, tmp_path).read_bytes() == (committed / f"{claim}.json").read_bytes()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"estimate": "many"}, "estimate"),
        ({"extra": 1}, "extra"),
        ({"interval": [1]}, "interval"),
        ({"year": None}, "year"),
    ],
)
def test_what_is_no_result_is_named(tmp_path, change, wrong):
    good = json.loads((PROJECT.results / "default" / f"{CLAIM}.json").read_text(encoding="utf-8"))
    assert isinstance(Result.model_validate(good), Result)
    (tmp_path / "odd.json").write_text(json.dumps(good | change), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{tmp_path.name}/odd.json holds no result: .*{wrong}"):
        read_all(tmp_path)


def test_no_results_where_there_is_no_folder(tmp_path):
    assert read_all(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", b"null"])
def test_what_is_no_json_object_is_named_too(tmp_path, content):
    (tmp_path / "odd.json").write_bytes(content)
    with pytest.raises(InputError, match="odd.json holds no result"):
        read_all(tmp_path)
