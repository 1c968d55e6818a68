"""A real HTTP server on this machine that answers as a public S3 bucket does: lists, heads, ranges."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

DATE = "Fri, 26 Jun 2026 00:00:00 GMT"
_LIST = (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult '
    'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name><KeyCount>{n}</KeyCount>'
    "<IsTruncated>{more}</IsTruncated>{next}{contents}</ListBucketResult>"
)
_ONE = (
    "<Contents><Key>{key}</Key><LastModified>2026-06-26T00:00:00.000Z</LastModified>"
    "<ETag>&quot;0&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
)


class BucketServer:
    """Serves the files below `folder` as the bucket `name`.

    page : keys that one answer lists at most.
    log : method, key (or `list`) and bytes sent of each request, in order.
    refused : keys of which no content is given (403).
    busy : how many of the next requests are answered by 503.
    """

    def __init__(self, folder: Path, name: str = "openalex", page: int = 3) -> None:
        self.folder, self.name, self.page = folder, name, page
        self.log: list[tuple[str, str, int]] = []
        self.refused: set[str] = set()
        self.busy = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "BucketServer":
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def sent(self, ending: str) -> int:
        """Return the bytes of content given of all keys of one ending."""
        return sum(size for method, key, size in self.log if method == "GET" and key.endswith(ending))

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        url = urlsplit(request.path)
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        path = self.folder / key
        if self.busy:
            self.busy -= 1
            self._send(request, 503, b"<Error><Code>SlowDown</Code></Error>", key)
        elif "Authorization" in request.headers or key in self.refused:
            self._send(request, 403, b"<Error><Code>AccessDenied</Code></Error>", key)
        elif bucket == self.name and not key and request.command == "GET":
            self._send(request, 200, self._listed(parse_qs(url.query)), "list")
        elif bucket == self.name and path.is_file():
            self._send_file(request, path, key)
        else:
            self._send(request, 404, b"<Error><Code>NoSuchKey</Code></Error>", key)

    def _listed(self, query: dict[str, list[str]]) -> bytes:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        keys = [key for key in keys if key.startswith(prefix) and key > after]
        shown, more = keys[: self.page], len(keys) > self.page
        contents = "".join(_ONE.format(key=escape(key), size=(self.folder / key).stat().st_size) for key in shown)
        token = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>" if more else ""
        return _LIST.format(
            bucket=self.name, n=len(shown), more=str(more).lower(), next=token, contents=contents
        ).encode()

    def _send_file(self, request: BaseHTTPRequestHandler, path: Path, key: str) -> None:
        content, extra = path.read_bytes(), {"Last-Modified": DATE, "ETag": '"0"'}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if not asked:
            self._send(request, 200, content, key, extra)
            return
        start, stop = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
        extra["Content-Range"] = f"bytes {start}-{stop}/{len(content)}"
        self._send(request, 206, content[start : stop + 1], key, extra)

    def _send(
        self,
        request: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        key: str,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.log.append((request.command, key, len(content) if status < 300 else 0))
        request.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(extra or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)
