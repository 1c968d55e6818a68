"""Asking Dimensions: dimcli's login, its endpoint, and a loop that ends.

dimcli's own `Dsl.query` calls itself again on every 429 and every 403, without end and without a
time-out, and its `refresh_login` forgets the endpoint of a credentials file. So dimcli logs in and
knows the addresses; the queries are posted here, a bounded number of times.

The key is read from the environment or from dimcli's own file at each login. No key and no token
stands in a parameter, a message, an exception's context or an answer that leaves this module.
"""

import json
import os
from urllib.parse import urlsplit

import stamina
from pyrate_limiter import Limiter

from compendium.project.errors import InputError
from compendium.sources.pace import at_most

KEY_VARIABLE = "DIMENSIONS_KEY"
ENDPOINT_VARIABLE = "DIMENSIONS_ENDPOINT"
ENDPOINT = "https://app.dimensions.ai/api/dsl/v2"
REQUESTS_A_MINUTE = 30
#: Tries of one query, and the seconds that each may take.
ATTEMPTS = 6
TIME_OUT = 180
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _Again(Exception):
    """Something that may pass: too many requests, a server in trouble, a broken line."""


def _problem_of(status: int) -> str:
    return {429: "HTTP 429, too many requests"}.get(status, f"HTTP {status}")


class Client:
    """A session with the API. It logs in when the first query is asked.

    Parameters
    ----------
    endpoint : address of the API, such as `https://app.dimensions.ai`; by default what
        `DIMENSIONS_ENDPOINT` says, else Dimensions' own, or that of the credentials file.
    """

    def __init__(self, endpoint: str | None = None, limiter: Limiter | None = None):
        try:
            from dimcli.core.auth import APISession
        except ImportError:
            raise InputError("the source 'dimensions' needs dimcli: pip install 'compendium[dimensions]'") from None
        self._session = APISession()
        self._endpoint = endpoint or os.environ.get(ENDPOINT_VARIABLE) or ""
        self._limiter = limiter or at_most(REQUESTS_A_MINUTE, seconds=60)
        #: Requests sent, logins among them, and what the API warned of.
        self.requests = 0
        self.warnings: set[str] = set()
        address = urlsplit(self._endpoint)
        if self._endpoint and not (
            address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
        ):
            raise InputError("endpoint: the key is sent to an address that begins with https:// only")

    def query(self, text: str) -> dict:
        """Return the answer to a query.

        Raises InputError where the key is not accepted, where the API names a mistake in the
        query, or where it fails ATTEMPTS times in a row.
        """
        problem = "no answer"
        try:
            for attempt in stamina.retry_context(
                on=_Again, attempts=ATTEMPTS, timeout=None, wait_initial=5, wait_max=60
            ):
                with attempt:
                    return self._checked(self._answer(text), text)
        except _Again as error:
            problem = str(error)
        raise InputError(
            f"Dimensions failed {ATTEMPTS} times in a row ({problem}); run the same "
            "command again later: what was asked so far is kept"
        )

    def _answer(self, text: str) -> dict:
        """Post a query; where the token has expired, log in once and post it again."""
        fresh = not self._session.token
        if fresh:
            self._login()
        status, answer = self._post(text)
        if status in (401, 403) and not fresh:
            self._login()
            status, answer = self._post(text)
        if status in (401, 403):
            self._session.token = None
            raise InputError(
                f"Dimensions does not let this account ask (HTTP {status}, after a new "
                "login); ask Dimensions whether it may use the API"
            )
        said = _in_a_line(answer["errors"]) if answer and answer.get("errors") else ""
        if status == 429 or status >= 500:
            raise _Again(": ".join(filter(None, (_problem_of(status), said))))
        if status != 200 and not said:
            raise InputError(f"Dimensions answered with HTTP {status}; is the endpoint right?")
        if answer is None:
            raise _Again("an answer that is no JSON object")
        return answer

    def _post(self, text: str) -> tuple[int, dict | None]:
        """Return the status and the JSON object of one request, None where there is none."""
        import requests  # dimcli's own

        self._limiter.try_acquire()
        self.requests += 1
        problem = ""
        try:
            response = requests.post(
                self._url,
                data=text.encode(),
                timeout=TIME_OUT,
                allow_redirects=False,
                headers={"Authorization": f"JWT {self._session.token}"},
                verify=self._session.verify_ssl is not False,
            )
            return response.status_code, self._object(response.content)
        except requests.RequestException as error:
            problem = type(error).__name__
        raise _Again(f"no connection: {problem}")

    def _object(self, content: bytes) -> dict | None:
        """Return the JSON object of an answer, without the key or the token should it repeat them."""
        session = self._session
        for secret in (session.key, session.token, session.password, os.environ.get(KEY_VARIABLE)):
            if secret:
                content = content.replace(secret.encode(), "…".encode())
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            return None
        return answer if isinstance(answer, dict) else None

    @property
    def _url(self) -> str:
        # dimcli's default is the API's default version; the shapes read here are version 2's.
        url = self._session.url.rstrip("/")
        return url + "/v2" if url.endswith("/api/dsl") else url

    def _login(self) -> None:
        """Get a new token.

        The exception is raised outside of the handler: its context would hold dimcli's frames,
        and these hold the key.
        """
        self._limiter.try_acquire()
        self.requests += 1
        problem = self._try_login()
        if problem is not None:
            self._session.token = None
            raise problem

    def _try_login(self) -> Exception | None:
        import requests

        has_key = bool(os.environ.get(KEY_VARIABLE))
        missing = InputError(
            f"no key for Dimensions: set {KEY_VARIABLE}, or write ~/.dimensions/dsl.ini as dimcli "
            "wants it" + (" with a section of this endpoint's url" if self._endpoint else "")
        )
        if not has_key and not _credentials_file():
            return missing
        try:
            self._session.login(
                key=os.environ.get(KEY_VARIABLE, ""),
                verbose=False,
                endpoint=self._endpoint.rstrip("/") or (ENDPOINT if has_key else ""),
            )
        except SystemExit:  # dimcli's way to say that its file has no such section
            return missing
        except requests.HTTPError as error:
            status = error.response.status_code
            if status == 429 or status >= 500:
                return _Again(f"{_problem_of(status)}, at login")
            return InputError(
                f"Dimensions did not accept the key (HTTP {status} at login); is "
                f"{KEY_VARIABLE} or dsl.ini the key of an account that may use the API?"
            )
        except requests.RequestException as error:
            return _Again(f"no connection at login: {type(error).__name__}")
        except (KeyError, TypeError, ValueError):
            return _Again("an answer without a token, at login")
        return None

    def _checked(self, answer: dict, text: str) -> dict:
        """Return an answer that names no mistake; keep what it warns of."""
        errors = answer.get("errors")
        if errors:
            raise InputError(f"Dimensions could not answer: {_in_a_line(errors)} (the query was: {text})")
        warnings = answer.get("_warnings")
        self.warnings.update(map(str, warnings if isinstance(warnings, list) else []))
        return answer


def _credentials_file() -> str | None:
    from dimcli.core.auth import get_init_file

    return get_init_file()


def _in_a_line(errors: object) -> str:
    """Return what an answer's `errors` say: header and details, in one line."""
    query = errors.get("query") if isinstance(errors, dict) else None
    if not isinstance(query, dict):
        return " ".join(str(errors).split())
    details = query.get("details")
    details = details if isinstance(details, list) else [details] if details else []
    words = [str(query.get("header") or "error"), "; ".join(str(detail) for detail in details)]
    return " ".join(": ".join(filter(None, (word.strip() for word in words))).split())
