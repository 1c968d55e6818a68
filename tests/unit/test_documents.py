"""The file of evidence: complete, no verdict without a source that was read, dates as written."""

import copy

import pytest
import yaml
from pydantic import ValidationError

from compendium.claims import Verdict, load_register
from compendium.published import documents, reported
from compendium.published.documents import Documents, Evidence, Finding, check_complete, load_documents

READ_SOURCE = {
    "source": "The primary source",
    "publisher": "its author",
    "date": "2024-12",
    "locator": "section 1",
    "says": "that it is so",
    "standing": "primary",
    "read": "text",
}


@pytest.fixture
def raw() -> dict:
    """The file as it is, to be spoilt."""
    return yaml.load(documents.DOCUMENTS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def finding(**changes) -> Finding:
    return Finding.model_validate(
        {
            "verdict": "confirmed",
            "finding": "It is as the claim has it.",
            "reason": "The source says so in as many words.",
            "evidence": [READ_SOURCE],
        }
        | changes
    )


def test_every_documentary_claim_and_no_other_has_an_entry() -> None:
    register = load_register()
    needed = {claim.id for claim in register.claims if claim.kind == "documentary"}
    assert set(load_documents().claims) == needed
    assert needed == {claim.id for claim in register.of_notebook("70-documents")}


def test_a_missing_and_a_foreign_entry_are_named(raw: dict) -> None:
    spoilt = copy.deepcopy(raw)
    entry = spoilt["claims"].pop("39-france-strategy")
    spoilt["claims"]["05-citation-share-china"] = entry
    with pytest.raises(
        ValueError, match="no evidence on claim 39-france-strategy; 05-citation-share-china is no documentary claim"
    ):
        check_complete(Documents.model_validate(spoilt), load_register())


def test_an_event_of_an_unknown_claim_is_named(raw: dict) -> None:
    raw["events"][0]["claim"] = "99-nothing"
    with pytest.raises(ValueError, match="99-nothing is no documentary claim"):
        check_complete(Documents.model_validate(raw), load_register())


@pytest.mark.parametrize("verdict", ["confirmed", "contradicted"])
@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [READ_SOURCE | {"standing": "secondary"}],
        [READ_SOURCE | {"read": "link"}],
        [READ_SOURCE | {"read": "no"}],
        [READ_SOURCE | {"read": "no"}, READ_SOURCE | {"standing": "secondary"}],
    ],
    ids=["none", "secondary", "only a link", "not seen", "not seen, and secondary"],
)
def test_a_verdict_needs_a_primary_source_that_was_read(verdict: str, evidence: list) -> None:
    with pytest.raises(ValidationError, match="needs a primary document that was read"):
        finding(verdict=verdict, evidence=evidence)
    assert finding(verdict="unverifiable", evidence=evidence).verdict == Verdict.UNVERIFIABLE


@pytest.mark.parametrize("read", ["text", "copy", "excerpt"])
def test_a_primary_source_that_was_read_decides(read: str) -> None:
    assert finding(evidence=[READ_SOURCE | {"read": read}]).verdict == Verdict.CONFIRMED


@pytest.mark.parametrize("verdict", ["reproduced", "not supported", "certain"])
def test_other_verdicts_are_refused(verdict: str) -> None:
    with pytest.raises(ValidationError):
        finding(verdict=verdict)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "10 July 2025"},
        {"date": "2025-7"},
        {"url": "http://example.org"},
        {"url": "example"},
        {"standing": "tertiary"},
        {"read": "skimmed"},
        {"page": "3"},
    ],
)
def test_evidence_is_checked(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Evidence.model_validate(READ_SOURCE | wrong)


def test_dates_stay_as_written() -> None:
    """A YAML reader would turn a day into a date, and "no" into False."""
    events = {event.event: event.date for event in load_documents().events}
    assert events["DeepSeek-R1 released"] == "2025-01-20"
    assert {len(date) for date in events.values()} == {7, 10}
    assert "no" in {one.r1 for one in load_documents().openness}


def test_the_verdicts_that_the_evidence_fixes() -> None:
    """The developer's report contradicts; what was not seen stays open."""
    verdicts = {claim[:2]: finding.verdict for claim, finding in load_documents().claims.items()}
    assert [number for number in verdicts if verdicts[number] == Verdict.CONTRADICTED] == ["27"]
    for claim, one in load_documents().claims.items():
        if all(document.read in ("no", "link") for document in one.evidence):
            assert one.verdict == Verdict.UNVERIFIABLE, claim


def test_evidence_goes_into_a_result_as_text() -> None:
    row = Evidence.model_validate(READ_SOURCE).as_text()
    assert row == {key: str(value) for key, value in READ_SOURCE.items()}  # no empty url
    frame = load_documents().evidence_frame()
    assert len(frame) == sum(len(one.evidence) for one in load_documents().claims.values())


def test_table_has_a_row_a_document_and_links_what_has_an_address() -> None:
    found = load_documents()
    lines = found.table("28-idtechex-report", "39-france-strategy").splitlines()
    assert len(lines) == 2 + len(found.claims["28-idtechex-report"].evidence) + len(
        found.claims["39-france-strategy"].evidence
    )
    assert {line.count("|") for line in lines} == {6}
    assert "](https://www.idtechex.com/" in lines[2] and "](" not in lines[3]
    assert lines[2].startswith("| 28 | undated |") and lines[-1].startswith("| 39 | 2017-01-26 |")


def test_series_are_whole_and_say_what_is_incomplete() -> None:
    series = reported.published_series()
    assert not series.duplicated(["series", "entity", "year", "measure"]).any()
    cset = series[series["measure"] == "AI articles, whole counting"]
    assert sorted(cset.loc[cset["complete"] == "False", "year"].unique()) == [2023, 2024]
