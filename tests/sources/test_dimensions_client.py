"""Asking Dimensions: login, limits and failures, over a real server on this machine."""

import logging
import os
import subprocess
import sys
import traceback

import pytest
from support.dimensions_server import KEY, serve, work

from compendium.project.errors import InputError
from compendium.sources.dimensions.client import ATTEMPTS, REQUESTS_A_MINUTE, Client
from compendium.sources.pace import at_most

pytest.importorskip("dimcli")

QUERY = 'search publications where category_for_2020.name in ["4602 Artificial Intelligence"] return year limit 1000'


def everything_said(error: BaseException) -> str:
    """A traceback with the locals of every frame, and that of whatever it came from."""
    said = []
    while error is not None:
        said += traceback.TracebackException.from_exception(error, capture_locals=True).format()
        error = error.__cause__ or error.__context__
    return "".join(said)


def test_login_and_query(world):
    world.works = [work(1), work(2, year=2023)]
    client = Client()
    assert client.query(QUERY)["year"] == [{"id": 2023, "count": 1}, {"id": 2024, "count": 1}]
    client.query(QUERY)
    assert [path for path, _ in world.log] == ["/api/auth.json", "/api/dsl/v2", "/api/dsl/v2"]
    assert client.requests == 3


def test_logins_and_queries_and_retries_count_towards_the_limit(world):
    world.script = [429, 500]
    limiter = at_most(10**6, seconds=1)
    client = Client(limiter=limiter)
    client.query(QUERY)  # login, 429, 500, answer
    assert limiter.bucket_factory.bucket.count() == len(world.log) == client.requests == 4


def test_the_api_is_asked_thirty_times_a_minute_and_no_more():
    (rate,) = Client()._limiter.bucket_factory.bucket.rates
    assert (rate.limit, rate.interval) == (REQUESTS_A_MINUTE, 60_000) == (30, 60_000)


def test_an_expired_token_is_renewed_once_a_query(world):
    world.queries_a_token = 2
    client = Client()
    for _ in range(5):
        client.query(QUERY)
    assert world.logins == 3
    assert len(world.queries) == 5 + 2  # those that met the expired token were asked again


@pytest.mark.parametrize("status", [401, 403])
def test_an_account_that_may_not_ask_ends_after_one_login(world, status):
    world.script = [status] * 50
    with pytest.raises(InputError, match=rf"does not let this account ask \(HTTP {status}"):
        Client().query(QUERY)
    assert len(world.log) == 2


def test_an_account_that_may_no_longer_ask_ends_after_one_more_login(world):
    client = Client()
    client.query(QUERY)
    world.script = [403] * 50
    with pytest.raises(InputError, match="does not let this account ask"):
        client.query(QUERY)
    assert (world.logins, len(world.queries)) == (2, 3)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (429, "HTTP 429, too many requests"),
        (503, "HTTP 503"),
        ((200, b"<html>"), "no JSON object"),
        ((200, b"[1]"), "no JSON object"),
        ((200, b""), "no JSON object"),
        ((200, b'{"_stats": ' + b"9" * 5000 + b"}"), "no JSON object"),
        (
            (500, {"errors": {"query": {"header": "Internal", "details": ["out of memory"]}}}),
            "HTTP 500: Internal: out of memory",
        ),
    ],
)
def test_a_failure_that_does_not_pass_ends(world, failure, said):
    world.script = [failure] * 50
    with pytest.raises(InputError, match=rf"failed {ATTEMPTS} times in a row \(.*{said}.*\).*kept"):
        Client().query(QUERY)
    assert len(world.queries) == ATTEMPTS


def test_a_failure_that_passes_is_outlived(world):
    world.script = [429] * (ATTEMPTS - 1)
    assert "_stats" in Client().query(QUERY)


@pytest.mark.parametrize("failure", [429, 500, (200, {"no": "token"}), (200, b"<html>")])
def test_a_login_that_fails_ends_too(world, failure):
    world.script_of_logins = [failure] * 50
    with pytest.raises(InputError, match=f"failed {ATTEMPTS} times in a row .*at login"):
        Client().query(QUERY)
    assert world.logins == ATTEMPTS and not world.queries


def test_no_server_at_all_ends(world):
    server, address = serve(world)
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError, match="no connection at login: ConnectionError"):
        Client(address).query(QUERY)


