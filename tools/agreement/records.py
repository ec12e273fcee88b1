# SPDX-License-Identifier: Apache-2.0
"""Small records in the schema of each benchmark's data set, made up here; no row is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["RECORDS", "pixel"]

Record = dict[str, object]


def pixel() -> dict[str, object]:
    """Return the smallest image as a row holds it with decoding off: one grey pixel, PNG."""
    data = (
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
        "54789c636800000082008177cd72b60000000049454e44ae426082"
    )
    return {"bytes": bytes.fromhex(data), "path": None}


_SPOTS: Final = ("left of the lamp", "right of the lamp", "behind the sofa", "a corner by the door")
_THINGS: Final = ("chair", "bottle", "desk", "cabinet")
_SIDES: Final = ("front-left", "front-right", "back-left", "back-right")


def _lines(texts: Sequence[str], form: str = "{}. {}") -> list[str]:
    return [form.format(chr(ord("A") + place), text) for place, text in enumerate(texts)]


def _vsi() -> list[Record]:
    numeric = (
        ("object_counting", "How many chair(s) are in this room?", ("2", "4", "10")),
        ("object_abs_distance", "What is the distance between the desk and the bed (in meters)?",
         ("1.4", "0.7", "3.0")),
        ("object_size_estimation", "What is the longest dimension of the sofa, in centimeters?",
         ("187", "62")),
        ("room_size_estimation", "What is the size of this room (in square meters)?",
         ("24.6", "1200")),
    )  # fmt: skip
    choice = (
        ("object_rel_direction_easy", ("left", "right")),
        ("object_rel_direction_medium", ("left", "right", "back")),
        ("object_rel_direction_hard", _SIDES),
        ("object_rel_distance", _THINGS),
        ("route_planning", ("Turn Left, Turn Right", "Turn Back, Turn Left", "Turn Right")),
        ("obj_appearance_order", ("sofa, lamp, door, bin", "bin, door, lamp, sofa")),
    )
    rows: list[tuple[str, str, str, tuple[str, ...]]] = [
        (kind, question, truth, ()) for kind, question, truths in numeric for truth in truths
    ]
    rows += [
        (kind, "Standing by the bed and facing the desk, which one is it?", "ABCD"[place], texts)
        for kind, texts in choice
        for place in range(len(texts))
    ]
    return [
        {
            "id": number,
            "dataset": ("arkitscenes", "scannet", "scannetpp")[number % 3],
            "scene_name": f"scene{number:04d}",
            "question_type": kind,
            "question": question,
            "options": _lines(texts) if texts else None,
            "ground_truth": truth,
            "pruned": number % 2 == 0,
        }
        for number, (kind, question, truth, texts) in enumerate(rows)
    ]


def _revsi() -> list[Record]:
    numeric = {
        "object_counting_single": "3", "object_counting_multiple": "7",
        "object_abs_distance": "2.35", "object_size_estimation": "114",
        "room_size_estimation_single": "18.4", "room_size_estimation_multiple": "1450",
    }  # fmt: skip
    choice = (
        *(f"object_rel_direction_{way}_easy" for way in ("forward", "backward")),
        *(f"object_rel_direction_{way}_hard" for way in ("forward", "backward")),
        "object_rel_distance_closest", "object_rel_distance_farthest", "route_planning",
    )  # fmt: skip
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        (kind, truth, ()) for kind, truth in numeric.items()
    ]
    rows += [(kind, "ABCD"[place % 4], _THINGS) for place, kind in enumerate(choice)]
    return [
        {
            "scene_id": f"room{number:02d}",
            "num_frames": "32",
            "question_type": kind,
            "question": "What would you say of the room?",
            "options": _lines(texts) if texts else None,
            "ground_truth": truth,
        }
        for number, (kind, truth, texts) in enumerate(rows)
    ]


def _realworldqa() -> list[Record]:
    letters = "\n".join(("Where is the nearest car?", *_lines(_SPOTS)))
    ask = "Please answer directly with only the letter of the correct option and nothing else."
    rows = [(f"{letters}\n{ask}", letter) for letter in "ABCD"]
    rows += [
        ("How many lanes lead ahead?\nPlease answer directly with a single word or number.", "3"),
        ("Does the road go uphill or downhill?\nPlease answer with one word.", "Downhill"),
        ("Is the light red?\nPlease answer directly with a single word or number.", "Yes"),
    ]
    return [{"question": q, "answer": a, "image": pixel()} for q, a in rows]


def _embspatial() -> list[Record]:
    offered = (
        _THINGS, ("red apple", "blue bottle", "a box", "dog bed"),
        ("The chair is above the desk.", "The chair is below the desk.", "Behind it.", "Inside."),
    )  # fmt: skip
    return [
        {
            "question_id": f"{source}_{place}",
            "question": "Which object is closest to you in this picture?",
            "image": pixel(),
            "answer_options": list(offered[place % len(offered)]),
            "answer": place % 4,
            "relation": relation,
            "data_source": source,
        }
        for place, relation in enumerate(("above", "below", "left", "right", "close", "far"))
        for source in ("ai2thor", "mp3d", "scannet")[place % 2 : place % 2 + 2]
    ]


def _spatialviz() -> list[Record]:
    return [
        {
            "Category": "MentalRotation" if place % 2 else "MentalFolding",
            "Task": ("2DRotation", "PaperFolding", "CubeUnfolding")[place % 3],
            "Level": f"Level{place % 2}",
            "Image_id": f"{place}",
            "Question": "Which of the drawings shows the turned solid?",
            "Choices": ["Drawing A", "Drawing B", "Drawing C", "None of the others is correct"],
            "Answer": "ABCD"[place % 4],
        }
        for place in range(8)
    ]


def _stare() -> list[Record]:
    tiles = ("red", "blue", "grey", "white", "black")
    lettered = "Which tile comes next?\n" + " ".join(_lines(tiles, "{}: {}"))
    rows = [(lettered, letter, "2D_va") for letter in "ABCE"]
    rows += [(f"Here: <image>\n{lettered}", "B", "3D_text_instruct")]
    rows += [
        ("Can this net be folded into a cube? Answer yes or no.", answer, "folding_nets")
        for answer in ("yes", "no")
    ]
    rows += [("How many tiles are left over? <image>", "4", "tangram_puzzle")]
    return [
        {"qid": f"q{n}", "question": q, "answer": a, "category": c, "images": [pixel()]}
        for n, (q, a, c) in enumerate(rows)
    ]


def _corecognition() -> list[Record]:
    choice = "\n".join(("Where will the ball be?", *_lines(_SPOTS)))
    rows = [("MC", choice, letter, "permanence") for letter in "ABCD"]
    rows += [("TF", "Is the ball still there? Answer YES or NO.", a, "conservation")
             for a in ("YES", "NO")]  # fmt: skip
    return [
        {
            "question": question,
            "prompt": f"Look at the image.\n{question}",
            "type": kind,
            "concept": concept,
            "stage": "Stage Sensorimotor",
            "answer": answer,
            "images": pixel(),
        }
        for kind, question, answer, concept in rows
    ]


def _viewspatial() -> list[Record]:
    types = (
        "Camera perspective - Relative Direction",
        "Camera perspective - Object View Orientation",
        "Person perspective - Relative Direction",
        "Person perspective - Object View Orientation",
        "Person perspective - Scene Simulation Relative Direction",
    )
    sides = ("left", "right", "front", "back")
    return [
        {
            "question_type": types[place % len(types)],
            "images": [pixel()] * (1 + place % 2),
            "question": "Seen by the man, where is the door?",
            "choices": "\n".join(_lines(sides)),
            "answer": _lines(sides)[place % 4],
        }
        for place in range(10)
    ]


def _vstar() -> list[Record]:
    colours = " ".join(_lines(("red", "black", "blue", "grey"), "({}) {}"))
    sides = " ".join(_lines(("The cup is left.", "The cup is right."), "({}) {}"))
    rows = [("direct_attributes", f"What is the colour of the glove? {colours}", letter)
            for letter in "ABCD"]  # fmt: skip
    rows += [("relative_position", f"Is the cup left or right of the bag? {sides}", letter)
             for letter in "AB"]  # fmt: skip
    return [
        {"question_id": str(n), "text": t, "category": c, "label": label, "image": pixel()}
        for n, (c, t, label) in enumerate(rows)
    ]


def _mmstar() -> list[Record]:
    abilities = {
        "coarse perception": ("image scene and topic", "image emotion"),
        "instance reasoning": ("single-instance reasoning", "cross-instance relation reasoning"),
        "math": ("geometry", "statistical reasoning"),
    }
    axes = [(ability, axis) for ability, inside in abilities.items() for axis in inside]
    return [
        {
            "index": place,
            "question": "Where is the lamp? Please answer yes or no.\nOptions: "
            + ", ".join(_lines(_SPOTS, "{}: {}")),
            "image": pixel(),
            "answer": "ABCD"[place % 4],
            "category": axes[place % len(axes)][0],
            "l2_category": axes[place % len(axes)][1],
        }
        for place in range(9)
    ]


def _mindcube() -> list[Record]:
    names = ("among_1", "around_2", "aroundnew_3", "rotation_4", "translation_5", "among_6")
    texts = ("Television", "A wooden chair", "Bookshelf", "Dustbin", "Cannot be seen")
    question = "Turning right, what is in front of you? " + " ".join(_lines(texts))
    return [
        {
            "id": name,
            "images": [pixel(), pixel()],
            "question": question,
            "gt_answer": "ABCDE"[place % 5],
            "input_prompt": f"View 1:\n<image>\n View 2:\n<image>\n{question}\n",
        }
        for place, name in enumerate(names)
    ]


def _erqa() -> list[Record]:
    question = "Which arm should move? Choices: " + ". ".join(_lines(("Left", "Right", "Both")))
    return [
        {
            "question_id": f"ERQA_{place}",
            "question": f"{question}. D. None. Please answer directly with only the letter.",
            "question_type": ("Trajectory Reasoning", "Pointing", "State Estimation")[place % 3],
            "images": [pixel()],
            "answer": "ABCD"[place % 4],
        }
        for place in range(8)
    ]


def _mmsi() -> list[Record]:
    types = (
        "Positional Relationship (Cam.–Obj.)", "Positional Relationship (Obj.-Reg.)",
        "Attribute (Meas.)", "Motion (Cam.)", "MSR",
    )  # fmt: skip
    question = "How did the camera turn? \nOptions: " + ", ".join(_lines(_SIDES, "{}: {}"))
    return [
        {
            "id": place,
            "images": [pixel()["bytes"], pixel()["bytes"]],
            "question_type": types[place % len(types)],
            "question": question,
            "answer": "ABCD"[place % 4],
        }
        for place in range(10)
    ]


RECORDS: Final[Mapping[str, Sequence[Record]]] = {
    "vsi_bench": _vsi(),
    "realworldqa": _realworldqa(),
    "embspatial": _embspatial(),
    "spatialviz": _spatialviz(),
    "stare": _stare(),
    "corecognition": _corecognition(),
    "viewspatial": _viewspatial(),
    "vstar": _vstar(),
    "mmstar": _mmstar(),
    "mindcube": _mindcube(),
    "erqa": _erqa(),
    "mmsi_bench": _mmsi(),
    "revsi_32_frame": _revsi(),
}
