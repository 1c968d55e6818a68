"""OpenAlex's REST API: paced, retried within bounds, and never with the key in sight."""

import logging
import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx2
import stamina
from hishel import SqliteStorage
from hishel.httpx2 import CacheTransport

from compendium.project.errors import InputError
from compendium.sources.pace import evenly
from compendium.sources.source import Estimate

BASE = "https://api.openalex.org"
BASE_VARIABLE = "COMPENDIUM_OPENALEX"
KEY_VARIABLE = "OPENALEX_API_KEY"
#: Requests a second, records a page, groups a page, values that one filter may join by "or".
RATE, PER_PAGE, GROUPS, OR_VALUES = 10.0, 100, 200, 100
#: US dollars: of one list request (a single record is free), and of a day without and with a key.
LIST_COST, DAY_WITHOUT_KEY, DAY_WITH_KEY = 0.0001, 0.10, 1.00
#: Seconds that an answer to a full page usually takes; no more than an assumption of estimates.
SECONDS_AN_ANSWER = 1.0
#: Seconds that a "too many requests" may ask to wait; if longer, it is the day's budget.
LONGEST_WAIT = 60.0
_AGAIN = frozenset({429, 500, 502, 503, 504})


class ApiError(InputError):
    """A request that OpenAlex refused or did not answer; `status` is its HTTP status, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class BudgetError(ApiError):
    """The day's budget is used up; what was fetched is kept."""


class _PassingError(ApiError):
    """A failure that may be over at the next attempt, after `wait` seconds where they are stated."""

    def __init__(self, message: str, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message, status)
        self.wait = wait


def estimated(works: int, requests: int) -> Estimate:
    """Return what so many works to fetch and list requests take: time on the wire, price and free budget.

    The days that the free budget needs are more where there is no key.
    """
    daily = DAY_WITH_KEY if api_key() else DAY_WITHOUT_KEY
    cost = requests * LIST_COST
    days = ceil(round(cost / daily, 9))
    free = (
        f"${daily:.2f} a day with a key"
        if api_key()
        else f"${daily:.2f} a day without a key; {KEY_VARIABLE} set to a free key makes it ${DAY_WITH_KEY:.2f}"
    )
    return Estimate(
        source="OpenAlex",
        works=works,
        requests=requests,
        minutes=max(1, round(requests * max(SECONDS_AN_ANSWER, 1 / RATE) / 60)) if requests else 0,
        more=f"${cost:.4f} (free: {free}){f', over {days:,} days' if days > 1 else ''}",
    )


def api_key() -> str | None:
    """Return the key from the environment, the only place that it comes from."""
    return os.environ.get(KEY_VARIABLE, "").strip() or None