def test_a_mistake_in_the_query_is_shown_at_once(world):
    with pytest.raises(InputError) as caught:
        Client().query("search publications where moon=1 return year limit 10")
    assert str(caught.value) == (
        "Dimensions could not answer: Semantic Error: no such filter: moon=1 (the query was: "
        "search publications where moon=1 return year limit 10)"
    )
    assert len(world.queries) == 1


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"query": {"header": "Semantic Error\n", "details": ["one", "two"]}}, "Semantic Error: one; two"),
        ({"query": {"header": "Semantic Error", "details": []}}, "Semantic Error"),
        ({"query": {"details": "alone"}}, "error: alone"),
        ("plain\nwords", "plain words"),
        ([1, 2], "[1, 2]"),
        ({"query": None}, "{'query': None}"),
    ],
)
def test_errors_of_any_shape_in_an_answer_are_one_line(world, errors, said):
    world.script = [(200, {"errors": errors, "_stats": {"total_count": 1}})]
    with pytest.raises(InputError) as caught:
        Client().query(QUERY)
    assert str(caught.value) == f"Dimensions could not answer: {said} (the query was: {QUERY})"


@pytest.mark.parametrize("status", [302, 404])
def test_another_address_than_the_api_is_named(world, status):
    world.script = [(status, b"<html>")]
    with pytest.raises(InputError, match=f"HTTP {status}; is the endpoint right"):
        Client().query(QUERY)
    assert len(world.queries) == 1


def test_warnings_are_kept(world):
    world.script = [
        (200, {"_warnings": ["field x is deprecated"], "_stats": {"total_count": 0}}),
        (200, {"_warnings": "odd", "_stats": {"total_count": 0}}),
    ]
    client = Client()
    client.query(QUERY)
    client.query(QUERY)
    assert client.warnings == {"field x is deprecated"}


@pytest.mark.parametrize("address", ["http://example.org", "ftp://example.org", "app.example.org"])
def test_the_key_is_sent_in_the_clear_to_this_machine_only(address):
    with pytest.raises(InputError, match="https://"):
        Client(address)


def test_without_a_key_the_message_says_where_one_is_looked_for(world, monkeypatch, tmp_path):
    monkeypatch.delenv("DIMENSIONS_KEY")
    (tmp_path / "dsl.ini").write_text("[instance.live]\nurl=https://example.org\nkey=other\n")
    monkeypatch.chdir(tmp_path)  # dimcli looks there first; it has no section of this address
    with pytest.raises(InputError, match=r"set DIMENSIONS_KEY, or write ~/.dimensions/dsl.ini"):
        Client().query(QUERY)
    assert not world.log


def test_dimclis_own_file_gives_the_key(world, monkeypatch, tmp_path):
    monkeypatch.delenv("DIMENSIONS_KEY")
    (tmp_path / "dsl.ini").write_text(f"[instance.mine]\nurl={world.endpoint}\nkey={KEY}\n")
    monkeypatch.chdir(tmp_path)
    world.queries_a_token = 1
    client = Client()
    client.query(QUERY)
    client.query(QUERY)  # the second login must find the same endpoint again
    assert world.logins == 2


def secrets_of(world) -> set[str]:
    return {KEY, *world.tokens, "token-that-nobody-may-see", "a-wrong-key"}


@pytest.mark.parametrize("failure", ["wrong key", "login fails", "expired", "mistake", "echo", "too many", "no server"])
def test_no_failure_shows_the_key_or_the_token(world, monkeypatch, caplog, capfd, failure):
    caplog.set_level(logging.DEBUG)
    client = Client()
    if failure == "wrong key":
        monkeypatch.setenv("DIMENSIONS_KEY", "a-wrong-key")
    elif failure == "login fails":
        world.script_of_logins = [(500, {"error": KEY})] * 50
    elif failure == "expired":
        world.script = [403] * 50
    elif failure == "echo":  # a server that says the secrets back
        client.query(QUERY)
        world.script = [(400, {"errors": {"query": {"header": f"bad {KEY}", "details": list(world.tokens)}}})]
    elif failure == "too many":
        client.query(QUERY)
        world.script = [(500, {"errors": f"{KEY} {next(iter(world.tokens))}"})] * 50
    elif failure == "no server":
        world.dies_after = 0
    query = "search publications where moon=1 return year limit 1" if failure == "mistake" else QUERY
    with pytest.raises(InputError) as caught:
        client.query(query)
    shown = everything_said(caught.value) + caplog.text + "".join(capfd.readouterr()) + repr(client)
    for record in caplog.records:
        shown += str(vars(record))
    assert not [secret for secret in secrets_of(world) if secret in shown]
    assert "InputError" in shown


def test_the_leak_test_would_see_a_leak():
    def leak():
        held = KEY
        raise InputError("x" + held[:0])

    with pytest.raises(InputError) as caught:
        leak()
    assert KEY in everything_said(caught.value)


def test_without_dimcli_the_message_says_what_to_install(tmp_path):
    (tmp_path / "dimcli.py").write_text("raise ImportError('not here')")
    code = "from compendium.sources.dimensions.client import Client\nClient()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    assert "InputError: the source 'dimensions' needs dimcli: pip install" in done.stderr
