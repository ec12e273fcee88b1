# SPDX-License-Identifier: Apache-2.0
"""Replies as models write them, drawn by seed: letters, words, numbers, ranges, refusals and more.

python -m agreement.replies FILE    writes them all, one JSON object a line, gzipped
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from agreement.records import RECORDS
from spatialevo_eval.benchmark import Item, LoadOptions
from spatialevo_eval.benchmarks import benchmark_named

__all__ = ["COMMITTED", "Case", "generate", "read"]

COMMITTED: Final = Path(__file__).with_name("replies.jsonl.gz")
PER_BENCHMARK: Final = 1000
SEED: Final = 20261128


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A reply to a record.

    Attributes:
        benchmark: The benchmark's id.
        record: Place in `RECORDS[benchmark]`.
        stratum: What sort of reply it is.
        reply: The text.
    """

    benchmark: str
    record: int
    stratum: str
    reply: str


_LETTER: Final = (
    "{L}", "{l}", "{L}.", "({L})", "{L})", "({l})", " {L} ", "**{L}**", "[{L}]", "{L}:", "`{L}`",
    "``{L}``", "\\boxed{{{L}}}", "${L}$", "{L},", "'{L}'", '"{L}"', "{L}!", "{L}\n", "\n{L}",
    "*{L}*",
    "({L}).", "<{L}>", "{L};", "{{{L}}}", "\\boxed{{\\text{{{L}}}}}", "\\boxed{{({L})}}", "_{L}_",
)  # fmt: skip
_WITH_TEXT: Final = (
    "{L}. {t}", "({L}) {t}", "{L}) {t}", "{l}. {t}", "{L} {t}", "{L}: {t}", "{L} - {t}",
    "{t} ({L})",
    "Option {L}: {t}", "**{L}. {t}**", "{L}.{t}", "{t}", "{t}.", "The {t}.", "The {t} is right.",
    "It is the {t}.", "{T}", "{t}, so {L}", "\\boxed{{{L}. {t}}}",
)  # fmt: skip
_PHRASE: Final = (
    "The answer is {L}.", "Answer: {L}", "answer: {l}", "the answer is ({L})", "Answer {L}",
    "The correct answer is {L}. {t}", "The correct option is {L}.", "My answer is {L}",
    "I choose {L}.", "I'd choose {L}", "Option {L}", "option {l}", "Choice: {L}",
    "the choice is {L}",
    "Final answer: {L}", "Final answer {L}.", "The final answer is \\boxed{{{L}}}.",
    "{L} is the correct answer.", "It is {L} because the {t} is nearer.", "So it must be {L}.",
    "The best option is {L}, since the {t} fits.", "Therefore, {L}.", "Thus the answer is **{L}**.",
    "Answer:\n{L}", "Correct answer: {L}", "The answer should be {L}.", "Assistant: {L}",
    "The answer is: {L}) {t}", "ANSWER: {L}", "The answer is option {L}.", "Answer is {L}",
)  # fmt: skip
_OPINION: Final = (
    "I think {L}", "I think it is {L}.", "I think the answer is {L}.", "I think B", "I'd say {L}.",
    "I believe ({L})", "I would go with {L}.", "Maybe {L}?", "Probably {l}.", "I guess {t}.",
    "I see the {t}, i.e. {L}.", "I'm fairly sure it's {L}", "In my view, {L}",
    "Looks like {L} to me.",
    "I would say the {t}, i.e., {L}", "E.g. the {t}.", "Clearly {L}, e.g. the {t}.",
)  # fmt: skip
_SENTENCE: Final = (
    "A chair stands to the left of a desk.", "Because the {t} is nearer.",
    "The {t} is closest to us.",
    "Based on the image, the {t} comes first.", "It stands on a box.", "The colour is red.",
    "Behind the sofa there is a lamp.", "Drawing shows a cube.", "Cube and dice look alike.",
    "A careful look shows the {t}.", "Dark objects are farther. The {t} wins.", "Both look alike.",
    "Definitely the {t}.", "Down the hall I see {t}.", "Apparently the {t}.", "Bottle", "blue",
    "Dog bed",
    "Answer depends on the view.", "The choice cannot be made.", "a box is there",
    "This was taken in the USA.", "On the NBA. Then the {t}.", "The 3D view shows {t}.", "a",
)  # fmt: skip
_CONTRAST: Final = (
    "Not {M}, but {L}.", "{L}, not {M}.", "{M} is wrong; the answer is {L}.", "{M} or {L}",
    "Either {M} or {L}.", "Both {M} and {L}", "It is not {M}.", "{M}? No, {L}.", "{M}, {L}",
    "Option {M} is blocked, so {L}.", "The answer is {L}, because {M} is too far.", "A, B, C, D",
    "({M}) seems possible but ({L}) fits better.", "{M}. no\n{L}. yes", "not {l}",
    "At first {M}. Then {L}.", "Comparing {M} with {L}: the answer is {L}",
)  # fmt: skip
_REFUSAL: Final = (
    "I cannot tell from the image.", "Cannot be determined", "Don't know.", "Unclear.", "", " ",
    "Apologies, I can't help with that.", "As an AI model I cannot see videos.", "N/A", "None",
    "No answer", "Because I cannot see it, no option fits.", "Difficult to say.", "Can't say.",
    "Based on the frames alone it cannot be known.", "I'm sorry, but I can't.", "?", "...", "-",
    "Answer cannot be given.", "The answer is not visible.", "The answer is unknown.", "Sorry.",
    "There is no image.", "None of the above", "All of the above", "Data missing", "Error 404",
)  # fmt: skip
_TAGGED: Final = (
    "<think>First {M}, then {L}.</think>\n<answer>{L}</answer>", "<answer>{L}</answer>",
    "<think>Look.</think> <answer>{L}. {t}</answer>", "<Answer>{L}</Answer>",
    "<answer>{l}</answer>",
    "<think>Hmm.</think>\n\n{L}", "<think>{M}?</think><answer>Between {M} and {L}</answer>",
    "<think>x</think><answer>Bottom, so {L}</answer>", "<think>x</think><answer>{t}</answer>",
    "<think>x</think><answer>({L})</answer>", "<Answer>The answer is {L}",
    "<CONCLUSION>{L}</CONCLUSION>",
    "<think>unfinished {M}", "<think>x</think><answer></answer>", "<answer>Drawing {L}</answer>",
    "<think>x</think><answer>Because {L}</answer>", "<answer>\n{L}\n</answer>", "{L}</s>",
)  # fmt: skip
_REASONED: Final = (
    "{M} is out.</think>\n{L}", "<analysis>Near.</analysis>{L}",
    "<think>a</think><think>b</think> {L}",
    "<think>So {M}, or {L}</think>\n\nThe answer is {L}.", "</think>{L}", "{L}<think>{M}</think>",
    "<think>never closed {L}", "{L}</think> <think>{M}", "<THINK>{M}</THINK>{L}", " {L}",
    "\n\n{L}\n",
    "<analysis>{M}", "<think>\n</think>\n\n{n}", "<think>{m}</think>{n} m",
)  # fmt: skip
_LINES: Final = (
    "Let me see.\nThe {t} is near.\n{L}", "{L}\nBecause of the {t}.",
    "Reasoning: near.\nAnswer: {L}",
    "1. {M} is out.\n2. {L} stays.\nAnswer: {L}.", "The {t} is to the left.\n\n**{L}**",
    "Step 1: a look.\nStep 2: a guess.\nThe answer is {L}", "{L}\n\n",
    "Answer: {L}\nConfidence: high",
    "**Answer:** {L}", "- {M}: no\n- {L}: yes", "Question: {t}?\nAnswer: {L}. {t}", "{M}\n{L}",
    "It is a {t}\nfrom a side\nnear a door", "**Final answer**\n\n{L}. {t}", "### {L}\n",
    "Hence\n({L})",
)  # fmt: skip
_FOREIGN: Final = (
    "答案是{L}", "答案：{L}", "정답은 {L}", "答えは{L}です", "选{L}。", "답: {L}",
    "La respuesta es {L}.", "Die Antwort ist {L}.", "Antwort: {L}", "选项{L}：{t}",
)  # fmt: skip
_BINARY: Final = (
    "Yes", "No", "yes.", "no", "YES", "NO.", "Yes, it is.", "No, it cannot.", "The answer is yes.",
    "The answer is no", "Answer: Yes", "answer is not clear", "Not sure", "Nothing moved.", "Yes\n",
    "I think yes.", "I'd say no.", "No idea", "Yes and no", "north", "\\boxed{{yes}}",
    "\\boxed{{No}}",
    "\\boxed{{\\text{{no}}}}", "on", "\\boxed{{on}}", "**Yes**", "Yesterday",
    "The answer is: **No**",
)  # fmt: skip
_NUMBER: Final = (
    "{n}", "{n}.", "{n} m", "{n}m", "{n} meters", "{n} cm", "{n} square meters", "{n} m²",
    "about {n}",
    "approximately {n} meters", "~{n}", "≈ {n}", "{n} chairs", "There are {n} chairs.",
    "I think {n}",
    "I think it is {n} meters.", "The answer is {n}.", "Answer: {n}", "**{n}**", "\\boxed{{{n}}}",
    "${n}$", "-{n}", "$-{n}$", "{n},", "({n})", "{n}\n", " {n}", "The distance is {n} m.",
    "{n}\nmetres",
    "<think>x</think><answer>{n}</answer>", "Room 2 has {n} chairs", "{n}!", "{n} or so", "N={n}",
)  # fmt: skip
_RANGE: Final = (
    "{n}-{m}", "{n}-{m} m", "{n} - {m}", "{n}–{m}", "between {n} and {m}", "{n} to {m} meters",
    "from {n} to {m}", "{n} or {m}", "{n}/{m}", "{n}, {m}", "at least {n}", "less than {m}",
    "{n} ± 1",
)  # fmt: skip
_FIGURES: Final = (
    "1,200", "1,200 square meters", "about 1,450", "12,345.6", "1,2", "1,20", "1,234,567", "-1,200",
    ".5", ".5 m", "-.5", "about .75 meters", "0.5", "5.", "1.2.3", "1e3", "2.5e2", "1/2", "2 1/2",
    "1_200",
    "nan", "inf", "-inf", "0", "00", "+3", "１２", "10^2", "0x10", "3.0", "3.50", "1 200",
    "1.200,50",
    "scene0000", "v1.5", "99%", "#4", "3rd", "2x", "$1,200$", "approx. 1,200 cm", "1,200-1,300",
    "(1,450)",
    "{c}", "{c} square meters", "about {c}", "{p}", "{p} m", "roughly {p} meters", "-{p}",

)  # fmt: skip
_ALGEBRA: Final = (
    "\\boxed{{2+2}}",
    "\\boxed{{\\frac{{8}}{{2}}}}",
    "\\boxed{{four}}",
    "four tiles",
    "\\boxed{{(4)}}",
    "\\boxed{{4.004}}",
    "\\boxed{{8/2}}",
    "\\boxed{{(E)}}",
    "\\boxed{{e}}",
    "\\boxed{{x=4}}",
    "\\boxed{{\\text{{four}}}}",
    "\\boxed{{4 tiles}}",
    "\\boxed{{4.0}}",
    "\\boxed{{3+1}}",
    "\\boxed{{{L}+0}}",
)
_WORDS: Final = (
    "{w}", "{W}", "{w} chairs", "There are {w} chairs.", "about {w} meters", "I think {w}.", "{w}.",
    "twenty-one", "twenty one", "one hundred and five", "three hundred twenty-one", "a hundred",
    "two thousand five hundred", "one thousand two hundred", "twelve hundred", "hundred", "a dozen",
    "one, two or three", "two, three", "one and two", "two and two", "one two three", "zero",
    "none",
    "one of the 3", "the one by the door is 3 m away", "two or {n}", "{w} or {n}", "half a meter",
    "one and a half", "two point five", "a couple", "someone", "ninety-nine", "two hundred hundred",
    "one apple, room 2", "seven eight", "forty-two metres", "one hundred, maybe two hundred",
    "eleven hundred and one", "twenty thirty", "thousands", "five-seven", "a single one",
    "two, three or four", "four and five", "ten, eleven", "two three", "three, maybe four",
)  # fmt: skip
_SPELLED: Final = "zero one two three four five six seven eight nine ten eleven twelve".split()