class _Wire(httpx2.BaseTransport):
    """The last step before the network: keeps the pace, adds the key, and removes it from answers.

    All that lies above (cache, log lines, exceptions, tracebacks) sees addresses without the key,
    even where a server repeats it in an answer. Another host never gets it.
    """

    def __init__(self, base: httpx2.URL, rate: float) -> None:
        proxy = None if proxy_bypass(base.host) else getproxies().get(base.scheme)
        self._inner = httpx2.HTTPTransport(proxy=proxy)
        self._base, self._key, self._limiter = base, api_key(), evenly(rate)
        self._log = logging.getLogger("httpcore2.http11")  # prints the headers of answers when debugging
        self._log.addFilter(self._clean_record)
        self.sent = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._limiter.try_acquire()
        self.sent += 1
        try:
            answer = self._inner.handle_request(self._with_key(request))
            content = answer.read()
        except httpx2.RequestError as error:  # its traceback holds the address with the key
            raise type(error)(self._without_key(str(error))) from None
        # Read and unpacked, so what described the packed body goes.
        headers = [
            (name, self._without_key(value))
            for name, value in answer.headers.multi_items()
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        if self._key:
            content = content.replace(self._key.encode(), b"***")
        clean = httpx2.Response(answer.status_code, headers=headers, content=content)
        if clean.is_success and not isinstance(_json(clean), dict):
            raise httpx2.RemoteProtocolError("the answer is not a JSON object")
        return clean

    def _with_key(self, request: httpx2.Request) -> httpx2.Request:
        home = (request.url.scheme, request.url.netloc) == (self._base.scheme, self._base.netloc)
        url = request.url.copy_set_param("api_key", self._key) if self._key and home else request.url
        return httpx2.Request(request.method, url, headers=request.headers, extensions=request.extensions)

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text

    def _clean_record(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._without_key(record.getMessage()), ()
        return True

    def close(self) -> None:
        self._log.removeFilter(self._clean_record)
        self._inner.close()


def _json(answer: httpx2.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """Read a number of seconds, credits or dollars, or a date as seconds from now."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        pass
    try:
        return (parsedate_to_datetime(str(value)) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


def _said(answer: httpx2.Response) -> str:
    """Return a server's own words about an error, on one line."""
    body = _json(answer)
    parts = [body.get("error"), body.get("message")] if isinstance(body, dict) else [answer.text]
    return " ".join(" ".join(str(part) for part in parts if part).split())[:500] or "no message"


def _refusal(answer: httpx2.Response) -> ApiError:
    """Return the error that an answer other than a success stands for."""
    status, said = answer.status_code, _said(answer)
    body = _json(answer)
    if status == 429:
        stated = (answer.headers.get("Retry-After"), body.get("retryAfter") if isinstance(body, dict) else None)
        waits = [wait for wait in map(_number, stated) if wait is not None]
        left = [_number(answer.headers.get(name)) for name in ("X-RateLimit-Remaining", "X-RateLimit-Remaining-USD")]
        if max(waits, default=0.0) > LONGEST_WAIT or any(number == 0 for number in left):
            return BudgetError(_budget_message(said, max(waits, default=None)), status)
        return _PassingError(f"{status}: {said}", status, max(waits[0], 0.0) if waits else None)
    if status in _AGAIN:
        return _PassingError(f"{status}: {said}", status)
    hint = f"; is {KEY_VARIABLE} the key of your account?" if status == 401 else ""
    return ApiError(f"OpenAlex answered {status}: {said}{hint}", status)


def _budget_message(said: str, wait: float | None) -> str:
    again = f"in about {max(1, round(wait / 3600))} h" if wait else "tomorrow"
    more = "" if api_key() else f", or set {KEY_VARIABLE} to a free key, which has ten times the budget"
    return (
        f"OpenAlex's budget of the day is used up ({said}); what was fetched is kept: run the same "
        f"command again {again}{more}"
    )


class OpenAlex:
    """A client of the API; use it in a `with` block.

    Parameters
    ----------
    base : address of the API; `COMPENDIUM_OPENALEX`, or OpenAlex's own, where None.
    rate : requests a second.
    attempts, first_wait : how often a failure that may pass is tried, and the first pause between,
        in seconds; pauses double.
    timeout : seconds that a connection or an answer may take.
    answers : file that keeps every answer, so that the same question is not asked again.
    """

    def __init__(
        self,
        base: str | None = None,
        *,
        rate: float = RATE,
        attempts: int = 5,
        first_wait: float = 1.0,
        timeout: float = 60.0,
        answers: Path | None = None,
    ) -> None:
        self.base = httpx2.URL((base or os.environ.get(BASE_VARIABLE) or BASE).rstrip("/"))
        if self.base.scheme not in ("http", "https") or not self.base.host:
            raise InputError(f"{BASE_VARIABLE}: {str(self.base)!r} is no address such as {BASE}")
        self._wire = _Wire(self.base, rate)
        transport: httpx2.BaseTransport = self._wire
        if answers is not None:
            answers.parent.mkdir(parents=True, exist_ok=True)
            transport = CacheTransport(self._wire, storage=SqliteStorage(database_path=answers))
        self._client = httpx2.Client(transport=transport, timeout=timeout, follow_redirects=True)
        self.asked = 0  #: questions put, also those that a kept answer answers
        self._retries = {
            "attempts": attempts,
            "timeout": None,
            "wait_initial": first_wait,
            "wait_jitter": first_wait,
            "wait_max": LONGEST_WAIT,
        }

    @property
    def sent(self) -> int:
        """Requests that went out so far, repeated ones among them."""
        return self._wire.sent

    def __enter__(self) -> "OpenAlex":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: object) -> dict:
        """Return the answer to one request.

        Raises BudgetError if the day's budget is used up, and ApiError for a request that is refused
        or has no answer after all attempts.
        """
        self.asked += 1
        try:
            for attempt in stamina.retry_context(on=_pause, **self._retries):
                with attempt:
                    return self._once(path, parameters)
        except _PassingError as error:
            raise ApiError(
                f"OpenAlex did not answer in {self._retries['attempts']} attempts ({error}); "
                "what was fetched is kept: run the same command again later",
                error.status,
            ) from None
        raise AssertionError("unreachable")

    def _once(self, path: str, parameters: dict) -> dict:
        try:
            answer = self._client.get(f"{self.base}/{path}", params=parameters)
        except httpx2.RequestError as error:
            raise _PassingError(f"{type(error).__name__}: {error}") from None
        if not answer.is_success:
            raise _refusal(answer)
        return answer.json()

    def groups(self, entity: str, filters: str, by: str) -> dict[str, int]:
        """Return how many records each value of the field `by` has, over all pages of groups.

        Keys that are addresses are cut to what follows the last slash, such as `US`. Where every
        record has just one value, the page that completes `meta.count` is the last one asked for.
        """
        found: dict[str, int] = {}
        cursor = "*"
        while cursor:
            groups, meta = self.page(entity, "group_by", filter=filters, group_by=by, per_page=GROUPS, cursor=cursor)
            try:
                found |= {str(one["key"]).rsplit("/", 1)[-1]: int(one["count"]) for one in groups}
            except (KeyError, TypeError, ValueError):
                raise ApiError(f"OpenAlex gave groups by {by} without key or count") from None
            complete = by in SINGLE_VALUED and sum(found.values()) == meta.get("count")
            cursor = None if complete or not groups else meta.get("next_cursor")
        return found

    def page(self, entity: str, part: str = "results", **parameters: object) -> tuple[list, dict]:
        """Return one page of a list, or of groups, and what the answer says of itself."""
        answer = self.get(entity, **parameters)
        rows, meta = answer.get(part), answer.get("meta")
        if not isinstance(rows, list) or not isinstance(meta, dict):
            raise ApiError(f"OpenAlex gave a page of {entity} without {part} or meta")
        return rows, meta


#: Fields of which a work has one value at most.
SINGLE_VALUED = frozenset({"publication_year", "cited_by_count", "type"})


def _pause(error: Exception) -> bool | float:
    """Tell stamina whether to try again, and after how many seconds if the server said so."""
    if not isinstance(error, _PassingError):
        return False
    return True if error.wait is None else error.wait
