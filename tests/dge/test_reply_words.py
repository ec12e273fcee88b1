# SPDX-License-Identifier: Apache-2.0
"""Directions and choices in replies. One line a case: the reply, and what it says."""

import pytest

from spatialevo_dge.answer import Choice, Direction
from spatialevo_dge.reply import read_reply

EIGHT = ("front", "front-left", "left", "back-left", "back", "back-right", "right", "front-right")
UPRIGHT = (*EIGHT, "up", "down")

DIRECTIONS = [
    # one word, many names
    ("left", "left"), ("Left.", "left"), ("LEFT", "left"), ("to the left", "left"),
    ("leftwards", "left"),
    ("It is on the left-hand side.", "left"), ("front", "front"), ("in front", "front"),
    ("ahead", "front"), ("straight ahead", "front"), ("forward", "front"), ("behind", "back"),
    ("at the back", "back"), ("the rear", "back"), ("backwards", "back"), ("right behind", "back"),
    ("right in front of you", "front"), ("right ahead", "front"), ("on your right", "right"),
    ("to the right", "right"), ("to the right of the camera", "right"),
    ("The chair is on my left", "left"),
    ("turned counterclockwise", "left"), ("clockwise", "right"), ("the right side", "right"),
    # two words
    ("front-left", "front-left"), ("front left", "front-left"), ("left front", "front-left"),
    ("left-front", "front-left"), ("front and left", "front-left"), ("forward left", "front-left"),
    ("frontleft", "front-left"), ("Front_Left", "front-left"), ("front/left", "front-left"),
    ("in front and to the left", "front-left"), ("in front of you and to your left", "front-left"),
    ("in front, slightly to the left", "front-left"),
    ("ahead and a bit to the right", "front-right"),
    ("to the left and behind", "back-left"), ("behind you to the left", "back-left"),
    ("back right", "back-right"), ("rear-right", "back-right"), ("right back", "back-right"),
    ("the front-left, i.e. left front", "front-left"), ("in front but slightly left", "front-left"),
    ("back\u2011left", "back-left"), ("front–left", "front-left"),
    ("backward and to the right", "back-right"),
    # in a sentence
    ("The answer is left.", "left"), ("Answer: front-left", "front-left"), ("**back**", "back"),
    (r"\boxed{\text{back-left}}", "back-left"), ("<answer>right</answer>", "right"),
    ("I think it is behind me", "back"), ("it is right, because the desk is left", "right"),
    ("<think>left? right?</think>back", "back"), ("That's right: it is on the left", None),
    ("Standing at the door, is it left or right? Left.", "left"), ("Probably left", "left"),
    ("not left but right", "right"), ("right, not left", "right"),
    ("left rather than right", "left"),
    ("It is not in front; it is behind.", "back"), ("left instead of right", "left"),
    ("It isn't on the left. It is on the right.", "right"), ("left and not right", "left"),
    ("It's to the left of the front door", "left"), (r"$\left( \text{back} \right)$", "back"),
    ("The chair is on the left side, slightly behind.", "back-left"),
    ("front-left (option B)", "front-left"),
    ("diagonally front-left", "front-left"), ("It is directly behind the sofa", "back"),
    # unreadable, or several
    ("", None), ("north", None), ("2 o'clock", None), ("not left", None), ("it is not left", None),
    ("front or back", None), ("left or right", None), ("left, right", None),
    ("left and right", None),
    ("front, left", None), ("front, front-left", None), ("front and front-left", None),
    ("front, front-left, left, back-left, back, back-right, right, front-right", None),
    ("front left back right", None), ("either left or front-left", None),
    ("between front and left", None),
    ("neither left nor right", None), ("Is it to the left or to the right?", None), ("up", None),
    ("left. Or right.", None), ("Answer: left. Answer: right.", None),
    ("not left, not right", None),
    ("<answer>left</answer> <answer>right</answer>", None), ("up and left", None),
    ("can't tell", None),
    ("left is wrong", None), ("A", None), ("somewhere", None), ("left" * 3000, None),
    ("alright", None),
]  # fmt: skip

VERTICAL = [
    ("up", "up"), ("above", "up"), ("below", "down"), ("underneath", "down"), ("higher up", "up"),
    ("upwards", "up"), ("It is above the table", "up"), ("lower", "down"), ("directly above", "up"),
    ("right above", "up"), ("up or down", None), ("above and to the left", None), ("left", "left"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "says"), DIRECTIONS)
def test_a_reply_says_this_direction(reply: str, says: str | None) -> None:
    parsed = read_reply(reply, Direction("front", EIGHT))
    assert parsed == (None if says is None else Direction(says, EIGHT))