_CHOICE_STRATA: Final[Mapping[str, tuple[str, ...]]] = {
    "letter": _LETTER, "letter and text": _WITH_TEXT, "phrase": _PHRASE, "opinion": _OPINION,
    "sentence": _SENTENCE, "contrast": _CONTRAST, "refusal": _REFUSAL, "tags": _TAGGED,
    "reasoned": _REASONED,
    "lines": _LINES, "other language": _FOREIGN, "yes or no": _BINARY,
}  # fmt: skip
_NUMBER_STRATA: Final[Mapping[str, tuple[str, ...]]] = {
    "number and unit": _NUMBER, "range": _RANGE, "figures": _FIGURES, "number words": _WORDS,
    "refusal": _REFUSAL, "letter": _LETTER, "sentence": _SENTENCE, "reasoned": _REASONED,
}  # fmt: skip
_MIXED: Final = ("stare", "realworldqa")  # letters, words and numbers in one benchmark


def items_of(benchmark: str) -> list[Item]:
    """Return the items of a benchmark's records."""
    return list(benchmark_named(benchmark).load(LoadOptions(records=RECORDS[benchmark])))


def generate() -> Iterator[Case]:
    """Yield all replies, in a fixed order."""
    for benchmark in RECORDS:
        dice = random.Random(f"{SEED} {benchmark}")  # noqa: S311
        items = items_of(benchmark)
        for count in range(PER_BENCHMARK):
            place = count % len(items)
            strata = _strata(benchmark, items[place])
            stratum = list(strata)[count // len(items) % len(strata)]
            form = dice.choice(strata[stratum])
            reply = _dressed(form.format(**_parts(items[place], dice)), dice)
            yield Case(benchmark=benchmark, record=place, stratum=stratum, reply=reply)


def _strata(benchmark: str, item: Item) -> Mapping[str, tuple[str, ...]]:
    if benchmark in _MIXED:
        return {**_NUMBER_STRATA, **_CHOICE_STRATA, "algebra": _ALGEBRA}
    numeric = not item.options and str(item.reference).replace(".", "", 1).isdigit()
    return _NUMBER_STRATA if numeric else _CHOICE_STRATA


def _parts(item: Item, dice: random.Random) -> dict[str, str]:
    """Fill a form: often with the right answer, else with another."""
    letters = [option.lstrip("(")[0] for option in item.options] or list("ABCD")
    texts = [option.lstrip("(")[1:].strip(".): ") for option in item.options] or ["lamp"] * 4
    right = str(item.reference)
    pick = letters.index(right) if right in letters and dice.random() < 0.5 else None
    place = dice.randrange(len(letters)) if pick is None else pick
    number = _number(right, dice)
    text = texts[place]
    return {
        "L": letters[place], "l": letters[place].lower(), "M": dice.choice(letters), "t": text,
        "T": text.upper(), "n": number, "m": _number(right, dice),
        "c": _with_commas(number), "p": number.lstrip("0"),
        "w": dice.choice(_SPELLED), "W": dice.choice(_SPELLED).capitalize(),
    }  # fmt: skip


def _number(right: str, dice: random.Random) -> str:
    """Return the truth, a multiple of it at or near an edge of the metric, or another number."""
    try:
        truth = float(right)
    except ValueError:
        truth = float(dice.randint(1, 12))
    step = dice.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 51, 100, 900))
    value = truth * (1 + dice.choice((-1, 1)) * step / 100)
    ways: tuple[Callable[[], str], ...] = (
        lambda: right if right[:1].isdigit() else f"{truth:g}",
        lambda: f"{value:.2f}",
        lambda: f"{round(value, 4):g}",
        lambda: str(dice.randint(0, 30)),
        lambda: f"{value:,.1f}",
    )
    return dice.choice(ways)()


def _with_commas(number: str) -> str:
    """Write a number with thousands separators."""
    return f"{float(number.replace(',', '')):,g}"


def _dressed(text: str, dice: random.Random) -> str:
    """Now and then change the case, or add what models add."""
    change = dice.random()
    if change < 0.04:
        return text.lower()
    if change < 0.07:
        return text.upper()
    if change < 0.10:
        return f"{text} "
    if change < 0.13:
        return f"Sure! {text}"
    if change < 0.16:
        return f"{text}\n\nLet me know if a closer look helps."
    return text


def read(path: Path = COMMITTED) -> Iterator[Case]:
    """Yield the replies of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Case(**json.loads(line))


def write(path: Path) -> None:
    """Write all replies; the same bytes every time."""
    text = "".join(json.dumps(asdict(case), ensure_ascii=False) + "\n" for case in generate())
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
