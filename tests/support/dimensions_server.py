"""A server on this machine that behaves like the API of Dimensions, with made-up publications.

It logs in by key, takes queries of the search language, keeps the API's limits, lets tokens expire
and fails on request. Nothing in it comes from the real database.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stamina

from compendium.sources.dimensions.queries import FIELDS, Limits

KEY = "key-that-nobody-may-see-7f3a"
NAMES = {
    "CN": "China",
    "US": "United States",
    "GB": "United Kingdom",
    "FR": "France",
    "DE": "Germany",
    "HK": "Hong Kong",
    "NA": "Namibia",
    "IT": "Italy",
}
#: What a publication holds that can be returned; `date` is only searched by.
RETURNED = {
    "id",
    "year",
    "type",
    "document_type",
    "category_for_2020",
    "times_cited",
    "authors",
    "research_orgs",
    "research_org_countries",
    "date",
    "title",
    "doi",
}


def organisation(number: int, code: str, city: str = "Town", **more) -> dict:
    """An organisation as it stands in `research_orgs`."""
    return {
        "id": f"grid.{number}",
        "name": f"University {number}",
        "city_name": city,
        "country_name": NAMES[code],
        "types": ["Education"],
    } | more


def address(number: int, code: str, city: str = "Town") -> dict:
    """An address as it stands in `authors`."""
    return {
        "raw_affiliation": f"University {number}, {city}",
        "id": f"grid.{number}",
        "name": f"University {number}",
        "city": city,
        "city_id": number,
        "country": NAMES[code],
        "country_code": code,
        "state": None,
        "state_code": None,
    }


def author(number: int, *addresses: dict, known: bool = True) -> dict:
    """An author; one that Dimensions does not tell apart has the text `null` for an id."""
    return {
        "raw_affiliation": [],
        "first_name": "First",
        "last_name": f"Last{number}",
        "orcid": [],
        "corresponding": "",
        "current_organization_id": "",
        "affiliations": list(addresses),
        "researcher_id": f"ur.{number}" if known else "null",
    }


def work(
    number: int,
    codes: Sequence[str] = ("CN",),
    *,
    year: int = 2024,
    fields=("4602",),
    kind: str | None = "article",
    day: str | None = "",
    cited: int | None = 0,
    **more,
) -> dict:
    """A publication with one author a country, whose institution has a number of the country's own."""
    at = {code: 100 + sorted(NAMES).index(code) for code in codes}
    made = {
        "id": f"pub.{number:07d}",
        "year": year,
        "type": kind,
        "document_type": "RESEARCH_ARTICLE",
        "date": f"{year}-01-01" if day == "" else day,
        "times_cited": cited,
        "category_for_2020": [{"id": f"8{code}", "name": FIELDS[code]} for code in fields],
        "authors": [author(number * 10 + seq, address(at[code], code)) for seq, code in enumerate(codes)],
        "research_orgs": [organisation(at[code], code) for code in codes],
        "research_org_countries": [{"id": code, "name": NAMES[code]} for code in codes],
    }
    return {name: value for name, value in (made | more).items() if value is not None}


@dataclass
class Dimensions:
    """The server's world, and what was asked of it.

    `script` holds what is answered before anything else, first to last: a status, or a status and
    a body. `queries_a_token` is how many queries a token is good for.
    """

    works: list = field(default_factory=list)
    limits: Limits = Limits()
    cited_in: dict = field(default_factory=dict)
    script: list = field(default_factory=list, repr=False)
    script_of_logins: list = field(default_factory=list, repr=False)
    queries_a_token: int = 10**9
    dies_after: int = 10**9
    shape_of_citations: str = "object"
    log: list = field(default_factory=list, repr=False)
    tokens: dict = field(default_factory=dict, repr=False)

    @property
    def queries(self) -> list[str]:
        return [text for path, text in self.log if path.startswith("/api/dsl")]

    @property
    def logins(self) -> int:
        return sum(path == "/api/auth.json" for path, _ in self.log)

    def login(self, body: str) -> tuple[int, object]:
        if self.script_of_logins:
            return _scripted(self.script_of_logins.pop(0))
        if json.loads(body).get("key") != KEY:
            return 401, {"error": f"the key {json.loads(body).get('key')} is not known"}
        token = f"token-that-nobody-may-see-{len(self.tokens)}"
        self.tokens[token] = self.queries_a_token
        return 200, {"token": token}

    def answer(self, query: str, token: str) -> tuple[int, object]:
        if self.tokens.get(token, 0) < 1:
            return 403, {"error": "Signature has expired"}
        if self.script:
            return _scripted(self.script.pop(0))
        self.tokens[token] -= 1
        return self.search(query)

    def search(self, query: str) -> tuple[int, object]:
        parts = re.fullmatch(r"search publications where (.+?) return (.+)", query)
        if not parts:
            return _mistake("Syntax Error", f"no search: {query}")
        try:
            conditions = re.split(r' and (?=(?:[^"]*"[^"]*")*[^"]*$)', parts[1])  # not within a name
            for one in conditions:
                _holds(work(0), one)  # a mistake is one even where no publication is looked at
            found = [item for item in self.works if all(_holds(item, one) for one in conditions)]
            return 200, self.returned(found, parts[2], query)
        except ValueError as error:
            return _mistake("Semantic Error", str(error))

    def returned(self, found: list, clause: str, query: str) -> dict:
        stats = {"_stats": {"total_count": len(found)}}
        if page := re.fullmatch(r"publications\[(.+)\] sort by id limit (\d+) skip (\d+)", clause):
            names, limit, skip = page[1].split("+"), int(page[2]), int(page[3])
            if set(names) - RETURNED:
                raise ValueError(f"Field '{min(set(names) - RETURNED)}' is not available")
            if limit > self.limits.page or limit + skip > self.limits.records:
                raise ValueError("Limit exceeded")
            ordered = sorted(found, key=lambda item: str(item.get("id") if isinstance(item, dict) else item))
            return stats | {
                "publications": [
                    {name: item[name] for name in names if name in item} if isinstance(item, dict) else item
                    for item in ordered[skip : skip + limit]
                ]
            }
        if series := re.fullmatch(r"citations_per_year\((\d+), \1\)", clause):
            year = int(series[1])
            number = sum(self.cited_in.get((item["id"], year), 0) for item in found)
            given = {"object": {str(year): number}, "list": [{"year": year, "citations": number}]}
            return stats | {"citations_per_year": given[self.shape_of_citations]}
        if facet := re.fullmatch(r"(\w+) limit (\d+)", clause):
            if int(facet[2]) > self.limits.groups:
                raise ValueError("Limit exceeded")
            return stats | {facet[1]: _groups(found, facet[1], int(facet[2]))}
        raise ValueError(f"cannot return: {query}")


