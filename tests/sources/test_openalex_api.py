"""The client of OpenAlex's API, over a real server on this machine."""

import csv
import logging
import socket
from collections import Counter, defaultdict

import pytest
from support import openalex_server
from support.openalex_server import OpenAlexServer, make_work

from compendium.project.errors import InputError
from compendium.sources.openalex.api import ApiError, BudgetError, OpenAlex, estimated

KEY = "sk-a1b2c3-very-secret"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    with OpenAlexServer([make_work(n) for n in range(5)]) as one:
        yield one


def client(server, **options):
    return OpenAlex(server.url, **{"rate": 1000, "first_wait": 0.01, "timeout": 5, **options})


def test_the_address_comes_from_the_environment_unless_it_is_given(server, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_OPENALEX", server.url + "/")
    with OpenAlex(rate=1000) as api:
        assert api.get("works")["meta"]["count"] == 5
    monkeypatch.setenv("COMPENDIUM_OPENALEX", "somewhere")
    with pytest.raises(InputError, match="COMPENDIUM_OPENALEX: 'somewhere' is no address"):
        OpenAlex()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(server, status):
    server.faults = [(status, {}, {"error": "query_timeout"})] * 2
    with client(server) as api:
        assert api.get("works")["meta"]["count"] == 5
        assert [entry["status"] for entry in server.log] == [status, status, 200]
        assert api.sent == 3


@pytest.mark.parametrize("status", [503, 504])
def test_retries_are_bounded(server, status):
    server.faults = [(status, {}, {"error": "query_timeout", "message": "took too long"})] * 9
    with client(server, attempts=3) as api, pytest.raises(ApiError) as caught:
        api.get("works")
    assert len(server.log) == 3
    assert str(caught.value) == (
        f"OpenAlex did not answer in 3 attempts ({status}: query_timeout took too long); what was "
        "fetched is kept: run the same command again later"
    )


def test_a_refused_request_says_the_servers_words_at_once(server):
    with client(server) as api, pytest.raises(ApiError) as caught:
        api.get("works", filter="publication_yaer:2024")
    assert str(caught.value).startswith(
        "OpenAlex answered 400: Invalid query parameters error. publication_yaer is not a valid field."
    )
    assert caught.value.status == 400
    assert isinstance(caught.value, InputError)
    assert len(server.log) == 1


def test_a_wrong_key_is_said_at_once_and_not_shown(server, monkeypatch):
    monkeypatch.setenv("OPENALEX_API_KEY", KEY)
    server.key = "another"
    with client(server) as api, pytest.raises(ApiError) as caught:
        api.get("works")
    assert len(server.log) == 1
    assert server.log[0]["params"]["api_key"] == KEY  # the server repeated it in its message
    assert str(caught.value) == (
        "OpenAlex answered 401: Unauthorized API key *** not found or invalid.; "
        "is OPENALEX_API_KEY the key of your account?"
    )


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Retry-After": "0.2"}, {}),
        ({}, {"retryAfter": 0.2}),
        ({"Retry-After": "0.2", "X-RateLimit-Remaining": "712"}, {"retryAfter": 0.2}),
    ],
)
def test_too_many_in_a_second_waits_as_long_as_it_is_told(server, headers, body):
    server.faults = [(429, headers, {"error": "Too many requests", **body})]
    with client(server) as api:
        api.get("works")
    first, second = server.log
    assert second["time"] - first["time"] >= 0.2


