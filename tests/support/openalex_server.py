"""A real HTTP server on this machine that behaves like OpenAlex's API, over works that a test gives it."""

import gzip
import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

URL = "https://openalex.org"
Answer = tuple[int, dict[str, str], object]

#: Filter and group_by fields of works, each as the set of a work's values.
FIELDS: dict[str, Callable[[dict], Iterable]] = {
    "primary_topic.subfield.id": lambda w: [_subfield(w)],
    "publication_year": lambda w: [w.get("publication_year")],
    "type": lambda w: [w.get("type")],
    "is_retracted": lambda w: [w.get("is_retracted", False)],
    "cited_by_count": lambda w: [w.get("cited_by_count")],
    "authorships.countries": lambda w: {c for a in w.get("authorships") or () for c in a["countries"]},
    "openalex_id": lambda e: [e["id"]],
}
#: Prefix of the keys that group_by gives as addresses.
ADDRESSES = {"authorships.countries": f"{URL}/countries/", "type": f"{URL}/types/"}
ROOT_FIELDS = {
    "id",
    "publication_year",
    "type",
    "language",
    "is_retracted",
    "cited_by_count",
    "counts_by_year",
    "primary_topic",
    "authorships",
    "updated_date",
    "display_name",
    "ror",
    "geo",
    "country_code",
    "is_authors_truncated",
    "title",
    "lineage",
}


def _subfield(work: dict) -> str | None:
    return ((work.get("primary_topic") or {}).get("subfield") or {}).get("id")


def _short(value: object) -> str:
    """Compare as the API does: without the address before an id, without case."""
    return str(value).rsplit("/", 1)[-1].lower()


class OpenAlexServer:
    """The server: give it works and institutions, ask it what it was asked.

    log : every request as path, params, status and moment, in order.
    faults : answers to give to the next requests instead, first one first; None lets one through.
    alive_for : list requests after which it stops answering and closes its socket.
    budget : list requests that a day has; then 429 with the hours until the next.
    key : the only key that is accepted, where set.
    is_filtering : False gives all works whatever is asked.
    """

    def __init__(self, works: list[dict] = (), institutions: list[dict] = (), *, port: int = 0) -> None:
        self.entities = {"works": list(works), "institutions": list(institutions)}
        self.log: list[dict] = []
        self.faults: list[Answer | None] = []
        self.alive_for: int | None = None
        self.budget: int | None = None
        self.key: str | None = None
        self.is_filtering = True
        self._values: dict[tuple[int, str], frozenset] = {}
        self._index: dict[tuple[str, str], tuple[tuple[int, ...], dict[str, set[int]]]] = {}
        self._groups: Callable[[str, str], Counter] = self._count_groups
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.handle(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "OpenAlexServer":
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def lists(self) -> list[dict]:
        """The list requests that were answered, which are those that cost something."""
        return [entry for entry in self.log if "/" not in entry["path"] and entry["status"] == 200]

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        split = urlsplit(request.path)
        params = {name: values[-1] for name, values in parse_qs(split.query).items()}
        path = split.path.strip("/")
        if self.alive_for is not None and len(self.lists()) >= self.alive_for:
            self.log.append({"path": path, "params": params, "status": None, "time": time.monotonic()})
            request.close_connection = True
            request.connection.close()
            return
        fault = self.faults.pop(0) if self.faults else None
        status, headers, body = fault or self.answer(path, params)
        self.log.append({"path": path, "params": params, "status": status, "time": time.monotonic()})
        content = gzip.compress(body.encode() if isinstance(body, str) else json.dumps(body).encode())
        request.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Content-Length": str(len(content)),
            **headers,
        }.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def answer(self, path: str, params: dict[str, str]) -> Answer:
        if self.key is not None and params.get("api_key") != self.key:
            return (
                401,
                {},
                {"error": "Unauthorized", "message": f"API key {params.get('api_key')} not found or invalid."},
            )
        entity, _, single = path.partition("/")
        if entity not in self.entities:
            return 404, {}, {"error": "Not found", "message": f"{path} not found"}
        if single:
            return self._one(entity, single, params)
        if self.budget is not None and len(self.lists()) >= self.budget:
            return (
                429,
                {"Retry-After": "25200", "X-RateLimit-Remaining": "0"},
                {"error": "Rate limit exceeded", "message": "Insufficient budget.", "retryAfter": 25200},
            )
        try:
            return (self._grouped if "group_by" in params else self._listed)(entity, params)
        except ValueError as error:
            return 400, {}, {"error": "Invalid query parameters error.", "message": str(error)}

    def _one(self, entity: str, single: str, params: dict) -> Answer:
        for record in self.entities[entity]:
            if _short(record["id"]) == single.lower():
                return 200, {}, _selected(record, params)
        return 404, {}, {"error": "Not found", "message": f"{single} not found"}

    def _listed(self, entity: str, params: dict) -> Answer:
        size = int(params.get("per_page", 25))
        if not 1 <= size <= 100:
            raise ValueError("per-page parameter must be between 1 and 100")
        found = self._matching(entity, params)
        start = _position(params.get("cursor", "*"))
        page = found[start : start + size]
        # As upstream does: the cursor of the last full page leads to an empty one, whose is null.
        meta = {"count": len(found), "per_page": size, "next_cursor": _cursor(start + len(page)) if page else None}
        return 200, {}, {"meta": meta, "results": [_selected(_cut(one), params) for one in page], "group_by": []}

    def _grouped(self, entity: str, params: dict) -> Answer:
        by, _, include = params["group_by"].partition(":")
        size = int(params.get("per_page", 25))
        if size > 200:
            raise ValueError("per-page parameter must be between 1 and 200")
        if include not in ("", "include_unknown"):
            raise ValueError(f"{include} is not a valid option of group_by")
        groups = self._groups(params.get("filter", ""), by)
        if not include:
            groups = {key: count for key, count in groups.items() if key is not None}
        start = 0
        if "cursor" in params:
            ordered = sorted(groups.items(), key=lambda item: str(item[0]))
            start = _position(params["cursor"])
        else:
            ordered = sorted(groups.items(), key=lambda item: -item[1])
        page = ordered[start : start + size]
        more = "cursor" in params and page
        shown = [
            {"key": f"{ADDRESSES.get(by, '')}{key}", "key_display_name": str(key), "count": count}
            for key, count in page
        ]
        meta = {
            "count": self._total(entity, params),
            "groups_count": len(page),
            "per_page": size,
            "next_cursor": _cursor(start + len(page)) if more else None,
        }
        return 200, {}, {"meta": meta, "results": [], "group_by": shown}

    def _total(self, entity: str, params: dict) -> int:
        return len(self._matching(entity, params)) if self.entities[entity] else 0

    def _count_groups(self, filters: str, by: str) -> Counter:
        counted: Counter = Counter()
        for work in self._matching("works", {"filter": filters}):
            counted.update(self._values_of(work, by) or {None})
        return counted

    def serve_groups(self, groups: Callable[[str, str], Counter]) -> None:
        """Answer group_by from `groups(filter, field)` instead of counting works."""
        self._groups = groups

    def _values_of(self, record: dict, field: str) -> frozenset:
        if field not in FIELDS:
            raise ValueError(
                f"{field} is not a valid field. Valid fields are underscore or hyphenated "
                f"versions of: {', '.join(sorted(FIELDS))}."
            )
        place = (id(record), field)
        if place not in self._values:
            self._values[place] = frozenset(v for v in FIELDS[field](record) if v is not None)
        return self._values[place]

    def _matching(self, entity: str, params: dict) -> list[dict]:
        found = self.entities[entity]
        parts = list(filter(None, params.get("filter", "").split(",")))
        if not parts or entity == "works" and not self.is_filtering:
            return found
        return [found[place] for place in sorted(set.intersection(*(self._places(entity, part) for part in parts)))]

    def _places(self, entity: str, part: str) -> set[int]:
        """Return which records one part of a filter, such as `type:!a|b`, lets through."""
        field, _, value = part.partition(":")
        is_negated = value.startswith("!")
        wanted = value.removeprefix("!").split("|")
        if len(wanted) > 100:
            raise ValueError(f"Maximum number of values exceeded for {field}. Decrease values to 100")
        if any(one.startswith("!") for one in wanted):
            raise ValueError("The ! operator can only be used at the beginning of an OR query")
        having = self._having(entity, field)
        found = set().union(*(having.get(_short(one), ()) for one in wanted))
        return set(range(len(self.entities[entity]))) - found if is_negated else found

    def _having(self, entity: str, field: str) -> dict[str, set[int]]:
        """Return the places of the records that have each value of a field; made anew where records changed."""
        records = self.entities[entity]
        now = (len(records), *map(id, records[:1] + records[-1:]))
        before, having = self._index.get((entity, field), (None, {}))
        if before != now:
            having = defaultdict(set)
            for place, record in enumerate(records):
                for value in self._values_of(record, field):
                    having[_short(value)].add(place)
            self._index[entity, field] = now, having
        return having