def _scripted(item) -> tuple[int, object]:
    return (item, {"error": "as told"}) if isinstance(item, int) else item


def _mistake(header: str, detail: str) -> tuple[int, dict]:
    return 400, {"errors": {"query": {"header": header, "details": [detail]}}}


def _texts(listed: str) -> list[str]:
    return re.findall(r'"((?:[^"\\]|\\.)*)"', listed)


def _ids(item: dict, name: str, key: str = "id") -> list:
    value = item.get(name)
    return [part.get(key) for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _holds(item: object, condition: str) -> bool:
    """Whether a publication meets one condition; what is no object, or has no year, meets all."""
    if not isinstance(item, dict) or not isinstance(item.get("year"), int):
        return True
    if match := re.fullmatch(r"(\w+) is empty", condition):
        return not item.get(match[1])
    if match := re.fullmatch(r"(\w+)\.(id|name) in \[(.+)\]", condition):
        return not isinstance(item.get(match[1]), list) or not set(_texts(match[3])).isdisjoint(
            name for name in _ids(item, match[1], match[2]) if isinstance(name, str)
        )
    if match := re.fullmatch(r'research_org_countries\.id="(\w\w)"', condition):
        return match[1] in _ids(item, "research_org_countries")
    if match := re.fullmatch(r"year=(\d+)", condition):
        return item["year"] == int(match[1])
    if match := re.fullmatch(r'type="(.+)"', condition):
        return item.get("type") == match[1]
    if match := re.fullmatch(r'date([<>])="(.+)"', condition):
        day = item.get("date")
        return bool(day) and (day <= match[2] if match[1] == "<" else day >= match[2])
    raise ValueError(f"no such filter: {condition}")


def _groups(found: list, name: str, limit: int) -> list[dict]:
    """The groups of a facet, the largest first."""
    counts: Counter = Counter()
    said: dict = {}
    for item in found:
        value = item.get(name)
        for part in value if isinstance(value, list) else [{"id": value}] if value else []:
            counts[part["id"]] += 1
            said[part["id"]] = part
    ranked = sorted(counts, key=lambda key: (-counts[key], str(key)))[:limit]
    return [said[key] | {"count": counts[key]} for key in ranked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        world = self.server.world
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if len(world.log) >= world.dies_after:
            self.close_connection = True  # as a server that is gone: no answer at all
            return
        world.log.append((self.path, body))
        if self.path == "/api/auth.json":
            status, answer = world.login(body)
        elif self.path == "/api/dsl/v2":
            status, answer = world.answer(body, self.headers.get("Authorization", "").removeprefix("JWT "))
        else:
            status, answer = 404, {"error": "no such address"}
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def serve(world: Dimensions) -> tuple[ThreadingHTTPServer, str]:
    """Start a server of `world`; return it and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.world = world
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def world(monkeypatch, tmp_path):
    """A server with no publications yet; the environment names its address and the key."""
    made = Dimensions()
    server, address_of_it = serve(made)
    monkeypatch.setenv("DIMENSIONS_KEY", KEY)
    monkeypatch.setenv("DIMENSIONS_ENDPOINT", address_of_it)
    made.endpoint = address_of_it
    with stamina.set_testing(True, attempts=99, cap=True):  # retries as many as ever, no waiting
        yield made
    server.shutdown()
    server.server_close()