@pytest.mark.parametrize(
    ("headers", "body", "again"),
    [
        ({"Retry-After": "25200"}, {}, "in about 7 h"),
        ({}, {"retryAfter": 25200}, "in about 7 h"),
        ({"X-RateLimit-Remaining": "0"}, {}, "tomorrow"),
        ({"X-RateLimit-Remaining-USD": "0.0", "Retry-After": "1"}, {}, "in about 1 h"),
        ({"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}, {}, "in about"),
    ],
)
def test_the_days_budget_stops_at_once(server, headers, body, again):
    server.faults = [(429, headers, {"error": "Rate limit exceeded", "message": "No budget.", **body})] * 3
    with client(server) as api, pytest.raises(BudgetError) as caught:
        api.get("works")
    assert len(server.log) == 1
    assert str(caught.value).startswith(
        "OpenAlex's budget of the day is used up (Rate limit exceeded No budget.); what was fetched is "
        f"kept: run the same command again {again}"
    )
    assert "OPENALEX_API_KEY" in str(caught.value)


def test_a_minute_is_waited_for_and_no_more(server):
    """One attempt, so that nobody waits: the error says whether another one would have been made."""
    for seconds, is_budget in ((60, False), (60.5, True)):
        server.faults = [(429, {"Retry-After": str(seconds)}, {"error": "Too many requests"})]
        with client(server, attempts=1) as api, pytest.raises(ApiError) as caught:
            api.get("works")
        assert isinstance(caught.value, BudgetError) is is_budget


def test_a_too_many_without_a_hint_is_tried_again_within_bounds(server):
    server.faults = [(429, {}, "slow down")] * 9
    with client(server, attempts=2) as api, pytest.raises(ApiError, match="in 2 attempts .429: slow down"):
        api.get("works")
    assert len(server.log) == 2


def test_an_answer_that_does_not_come_runs_out_of_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            OpenAlex(address, timeout=0.05, first_wait=0.001, attempts=2) as api,
            pytest.raises(ApiError, match="in 2 attempts .ReadTimeout"),
        ):
            api.get("works")


def test_a_server_that_is_gone_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with (
        OpenAlex(address, first_wait=0.001, attempts=2) as api,
        pytest.raises(ApiError, match="in 2 attempts .ConnectError") as caught,
    ):
        api.get("works")
    assert "\n" not in str(caught.value)


def test_what_is_no_json_is_no_answer(server, tmp_path):
    server.faults = [(200, {}, "<html>sign in to this network</html>")]
    with client(server, answers=tmp_path / "answers.db") as api:
        assert api.get("works")["meta"]["count"] == 5
    assert len(server.log) == 2


def test_a_body_that_cannot_be_unpacked_is_no_answer(server):
    server.faults = [(200, {"Content-Encoding": "deflate"}, {"meta": {}})]  # it is gzip
    with client(server) as api:
        assert api.get("works")["meta"]["count"] == 5
    assert len(server.log) == 2


@pytest.mark.parametrize(("seconds", "is_the_budget"), [("60", False), ("61", True)])
def test_a_minute_may_be_waited_and_more_is_the_days_budget(server, seconds, is_the_budget):
    server.faults = [(429, {"Retry-After": seconds}, {"error": "Rate limit exceeded"})]
    with client(server, attempts=1) as api, pytest.raises(ApiError) as caught:  # with one attempt nobody waits
        api.get("works")
    assert isinstance(caught.value, BudgetError) is is_the_budget


def test_the_key_is_sent_and_seen_nowhere(server, tmp_path, monkeypatch, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENALEX_API_KEY", KEY)
    server.key = KEY
    echo = {"error": "e", "message": f"?api_key={KEY}"}
    server.faults = [
        (503, {}, echo),
        (400, {}, echo),
        (503, {}, echo),
        (503, {}, echo),
        None,
        (200, {"X-Asked": f"?api_key={KEY}"}, {"meta": {"asked": f"api_key={KEY}"}}),
    ]
    said = []
    with client(server, attempts=2, answers=tmp_path / "answers.db") as api:
        for _ in range(2):
            with pytest.raises(ApiError) as caught:
                api.get("works")
            said.append("".join(map(repr, (caught.value, caught.value.__cause__, caught.value.args))))
        said.append(str(api.get("works")))
        said.append(str(api.get("institutions")))
        said.append(repr(api) + str(vars(api)))
    assert [entry["params"]["api_key"] for entry in server.log] == [KEY] * 6
    assert "***" in said[0] and "***" in said[-2]  # where the server repeated it
    out = capfd.readouterr()
    assert KEY not in "".join([*said, out.out, out.err, caplog.text, *map(repr, map(vars, caplog.records))])
    assert "/works" in caplog.text  # the addresses are in the log, so the key could have been
    assert KEY.encode() not in (tmp_path / "answers.db").read_bytes()


def test_the_key_goes_to_no_other_host(server, monkeypatch):
    monkeypatch.setenv("OPENALEX_API_KEY", KEY)
    with OpenAlexServer([make_work(7)]) as other:
        server.faults = [(301, {"Location": f"{other.url}/works/W7?api_key={KEY}"}, {})]
        with client(server) as api:
            assert api.get("works/W7")["id"].endswith("W7")
        assert other.log[0]["params"] == {"api_key": "***"}


def test_a_merged_record_is_followed(server):
    server.faults = [(301, {"Location": "/works/W3"}, {})]
    with client(server) as api:
        assert api.get("works/W999")["id"].endswith("/W3")


def test_kept_answers_are_not_asked_again(server, tmp_path):
    kept = tmp_path / "new" / "answers.db"
    with client(server, answers=kept) as api:
        first = api.get("works", filter="publication_year:2024")
        assert api.get("works", filter="publication_year:2024") == first
        assert api.sent == 1
    server.entities["works"].clear()
    with client(server, answers=kept) as api:
        assert api.get("works", filter="publication_year:2024") == first
        assert api.sent == 0
    assert len(server.log) == 1


def test_a_failure_is_not_kept(server, tmp_path):
    server.faults = [(503, {}, {})]
    with client(server, answers=tmp_path / "answers.db") as api:
        assert api.get("works")["meta"]["count"] == 5


def test_the_pace_is_kept_over_the_network(server):
    with client(server, rate=100) as api:
        for _ in range(12):
            api.get("works")
    # A late start lets no one catch up: 11 gaps take 11 hundredths, however the threads run.
    assert server.log[-1]["time"] - server.log[0]["time"] >= 0.1


def test_groups_come_over_several_pages(server):
    server.entities["works"][:] = [make_work(n, citations=n % 450) for n in range(900)]
    with client(server) as api:
        found = api.groups("works", "", "cited_by_count")
    assert found == {str(n): 2 for n in range(450)}
    # The third page completes the count, so that the empty one after it is not asked for.
    assert len(server.log) == 3


def test_groups_of_many_values_end_with_the_cursor(server):
    server.entities["works"][:] = [make_work(1, [["CN", "US"]]), make_work(2, [["US"], []])]
    with client(server) as api:
        assert api.groups("works", "", "authorships.countries") == {"CN": 1, "US": 2}
        assert api.groups("works", "", "authorships.countries:include_unknown") == {"CN": 1, "US": 2}
        assert api.groups("works", "publication_year:1950", "authorships.countries") == {}


def test_real_counts_served_as_groups_come_back(server, raw):
    """`ai_concept_counts.csv` is a real answer: works of one concept by country and year."""
    with (raw / "openalex/ai_concept_counts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_year = defaultdict(Counter)
    for row in rows:
        by_year[row["year"]][row["country_code"].removeprefix(f"{openalex_server.URL}/countries/")] += int(row["count"])
    server.entities["works"].clear()
    server.serve_groups(lambda filters, by: by_year[filters.partition("publication_year:")[2]])
    with client(server) as api:
        found = {
            year: api.groups("works", f"concepts.id:C154945302,publication_year:{year}", "authorships.countries")
            for year in by_year
        }
    assert found == {year: dict(counts) for year, counts in by_year.items()}
    assert sum(map(len, found.values())) == len(rows) == 2159
    assert found["2010"]["CN"] == 105706
    assert found["2020"]["NA"] >= 1  # Namibia, not a missing value


def test_an_estimate_says_what_it_costs(monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    assert str(estimated(150_000, 1_600)) == (
        "OpenAlex: 150,000 works to fetch; at most about 1,600 requests, about 27 min, $0.1600 (free: "
        "$0.10 a day without a key; OPENALEX_API_KEY set to a free key makes it $1.00), over 2 days"
    )
    assert "days" not in str(estimated(1, 1_000))
    assert "over 2 days" in str(estimated(1, 1_001))
    monkeypatch.setenv("OPENALEX_API_KEY", "a-key")
    assert str(estimated(150_000, 1_600)).endswith("about 27 min, $0.1600 (free: $1.00 a day with a key)")
    assert str(estimated(0, 0)) == "OpenAlex: everything was fetched before; nothing is asked"
    assert (estimated(1, 1).minutes, estimated(1, 90).minutes, estimated(0, 0).minutes) == (1, 2, 0)