def _cut(record: dict) -> dict:
    """Cut a work in a list to 100 authors, as the API does."""
    if len(record.get("authorships") or ()) <= 100:
        return record
    return {**record, "authorships": record["authorships"][:100], "is_authors_truncated": True}


def _selected(record: dict, params: dict) -> dict:
    if "select" not in params:
        return record
    names = params["select"].split(",")
    if wrong := [name for name in names if name not in ROOT_FIELDS]:
        raise ValueError(
            f"{wrong[0]} is not a valid select field. Valid fields for select are: {', '.join(sorted(ROOT_FIELDS))}."
        )
    return {name: record[name] for name in names if name in record}


def _cursor(position: int) -> str:
    return urlsafe_b64encode(f"position {position}".encode()).decode()


def _position(cursor: str) -> int:
    if cursor == "*":
        return 0
    try:
        return int(urlsafe_b64decode(cursor).split()[1])
    except (ValueError, IndexError):
        raise ValueError("Cursor value is invalid.") from None


def make_work(
    number: int,
    countries: Iterable[Iterable[str]] = (("CN",),),
    *,
    year: int = 2024,
    citations: int | None = 0,
    subfield: str = "1702",
    kind: str = "article",
    institutions: Iterable[str] = (),
    **more: object,
) -> dict:
    """Return a work in the API's shape: one author for each item of `countries`."""
    authors = [
        {
            "author_position": "middle",
            "author": {"id": f"{URL}/A{number}{place}", "display_name": "N. N.", "orcid": None},
            "institutions": [
                {
                    "id": f"{URL}/{one}",
                    "display_name": one,
                    "ror": None,
                    "country_code": (list(codes) or [None])[0],
                    "type": "education",
                    "lineage": [],
                }
                for one in institutions
            ],
            "countries": sorted(codes),
            "raw_affiliation_strings": [],
        }
        for place, codes in enumerate(countries)
    ]
    return {
        "id": f"{URL}/W{number}",
        "publication_year": year,
        "type": kind,
        "language": "en",
        "is_retracted": False,
        "cited_by_count": citations,
        "counts_by_year": [],
        "primary_topic": {"id": f"{URL}/T1", "subfield": {"id": f"{URL}/subfields/{subfield}"}},
        "authorships": authors,
        "updated_date": "2026-01-01",
        **more,
    }
