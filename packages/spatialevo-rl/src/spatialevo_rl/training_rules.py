# SPDX-License-Identifier: Apache-2.0
"""What training asks of a question beyond the oracle's own rules: it must not carry its answer.

The solver reads the questioner's words, so whatever the oracle reads past is a channel between the
two roles: "How far is the bed, two metres, from the desk?". The oracle's grammar already refuses
words that it does not know. Refused here is what it knows and reads past: sentences beside the
question, numbers, letters that mark options, signs, repeated marks, a second interrogative, and
things said again (`giveaways`). What remains is the choice among plain wordings of one question.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from spatialevo_dge import Legal, Question, Ruling, Scene
from spatialevo_dge.parsing.asides import without_asides
from spatialevo_dge.parsing.lexicon import of_scene
from spatialevo_rl.giveaways import giveaway
from spatialevo_rl.settings import EpisodeSettings

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_SIGNS: Final = frozenset(" .,;:?!'\u2019()[]/-")
_INTERROGATIVES: Final = frozenset("what where which who whom whose how why whereabouts".split())
_NUMBERS: Final = frozenset(
    """
    zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand half halves quarter quarters third thirds couple dozen dozens pair pairs
    double twice thrice triple single several few
    """.split()
)
_ORDINALS: Final = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_RANKS: Final = frozenset(_ORDINALS.split("|"))
_IMAGE: Final = "(?:image|picture|photo|photograph|view|shot|camera|viewpoint)"
_NUMERALS: Final = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_IMAGE_ORDINAL: Final = re.compile(
    rf"\b{_IMAGE}s? (?:number |no )?{_NUMERALS}(?: (?:and|or) {_NUMERALS})?\b"
    rf"|\b(?:{_ORDINALS})(?: (?:and|or|to)(?: the)? (?:{_ORDINALS}))? (?:{_IMAGE}|frame)s?\b"
)
_IMAGE_COUNT: Final = re.compile(rf"\b(?P<count>two|three|four|five|six|seven|eight) {_IMAGE}s\b")
_AREA_UNIT: Final = re.compile(r"\bm ?(?:\^ ?2|2|\u00b2)(?!\w)")
_OPTION_KEY: Final = re.compile(r"(?:^|[\s,;:?(])[b-h] ?[.)]|\(\s*[a-h]\s*\)|(?:^|[,;:?] ?)a ?[.)]")
_ONE: Final = re.compile(r"\bone\b")
_NO_NUMBER: Final = re.compile(
    r"\b(?:which|this|that|the closest|the nearest|the other) one\b"
    r"|\ba single (?:number|word|value|integer)\b"
)
_REPEATED: Final = re.compile(r"([^\w\s])\s*\1")
_SPELT: Final = "one two three four five six seven eight".split()


def refusal(question: Question, ruling: Ruling, scene: Scene, settings: EpisodeSettings) -> str:
    """Say why training refuses a question that the oracle can judge; empty where it does not.

    Args:
        question: The question with the frames shown; its text's white space is folded.
        ruling: What the oracle said.
        scene: Whose labels the question may name.
        settings: With the longest question, words.
    """
    text = question.text
    words = _WORD.findall(text.lower())
    if len(words) > settings.max_words:
        return f"{len(words)} words; {settings.max_words} are allowed"
    return (
        _strange_sign(text)
        or _second_question(text, words)
        or _number(text, len(question.frames))
        or _aside(text, scene)
        or (giveaway(text, ruling, scene) if isinstance(ruling, Legal) else "")
    )


def _strange_sign(question: str) -> str:
    """Refuse what is neither letter, number nor plain mark: the oracle reads past all signs."""
    text = _AREA_UNIT.sub("m", unicodedata.normalize("NFC", question.lower()))
    strange = [char for char in text if not char.isalnum() and char not in _SIGNS]
    if strange:
        return f"the sign {strange[0]!r}"
    repeated = _REPEATED.search(text)
    if repeated is not None:
        return f"the mark {repeated[1]!r} twice"
    key = _OPTION_KEY.search(text)
    return f"an option's letter: {key[0].strip()!r}" if key is not None else ""


def _second_question(question: str, words: list[str]) -> str:
    asking = [word for word in words if word in _INTERROGATIVES]
    if question.count("?") > 1 or len(asking) > 1:
        return "more than one interrogative"
    return ""


def _number(question: str, shown: int) -> str:
    """Refuse every number but an image's own and the number of images shown."""
    text = _AREA_UNIT.sub("m", question.lower())
    text = _IMAGE_ORDINAL.sub(" ", text)
    text = _IMAGE_COUNT.sub(
        lambda match: " " if match["count"] == _spelt(shown) else match[0], text
    )
    text = _NO_NUMBER.sub(" ", text)
    digit = next((char for char in text if char.isnumeric()), None)
    if digit is not None:
        return f"the number {digit!r}"
    said = next((w for w in _WORD.findall(text) if w in _NUMBERS or w in _RANKS), None)
    said = said or ("one" if _ONE.search(text) else None)
    return f"the number {said!r}" if said is not None else ""


def _spelt(count: int) -> str:
    return _SPELT[count - 1] if 1 <= count <= len(_SPELT) else ""


def _aside(question: str, scene: Scene) -> str:
    if without_asides(question, of_scene(scene)) is not None:
        return "a sentence beside the question"
    return ""
