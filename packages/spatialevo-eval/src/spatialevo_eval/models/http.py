# SPDX-License-Identifier: Apache-2.0
"""One JSON request over HTTP, with what a caller has to know of its failure."""

from __future__ import annotations

import email.utils
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final

MAX_QUOTED: Final = 300
"""Characters of a server's own error message that are passed on."""
_TRANSIENT: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_SETUP: Final = frozenset({401, 403, 404, 405})


class HttpError(RuntimeError):
    """A request that failed.

    Attributes:
        transient: Whether the same request may succeed later.
        setup: Whether every other request would fail in the same way: a wrong address, key or name.
        wait: Seconds that the server asks to wait; None where it does not say.
    """

    def __init__(
        self, message: str, *, transient: bool, setup: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.setup = setup
        self.wait = wait


def post_json(url: str, body: object, headers: Mapping[str, str], timeout: float) -> object:
    """Post JSON and return the JSON that comes back.

    Args:
        url: ``http://`` or ``https://``.
        body: What is sent.
        headers: Beside the content type.
        timeout: Seconds without a byte from the server.

    Raises:
        HttpError: No JSON came back.
    """
    data = json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, data=data, headers=sent, method="POST")  # noqa: S310 - the caller's scheme is checked
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - as above
            raw = answer.read()
    except urllib.error.HTTPError as error:
        raise _refused(url, error) from error
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        text = f"{url}: {type(reason).__name__}: {reason}"
        raise HttpError(text, transient=True) from error
    try:
        found: object = json.loads(raw)
    except ValueError as error:
        raise HttpError(f"{url}: not JSON: {raw[:80]!r}", transient=True) from error
    return found


def _refused(url: str, error: urllib.error.HTTPError) -> HttpError:
    try:
        said = error.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        said = ""
    quoted = " ".join(said.split())[:MAX_QUOTED]
    return HttpError(
        f"{url}: {error.code} {error.reason}: {quoted}",
        transient=error.code in _TRANSIENT,
        setup=error.code in _SETUP,
        wait=_wait(error.headers["Retry-After"]) if error.headers else None,
    )


def _wait(header: str | None) -> float | None:
    """Read ``Retry-After``: seconds or a date (RFC 9110, section 10.2.3)."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