@pytest.mark.parametrize(("reply", "says"), VERTICAL)
def test_a_reply_says_this_direction_where_up_is_one(reply: str, says: str | None) -> None:
    parsed = read_reply(reply, Direction("front", UPRIGHT))
    assert parsed == (None if says is None else Direction(says, UPRIGHT))


QUADRANTS = ("front-left", "front-right", "back-left", "back-right")
SIDES = ("A. left", "B. right", "C. back")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("B", "right"), ("(B)", "right"), ("B.", "right"), ("b", "right"), ("Answer: B", "right"),
        ("option b", "right"), ("Option B is correct", "right"), ("B. right", "right"),
        ("B) right", "right"),
        ("I think it is B", "right"), ("I think it is C.", "back"), ("right", "right"),
        ("A", "left"),
        ("A.", "left"), ("A is correct", "left"), ("The answer is A", "left"),
        ("choice (c)", "back"),
        (r"\boxed{B}", "right"), (r"\boxed{\text{(B)}}", "right"), ("<answer>B</answer>", "right"),
        ("**B**", "right"), ("the second one", "right"), ("option 3", "back"),
        ("B\nbecause of A", "right"),
        ("not A but B", "right"), ("A chair is on the right", "right"),
        ("I would say left", "left"),
        ("B. left", None), ("A or B", None), ("A and B", None), ("A, B, C", None), ("D", None),
        ("I", None),
        ("A. left B. right C. back", None), ("not B", None), ("B. left\nA. right", None),
        ("I do", None),
        ("Options: (A) left (B) right (C) back", None), ("a chair", None), ("grade D", None),
        ("The answer is B) right", "right"), ("Answer: A. left or B. right", None), ("[C]", "back"),
    ],
)  # fmt: skip
def test_a_direction_may_be_chosen_by_its_letter(reply: str, says: str | None) -> None:
    form = ("left", "right", "back")
    parsed = read_reply(reply, Direction("left", form), SIDES)
    assert parsed == (None if says is None else Direction(says, form))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("left", None),
        ("front", None),
        ("front-left", "front-left"),
        ("left and ahead", "front-left"),
    ],
)
def test_a_partial_direction_is_none_of_the_quadrants(reply: str, says: str | None) -> None:
    parsed = read_reply(reply, Direction("front-left", QUADRANTS))
    assert parsed == (None if says is None else Direction(says, QUADRANTS))


FURNITURE = ("sofa", "table", "coffee table", "bookshelf")

CHOICES = [
    ("sofa", "sofa"), ("the sofa", "sofa"), ("Sofa.", "sofa"), ("a sofa", "sofa"),
    ("sofas", "sofa"),
    ("The sofa is closest.", "sofa"), ("I think it is the sofa", "sofa"), ("table", "table"),
    ("coffee table", "coffee table"), ("the coffee tables", "coffee table"),
    ("coffee-table", "coffee table"),
    ("coffeetable", "coffee table"), ("COFFEE TABLE", "coffee table"),
    ("coffee_table", "coffee table"),
    ("the book shelf", "bookshelf"), ("bookshelves", "bookshelf"), ("Answer: the table", "table"),
    ("A", "sofa"), ("b", "table"), ("(C)", "coffee table"), ("D.", "bookshelf"),
    ("option c", "coffee table"),
    ("C. coffee table", "coffee table"), ("the second one", "table"), ("option 4", "bookshelf"),
    ("A sofa is nearest", "sofa"), ("A table", "table"), ("I choose B", "table"),
    ("Choice D", "bookshelf"),
    ("not the sofa but the table", "table"), ("the table, not the sofa", "table"),
    ("The sofa is not the nearest; the table is.", "table"),
    ("the table and not the sofa", "table"),
    ("the sofa is closer than the table", "sofa"), ("unlike the sofa, the table", "table"),
    ("the table rather than the sofa", "table"), ("Instead of the sofa, the table", "table"),
    ("Between the sofa and the table, the sofa is closer.", "sofa"),
    ("It must be the bookshelf!", "bookshelf"),
    ("The sofa is 1 m away, the table 2 m, so the sofa.", "sofa"),
    ("the sofa, because the table is far", "sofa"),
    ("Which is nearer, the sofa or the table? The table.", "table"),
    ("**Coffee table**", "coffee table"),
    (r"\boxed{\text{coffee table}}", "coffee table"), ("<answer>the sofa</answer>", "sofa"),
    ("<think>sofa or table</think>The table", "table"),
    ("I'm not sure, but maybe the sofa", "sofa"),
    ('{"answer": "coffee table"}', "coffee table"), ("sofa, the sofa", "sofa"),
    ("A. The sofa", "sofa"),
    ("The answer is the sofa. The table is farther.", "sofa"),
    ("there is no doubt: the sofa", "sofa"),
    ("The table is closer than the sofa, bookshelf, and coffee table.", "table"),
    ("Among the sofa, table and coffee table, the sofa is closest.", "sofa"), ("A: sofa", "sofa"),
    ("The sofa is farther than the table, so the table is closest.", "table"), ("It's A.", "sofa"),
    ("Definitely not the sofa. The table.", "table"), ("Answer:B", "table"),
    ("The correct answer is (B) table.", "table"), ("C is the closest", "coffee table"),
    # unreadable, or several
    ("Answer: A\nB\nC", None), ("sofa. table.", None), ("the sofa, then the table", None),
    ("", None), ("chair", None), ("furniture", None), ("sofa or table", None),
    ("sofa, table", None),
    ("the sofa and the table", None), ("sofa table coffee table bookshelf", None),
    ("not the sofa", None),
    ("it isn't the sofa", None), ("The sofa is not nearest", None),
    ("neither the sofa nor the table", None),
    ("Which is nearer, the sofa or the table?", None), ("A. table", None), ("both A and B", None),
    ("E", None),
    ("(A) sofa (B) table (C) coffee table (D) bookshelf", None), ("the armchair", None),
    ("I", None),
    ("Answer: sofa. Answer: table.", None), ("same", None), ("no sofa", None), ("sofabed", None),
    ("sofa\ntable", None), ("the sofa (or the table)", None), ("tabletop", None), ("A or B", None),
    ("neither", None), ("all of them", None), ("anything but the sofa", None),
    ("sofa? table?", None),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "says"), CHOICES)
