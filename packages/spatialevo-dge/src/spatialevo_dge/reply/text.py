# SPDX-License-Identifier: Apache-2.0
"""From a raw reply to plain text: mark-up off, Unicode folded, the committed part picked out.

Every expression here is linear in the text: runs of blanks are collapsed before anything that skips
them, and nothing repeats inside a repetition.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

MAX_CHARS: Final = 8192
"""Longest reply that is read. An answer is a line; what is longer hides one."""

_VULGAR: Final = {
    ord(sign): f" {unicodedata.normalize('NFKC', sign).replace('⁄', '/')} "
    for sign in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}
_SIGNS: Final = _VULGAR | {
    ord(sign): plain
    for signs, plain in (
        ("²", "^2"),
        ("³", "^3"),
        ("’‘′´`", "'"),
        ("“”″«»", '"'),
        ("−‐‑", "-"),
        ("–", "–"),
        ("—―", " ; "),
        ("。", ". "),
        ("、", ", "),
        ("·⋅∙", "×"),
        ("∼～〜", "~"),
        ("_\u200b\ufeff", " "),
    )
    for sign in signs
}

_LATEX: Final = (
    (re.compile(r"\\[dt]?frac\{([0-9.]{1,20})\}\{([0-9.]{1,20})\}"), r" \1/\2 "),
    (re.compile(r"\\(?:left|right)(?=[\\()\[\]|.{}])"), " "),
    (re.compile(r"\\(?:approx|sim|simeq)(?![a-zA-Z])"), " ≈ "),
    (re.compile(r"\\(?:times|cdot)(?![a-zA-Z])"), " × "),
    (re.compile(r"\\pm(?![a-zA-Z])"), " ± "),
    (re.compile(r"\\(?:leq?|lt)(?![a-zA-Z])"), " < "),
    (re.compile(r"\\(?:geq?|gt)(?![a-zA-Z])"), " > "),
    (re.compile(r"\^\{ ?([23]) ?\}"), r"^\1"),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\[a-zA-Z]{1,30}|\\."), " "),
    (re.compile(r"[${}]"), " "),
)
_TAG: Final = re.compile(r"<[a-zA-Z/][^<>]{0,80}>")
_HEADING: Final = re.compile(r"^#+", re.MULTILINE)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_STARRED: Final = re.compile(r"(?<=[0-9a-zA-Z)]) ?\* ?(?=[0-9(])")

_MARKER: Final = re.compile(
    r"\b(?:answer|option|choice|total)\b(?: to (?:the|this|your) question)?['\"]? ?"
    r"(?:(?:is|are|would be|should be|must be)\b(?! not\b) ?:?|[:=]|->|→)",
    re.IGNORECASE,
)
_CONCLUSION: Final = re.compile(
    r"\b(?:therefore|thus|hence|so|overall|altogether|in total|total of|in conclusion|finally)\b",
    re.IGNORECASE,
)
_REASON: Final = re.compile(r"\b(?:because|since|explanation|reasoning|reason)\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"(?:(?<=[0-9)²\"'])|(?<=[^\W\d_]{2}))[.;!](?=\s)")
_LINE: Final = re.compile(r"\n")
_BREAK: Final = re.compile(rf"{_SENTENCE_END.pattern}|\n")
_ASIDE: Final = re.compile(r"\([^()]*\)")
_SENTENCE: Final = re.compile(r"(?:[^.?!\n]|\.(?!\s|$))*[.?!\n]?")
_ASKING: Final = re.compile(
    r"(?:^|[,:;])\s*(?:is|are|was|were|do|does|did|can|could|would|in which|from which)\b"
    r"|\b(?:which|what|how|where|who|whether|does)\b",
    re.IGNORECASE,
)
_INVERTED: Final = re.compile(r"\s*(?:how|is|are|was|does|do)\b", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of plain text: a number, a word, a sign or the end of a line.

    Attributes:
        text: As written.
        low: In lower case.
        kind: ``"number"``, ``"word"``, ``"sign"`` or ``"line"``.
        glued: Whether nothing separates it from the token before.
    """

    text: str
    low: str
    kind: str
    glued: bool


_TOKEN: Final = re.compile(
    r"""
      (?P<number>
          (?:
              [1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])(?:\.[0-9]+)?   # 1,200.5
            | [1-9][0-9]{0,2}(?:[ ][0-9]{3})+(?![0-9])(?:\.[0-9]+)?        # 1 200.5
            | [0-9]+\.[0-9]+ | (?<![0-9.])\.[0-9]+                         # 1.5, .5
            | [0-9]+,[0-9]{1,2}(?![0-9]|,[0-9])                            # 1,5
            | 0,[0-9]+(?![0-9]|,[0-9])                                     # 0,125
            | [0-9]+
          )
          (?:[eE][+-]?[0-9]{1,3}(?![0-9a-zA-Z]))?
      )
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    | (?P<line>\n)
    | (?P<sign>\S)
    """,
    re.VERBOSE,
)
_DECIMAL_COMMA: Final = re.compile(r"0,[0-9]+|[0-9]+,[0-9]{1,2}")


