# SPDX-License-Identifier: Apache-2.0
"""Word lists and tables: plurals, synonyms, regions, the lexicon, and the grammar's promises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dge.corpus_scene import make_scene, scenes
from spatialevo_dge.labels import canonical, plural, singular, synonyms
from spatialevo_dge.parsing import read
from spatialevo_dge.parsing.grammar import grammar_of
from spatialevo_dge.parsing.lexicon import common, entries, of_scene
from spatialevo_dge.parsing.words import BREAK, COMMA, POSSESSIVE, STOP, split
from spatialevo_dge.regions import REGIONS, by_name, lookup
from spatialevo_dge.resources import read as read_resource
from spatialevo_dge.tasks import TASKS

NAMES = sorted(synonyms())


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("chair", "chairs"),
        ("box", "boxes"),
        ("couch", "couches"),
        ("dish", "dishes"),
        ("battery", "batteries"),
        ("tray", "trays"),
        ("bookshelf", "bookshelves"),
        ("knife", "knives"),
        ("computer mouse", "computer mice"),
        ("salt and pepper shaker", "salt and pepper shakers"),
        ("chest of drawers", "chests of drawers"),
        ("mattress", "mattresses"),
        ("glass", "glasses"),
        ("bus", "buses"),
        ("vase", "vases"),
        ("shoes", "shoes"),
        ("headphones", "headphones"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many
    assert plural(many) == many
    assert singular(many) in {one, one.removesuffix("s")}


@pytest.mark.parametrize("name", NAMES)
def test_names_keep_their_number(name: str) -> None:
    assert plural(plural(name)) == plural(name)
    assert singular(singular(name)) == singular(name)


def test_plurals_agree_with_inflect() -> None:
    inflect = pytest.importorskip("inflect")
    engine = inflect.engine()
    countable = [name for name in NAMES if singular(name) == name and plural(name) != name]
    assert len(countable) > 100
    assert [name for name in countable if plural(name) != engine.plural(name)] == []


def test_canonical_folds_spelling() -> None:
    assert canonical("The  TV-Stand") == canonical("a tv_stand") == "tv stand"


def test_synonyms_are_symmetric() -> None:
    for name, group in synonyms().items():
        assert name in group
        assert all(synonyms()[other] == group for other in group)


def test_regions_are_found_by_exact_name_only() -> None:
    for kind in REGIONS:
        assert kind.primary
        assert not kind.primary & kind.supporting
        assert all(lookup(f"The {name}") is kind for name in kind.names)
    for phrase in ("bed", "desk", "area", "room", "garage area", "a", "sleeping areas"):
        assert lookup(phrase) is None
    assert len(by_name()) == sum(len(kind.names) for kind in REGIONS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's left?", ["what", "is", "left", STOP]),
        ("chair(s)", ["chair"]),
        ("shoes(s)", ["shoes"]),
        ("box(es)", ["box"]),
        ("the suitcase's side", ["the", "suitcase", POSSESSIVE, "side"]),
        ("the suitcase\u2019s side", ["the", "suitcase", POSSESSIVE, "side"]),
        ("isn't", ["not"]),
        ("front-left", ["front", "left"]),
        ("m\u00b2 m^2 m2", ["m2", "m2", "m2"]),
        ("A. left B. right", [COMMA, "left", COMMA, "right"]),
        ("(a) left", [COMMA, "left"]),
        ("(image 1)", [BREAK, "image", "1", BREAK]),
        ("camera - desk", ["camera", COMMA, "desk"]),
        ("stove / sink", ["stove", "or", "sink"]),
        ("in front, i.e. nearer", ["in", "front", "ie", "nearer"]),
        ('"TV_stand"', ["tv", "stand"]),
        ("caf\u00e9", ["caf\u00e9"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split(text) == words


@given(st.text())
def test_words_are_total(text: str) -> None:
    assert all(split(text)) or not split(text)


def test_every_kind_of_word_is_declared_or_used_up() -> None:
    declared = set(read_resource("parsing/common.lark").split())
    phrases = read_resource("parsing/phrases.py") + read_resource("parsing/guards.py")
    for kind in {entry.kind for entry in entries().values()}:
        assert kind in declared or f'"{kind}' in phrases or f"{kind}" in phrases, kind


def test_a_longer_label_is_not_bitten_off_by_a_phrase() -> None:
    parse = read("How far is it from the floor lamp to the sofa?", scenes()["living"], TASKS)
    assert [reading.task_id for reading in parse.readings] == ["absolute_distance"]


def test_every_task_has_its_start_rule() -> None:
    grammar = grammar_of(TASKS)
    assert set(grammar.admits) == {task.id for task in TASKS}
    assert all("STOP" in admits for admits in grammar.admits.values())


def test_the_parser_is_built_in_time() -> None:
    grammar_of.cache_clear()
    common.cache_clear()
    start = time.process_time()
    grammar_of(TASKS)
    common()
    assert time.process_time() - start < 0.4


def test_a_scene_of_a_hundred_labels_has_every_label() -> None:
    counts = {f"{first} {second}": 1 for first in "abcdefghij" for second in NAMES[:10]}
    scene = make_scene("large", counts)
    assert len(scene.objects_by_label) == 100
    lexicon = of_scene(scene)
    assert lexicon is of_scene(scene)
    for label in scene.objects_by_label:
        parse = read(f"How many {plural(label)} are there?", scene, TASKS)
        assert [reading.task_id for reading in parse.readings] == ["object_counting"]