def test_a_reply_makes_this_choice(reply: str, says: str | None) -> None:
    parsed = read_reply(reply, Choice("sofa", FURNITURE))
    assert parsed == (None if says is None else Choice(says, FURNITURE))


IMAGES = ("image 1", "image 2", "same")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("image 2", "image 2"), ("Image 2.", "image 2"), ("image2", "image 2"),
        ("image_2", "image 2"),
        ("image two", "image 2"), ("the second image", "image 2"), ("the 2nd image", "image 2"),
        ("2", "image 2"), ("1", "image 1"), ("the first", "image 1"), ("the first one", "image 1"),
        ("Image 1 shows more of it than image 2", "image 1"), ("the same", "same"),
        ("equal", "same"),
        ("Image 1 and image 2 show the same", "same"), ("not image 1 but image 2", "image 2"),
        ("B", "image 2"),
        ("image 1 or image 2", None), ("images 1 and 2", None), ("image 3", None), ("3", None),
        ("image 1, image 2, same", None), ("image 1 or the same", None), ("neither image", None),
        ("It is not the same", None), ("Image 12", None), ("C", "same"), ("Picture 2", "image 2"),
        ("In image 1 it is whole while in image 2 it is cut off. Image 1.", "image 1"),
        ("image 1 (not image 2)", "image 1"),
    ],
)  # fmt: skip
def test_a_reply_chooses_this_image(reply: str, says: str | None) -> None:
    parsed = read_reply(reply, Choice("same", IMAGES))
    assert parsed == (None if says is None else Choice(says, IMAGES))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("higher", "higher"), ("lower", "lower"), ("above", "higher"),
        ("Camera 2 is higher", "higher"),
        ("It is below camera 1", "lower"), ("up", "higher"), ("higher than image 1", "higher"),
        ("higher or lower", None), ("not higher", None), ("left", None), ("B", "lower"),
        ("the latter", "lower"),
        ("not lower but higher", "higher"), ("The camera is lower, not higher.", "lower"),
        ("low", None),
    ],
)  # fmt: skip
def test_a_reply_says_this_elevation(reply: str, says: str | None) -> None:
    options = ("higher", "lower")
    parsed = read_reply(reply, Choice("higher", options))
    assert parsed == (None if says is None else Choice(says, options))


@pytest.mark.parametrize(
    ("options", "reply", "says"),
    [
        (("salt and pepper", "mug"), "the salt and pepper", "salt and pepper"),
        (("tv", "tv stand"), "the TV stand", "tv stand"),
        (("tv", "tv stand"), "the tv", "tv"),
        (("sofa", "dining table"), "the table", "dining table"),
        (("sofa", "dining table"), "the coffee table", None),
        (("left shoe", "right shoe"), "the right shoe", "right shoe"),
        (("shoe", "shoes"), "shoes", "shoes"),
        (("night stand", "bed"), "nightstand", "night stand"),
        (("vase", "glass"), "the glasses", "glass"),
        (("vase", "glass"), "vases", "vase"),
        (("chair a", "chair b"), "chair B", "chair b"),
        (("image 10", "image 1"), "image 1", "image 1"),
        (("box", "knife"), "knives", "knife"),
    ],
)
def test_labels_are_matched_by_words(
    options: tuple[str, ...], reply: str, says: str | None
) -> None:
    parsed = read_reply(reply, Choice(options[0], options))
    assert parsed == (None if says is None else Choice(says, options))