def tokenize(text: str) -> list[Token]:
    """Cut plain text into tokens."""
    tokens = []
    end = -1
    for match in _TOKEN.finditer(text):
        piece = match.group()
        kind = match.lastgroup
        assert kind is not None  # noqa: S101 - each alternative is named
        tokens.append(Token(piece, piece.lower(), kind, match.start() == end))
        end = match.end()
    return tokens


def numeral(text: str) -> float:
    """Read a number token; infinite when it is too large for a float."""
    mantissa, mark, exponent = text.lower().partition("e")
    if _DECIMAL_COMMA.fullmatch(mantissa):
        mantissa = mantissa.replace(",", ".")
    return float(mantissa.replace(",", "").replace(" ", "") + mark + exponent)


def plain(text: str) -> str:
    """Take off mark-up: LaTeX, Markdown, HTML tags; collapse blanks, keep lines."""
    if "\\" in text or "$" in text or "{" in text:
        for pattern, plain_text in _LATEX:
            text = pattern.sub(plain_text, text)
    text = _HEADING.sub("", _TAG.sub(" ", text))
    text = _BLANKS.sub(" ", text).replace("**", "")
    text = _STARRED.sub(" × ", text).replace("*", " ").replace("#", " # ")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n"))


def fold_unicode(text: str) -> str:
    """Fold Unicode: fractions, superscripts, full-width signs, digits, dashes, quotes."""
    if text.isascii():
        return text.replace("`", "'").replace("_", " ")
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def committed(text: str) -> tuple[str, ...]:
    r"""Return the parts in which the reply commits itself, as plain text.

    What stands in ``<answer>`` tags, else in ``\boxed{}``, else all of it; thoughts in ``<think>``
    tags never count.
    """
    text = _without_thoughts(text)
    parts = _tagged(text) or (text,)
    boxed = tuple(box for part in parts for box in _boxes(part))
    return tuple(plain(part) for part in boxed or parts)


def _without_thoughts(text: str) -> str:
    low = _lower(text)
    close = low.rfind("</think>")
    if close >= 0:
        text, low = text[close + 8 :], low[close + 8 :]
    opened = low.find("<think>")
    return text if opened < 0 else text[:opened]


def _lower(text: str) -> str:
    """Lower the ASCII letters alone, so that positions stay."""
    return text.translate(_ASCII_LOWER)


_ASCII_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _tagged(text: str) -> tuple[str, ...]:
    low = _lower(text)
    parts = []
    start = low.find("<answer>")
    while start >= 0:
        end = low.find("</answer>", start)
        end = len(text) if end < 0 else end
        parts.append(text[start + 8 : end])
        start = low.find("<answer>", end)
    return tuple(parts)


def _boxes(text: str) -> list[str]:
    r"""Contents of every ``\boxed{…}``, braces balanced; an open one reaches to the end."""
    boxes = []
    start = text.find("\\boxed{")
    while start >= 0:
        depth = 1
        place = start + 7
        while place < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
        boxes.append(text[start + 7 : place - (depth == 0)])
        start = text.find("\\boxed{", place)
    return boxes


def after_markers(text: str) -> tuple[str, ...]:
    """Texts that follow "answer:", "the answer is", "total:" and their like, each to the next."""
    marks = list(_MARKER.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    rests = (text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=False))
    return tuple(rest for rest in rests if rest)


def first_sentence(text: str) -> str:
    """Text up to the first end of a line or sentence, or the first "because"."""
    ends = [
        match.start()
        for match in (_SENTENCE_END.search(text), _REASON.search(text), _LINE.search(text))
        if match
    ]
    return text[: min(ends)] if ends else text


def sentences(text: str) -> list[str]:
    """Cut text at the ends of its sentences and lines; none is blank."""
    return [piece for piece in map(str.strip, _BREAK.split(text)) if piece]


def asides(text: str) -> list[str]:
    """Return what stands in parentheses, with them."""
    return _ASIDE.findall(text)


def before_reason(text: str) -> str:
    """Text before the first "because", "explanation" …; all of it where there is none."""
    match = _REASON.search(text)
    return text[: match.start()] if match else text


def conclusion(text: str) -> str:
    """Text after the last "therefore", "so" …; all of it where there is none."""
    ends = [match.end() for match in _CONCLUSION.finditer(text)]
    rests = (text[end:] for end in reversed(ends))
    return next((rest for rest in rests if any(map(str.isalnum, rest))), text)


def without_questions(text: str) -> str:
    """Drop repeated questions, which hold an asking word; "left?" is an answer and stays."""
    kept = [sentence for sentence in _SENTENCE.findall(text) if not _asks(sentence)]
    return " ".join(kept)


def _asks(sentence: str) -> bool:
    """Whether a sentence asks, with a question mark or by its first words."""
    asking = sentence.rstrip().endswith("?") and _ASKING.search(sentence)
    return bool(asking or _INVERTED.match(sentence))
