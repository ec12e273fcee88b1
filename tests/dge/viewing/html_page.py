# SPDX-License-Identifier: Apache-2.0
"""A page as a browser's parser sees it."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import numpy as np

TAGS = set(
    "html head meta title style body header h1 h2 p main section div img ul li span figure "
    "figcaption table tr th td details summary pre footer script".split()
)
"""Every element that a page is built from; anything else was injected."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """All elements with the text directly inside them, in document order."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in {"meta", "img"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, "elements overlap"

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data

    @property
    def text(self) -> str:
        """What a reader sees, scripts and styles aside."""
        shown = (each for each in self.elements if each.tag not in {"script", "style"})
        return "\n".join(each.text for each in shown)

    @property
    def figure(self) -> dict[str, Any]:
        (script,) = (e for e in self.elements if e.attributes.get("id") == "figure")
        return dict(json.loads(script.text))

    @property
    def policy(self) -> str:
        metas = (e.attributes for e in self.elements if e.tag == "meta")
        (policy,) = (
            meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy
        return policy

    @property
    def programs(self) -> list[str]:
        """Scripts that run."""
        scripts = (e for e in self.elements if e.tag == "script")
        return [e.text for e in scripts if e.attributes.get("type") is None]

    @property
    def images(self) -> list[bytes]:
        sources = [e.attributes["src"] or "" for e in self.elements if e.tag == "img"]
        return [base64.b64decode(source.partition(";base64,")[2]) for source in sources]

    def faults(self) -> list[str]:
        """List what a self-contained page of ours does not have."""
        found = [f"element {e.tag}" for e in self.elements if e.tag not in TAGS]
        for element in self.elements:
            for name, value in element.attributes.items():
                if name.startswith("on"):
                    found.append(f"handler {name}")
                if name in {"src", "href", "srcset", "action", "data"} and not (
                    value or ""
                ).startswith("data:image/"):
                    found.append(f"{name}={value!r}"[:80])
        hashes = {
            base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
            for program in self.programs
        }
        allowed = set(re.findall(r"'sha256-([^']+)'", self.policy))
        if hashes != allowed:
            found.append("scripts other than those allowed")
        if "default-src 'none'" not in self.policy:
            found.append("requests are allowed")
        style = "".join(e.text for e in self.elements if e.tag == "style")
        if "url(" in style or "@import" in style:
            found.append("the style loads something")
        return found


def read_page(text: str) -> Page:
    """Parse a page; every element that is opened has to be closed."""
    page = Page()
    page.feed(text)
    page.close()
    assert page._open == []
    return page


def numbers(packed: dict[str, str] | list[float]) -> np.ndarray:
    """Unpack an array as plotly.js does."""
    if isinstance(packed, list):
        return np.array(packed, dtype=float)
    assert packed["dtype"] == "f4"
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype="<f4")
