# SPDX-License-Identifier: Apache-2.0
"""Numbers in replies: counts, lengths and areas. One line a case: the reply, and what it says."""

from collections.abc import Sequence

import pytest

from spatialevo_dge.answer import Answer, Centimetres, Count, Metres, SquareMetres
from spatialevo_dge.reply import read_reply

COUNTS = [
    # plainly
    ("3", 3), ("3.", 3), (" 3 \n", 3), ("03", 3), ("3.0", 3), ("1,200", 1200), ("0", 0),
    ("three", 3), ("Three.", 3), ("twenty-one", 21), ("twenty one", 21), ("THIRTEEN", 13),
    ("one hundred and five", 105), ("two thousand three hundred", 2300), ("a dozen", 12),
    ("a hundred", 100), ("one hundred", 100), ("nineteen hundred", 1900), ("a pair of chairs", 2),
    ("a couple of chairs", 2), ("a single chair", 1), ("one thousand and one", 1001),
    # in a sentence
    ("There are 3 chairs.", 3), ("There are three chairs in the room.", 3), ("I count 4.", 4),
    ("I can see 5 windows", 5), ("The number is 7", 7), ("The answer is 2.", 2),
    ("Answer: 6", 6), ("Final answer: four", 4), ("**3**", 3), ("There are **3** chairs", 3),
    ("3 (three)", 3), ("three (3) chairs", 3), ("It has one window.", 1), ("I see one.", 1),
    ("Total: 8", 8), ("there are 60 in the room", 60), ("about 12 books", 12), ("maybe 3?", 3),
    ("3?", 3), ("~3", 3), ("chairs: 3", 3), ("$3$", 3), ("3 chairs!", 3), ("exactly 2 chairs", 2),
    # mark-up
    (r"\boxed{3}", 3), (r"so $\boxed{3}$ chairs, not 4", 3), (r"\boxed{\text{three}}", 3),
    ("<answer>3</answer>", 3), ("<think>1, 2, no 4</think><answer>3</answer>", 3),
    ("<think>maybe 5</think>3", 3), ("thinking 4 </think> 3", 3), ("<ANSWER> 3 </ANSWER>", 3),
    ("There were 7 <answer>3 chairs</answer> or 4", 3), ("<b>3</b>", 3), ("`3`", 3), ("'3'", 3),
    ('"3"', 3), ('{"answer": 3}', 3), ('{"answer": "3", "reason": "2 here, 1 there"}', 3),
    ("<answer>\\boxed{3}</answer>", 3), ("### Answer\nAnswer: 3", 3), ("Answer:\n3", 3),
    # Unicode
    ("３", 3), ("٣", 3), ("３．", 3), ("“3”", 3), ("3\u00a0chairs", 3), ("3。", 3),
    # conclusions and reasons
    ("The answer is 3. There are 2 by the desk and 1 by the door.", 3),
    ("2 by the desk and 1 by the door, so 3 in total", 3), ("2 + 1 = 3", 3), ("5 - 2 = 3", 3),
    ("2 by the desk, 1 by the door. Total: 3", 3), ("2 here, 2 there. Therefore 4.", 4),
    ("3, because 2 are here and 1 is there", 3), ("3. There are three chairs.", 3),
    ("3\n\nExplanation: 2 here and 1 there", 3), ("How many chairs are there? 3", 3),
    ("2 chairs in the first image and 1 more in the second image, for a total of 3.", 3),
    ("1. Chair by the window\n2. Chair by the desk\n\nThere are 2 chairs.", 2), ("#### 3", 3),
    ("I counted 3 chairs (one by the door and two by the desk).", 3), ("There is only one.", 1),
    ("Let me count: chair 1, chair 2. Only 1 by the door. So there are 3.", 3),
    ("The room contains four chairs, two of which are by the desk.", 4), ("I'd guess 6.", 6),
    # numbers that are no answer
    ("In image 1 and image 2 there are 3 chairs", 3), ("image 2 shows 3 chairs", 3),
    ("Images 1 and 2 show 5 chairs", 5), ("the 2nd image shows 3", 3), ("3 two-seater sofas", 3),
    ("3 different 2-door cabinets", 3), ("Looking at frame 12, 4 chairs", 4),
    ("3D view: there are 4", 4), ("the first image has 2 chairs", 2),
    # negation
    ("not 3 but 4", 4), ("It isn't 3, it is 4", 4), ("4, not 3", 4),
    ("rather than 3, there are 4", 4),
    ("I'm not sure, but 3", 3), ("no doubt 3", 3), ("not three; four", 4), ("4 instead of 3", 4),
    # none
    ("none", 0), ("None.", 0), ("zero", 0), ("There are no chairs.", 0),
    ("No chairs are visible.", 0), ("There aren't any chairs.", 0), ("I see no chairs", 0),
    ("No, there are 3 chairs", 3),
    # unreadable
    ("", None), ("   ", None), ("chairs", None), ("many", None), ("several chairs", None),
    ("a chair", None), ("no idea", None), ("There is no way to tell", None), ("not 3", None),
    ("it is not three", None), ("3 or 4", None), ("3-4", None), ("3–4", None), ("3 - 4", None),
    ("3 to 4 chairs", None), ("between 3 and 4", None), ("3 or 4 chairs", None), ("3/4", None),
    ("at least 3", None), ("more than 3", None), ("3+", None), ("3 or more", None),
    ("up to 3", None), ("fewer than 3", None), ("no more than 3", None), ("over 3", None),
    ("1, 2, 3", None), ("1 2 3 4 5", None), ("1\n2\n3", None), ("1. 2\n2. 3", None),
    ("2.5", None), ("-3", None), ("minus three", None), ("3 m", None), ("150 cm", None),
    ("30%", None), ("90 degrees", None), ("half", None), ("3 chairs and 2 tables", None),
    ("Answer: 3. Answer: 4", None), ("<answer>3</answer><answer>4</answer>", None),
    (r"\boxed{3} \boxed{4}", None), ("<answer></answer>3", None), ("<think>3", None),
    ("3 < 4", None), ("1e400", None), ("9" * 400, None), ("the one by the door", None),
    ("How many chairs are in the room?", None), ("image 2", None), ("option 3", None),
    ("10:30", None), ("3 (or maybe 4)", None), ("3" * 9000, None), ("3 = 4", None),
]  # fmt: skip

METRES = [
    # the unit
    ("1.5", 1.5), ("1.5m", 1.5), ("1.5 m", 1.5), ("1.5 m.", 1.5), ("1.5 M", 1.5), ("150 cm", 1.5),
    ("150cm", 1.5), ("1,500 mm", 1.5), ("1 500 mm", 1.5), ("1500 millimetres", 1.5),
    ("0.0015 km", 1.5), ("15 dm", 1.5), ("1.5 metres", 1.5), ("1.5 meters", 1.5), (".5 m", 0.5),
    ("1.50 mtr", 1.5), ("1.5-metre", 1.5), ("150 centimeters", 1.5), ("１．５ｍ", 1.5),
    ("150㎝", 1.5),
    ("1,5 m", 1.5), ("0,125 m", 0.125), ("1.5e0 m", 1.5), ("1.5e2 cm", 1.5), ("15E-1", 1.5),
    ("1.5 × 10^2 cm", 1.5), ("1.5 x 10^0", 1.5), ("+1.5 m", 1.5),
    # words
    ("one and a half metres", 1.5), ("about one and a half metres", 1.5), ("half a metre", 0.5),
    ("half a meter", 0.5), ("a metre", 1.0), ("one metre", 1.0), ("a metre and a half", 1.5),
    ("one metre and a half", 1.5), ("a quarter of a metre", 0.25),
    ("three quarters of a metre", 0.75),
    ("three-quarters of a meter", 0.75), ("two thirds of a metre", 2 / 3),
    ("two and a quarter m", 2.25),
    ("one point five metres", 1.5), ("zero point seven five m", 0.75), ("two metres", 2.0),
    ("twenty-five centimetres", 0.25), ("one hundred and fifty centimetres", 1.5),
    ("a hundred and fifty cm", 1.5), ("two and three quarters of a metre", 2.75),
    # fractions
    ("1 1/2 m", 1.5), ("3/2 m", 1.5), ("½ m", 0.5), ("1½ m", 1.5), ("1 ½ metres", 1.5),
    ("¾ metre", 0.75),
    (r"\frac{3}{2} m", 1.5), (r"$1\,\mathrm{m}$", 1.0), (r"$1.5\text{ m}$", 1.5),
    (r"\(1.5\) m", 1.5),
    # two units
    ("1 m 50 cm", 1.5), ("1m50", 1.5), ("1 m and 50 cm", 1.5), ("1 metre 50 centimetres", 1.5),
    ("1 m 5 cm", 1.05), ("2 metres and 5 centimetres", 2.05), ("1.5 m (150 cm)", 1.5),
    ("150 cm (1.5 m)", 1.5), ("1.5 m = 150 cm", 1.5), ("1.5 m, i.e. 150 cm", 1.5),
    ("1.5 m (4.9 ft)", 1.5), ("1.5 m or 150 cm", 1.5), ("1.5 m, or about 5 feet", 1.5),
    # feet and inches
    ("five feet", 1.524), ("5 ft", 1.524), ("5'", 1.524), ("5'10\"", 1.778), ("5' 10\"", 1.778),
    ("5 ft 10 in", 1.778), ("5 feet 10 inches", 1.778), ("5 feet and 10 inches", 1.778),
    ("60 in", 1.524), ("60 inches", 1.524), ('60"', 1.524), ("60in", 1.524), ("2 yards", 1.8288),
    ("a foot and a half", 0.4572), ("6′ 2″", 1.8796), ("5 ft (1.524 m)", 1.524), ('"1.5"', 1.5),
    # in a sentence
    ("The distance is about 1.5 m.", 1.5), ("approximately 1.5 meters apart", 1.5), ("≈1.5 m", 1.5),
    ("~1.5m", 1.5), (r"$\approx 1.5$ m", 1.5), ("d = 1.5 m", 1.5),
    ("I think it is 1.5 m away", 1.5),
    ("The chair is 1.5 m from the table.", 1.5), ("roughly 1.5 m or so", 1.5), ("1.5 m long", 1.5),
    ("more or less 1.5 m", 1.5), ("just over 1.5 m", 1.5), ("a little under 2 m", 2.0),
    ("1.5 ± 0.1 m", 1.5), ("1.5 m ± 10 cm", 1.5), ("1.5 m give or take 10 cm", 1.5),
    ("Answer: 1.5 m", 1.5), ("**Answer:** 150 cm", 1.5), ("**1.5 meters**", 1.5), ("- 1.5 m", 1.5),
    (r"\boxed{1.5\ \text{m}}", 1.5), (r"\boxed{1.5}", 1.5), ("<answer>1.5 m</answer>", 1.5),
    ("The gap between the sofa and the desk is 2 m", 2.0), ("1.5 meters (approx.)", 1.5),
    ("between the 2 chairs there is 1.5 m", 1.5), ("In image 2, 1.5 m", 1.5),
    ("1.5 m in image 2", 1.5),
    ("The table is 2 m long and the gap 1 m. So the answer is 1 m", 1.0),
    ("it is 1 m, not 2 m", 1.0),
    ("not 1 m but 2 m", 2.0), ("sqrt(1.2^2 + 0.9^2) = 1.5 m", 1.5),
    ("over 1 m, 1.5 m in fact", 1.5),
    ("0 m", 0.0), ("-1.5 m", -1.5), ("−1.5 m", -1.5), ("minus 2 metres", -2.0), ("1.5~m", 1.5),
    ("From the 3 chairs it is 1.5 m away", 1.5), ("How far is it in metres? 1.5", 1.5),
    ("1.5.", 1.5),
    ("The chair (0.5 m wide) is 1.5 m from the table.", 1.5), ("1.5m (about 5 feet)", 1.5),
    ("1.5 meters (150 cm or 4.9 feet)", 1.5), ("1 m 20", 1.2), ("In image 1 it is 2.5 m", 2.5),
    ("1.5 m.\n\nReasoning: the chair is 0.5 m wide and the table 1 m long.", 1.5),
    ("between 1.4 m and 1.6 m, so about 1.5 m", 1.5), ("one meter and twenty centimeters", 1.2),
    ("Distance = √(1.2² + 0.9²) ≈ 1.5 m", 1.5), (r"$d = \sqrt{1.2^2+0.9^2} = 1.5$", 1.5),
    # unreadable
    ("1 m (about 200 cm)", None), ("1 m (or 2 m)", None), ("Answer: 1 m. 2 m. 3 m.", None),
    ("", None), ("far", None), ("How far is the chair from the table, in metres?", None),
    ("m", None),
    ("between 1 and 2 m", None), ("1-2 m", None), ("1 – 2 m", None), ("1 to 2 metres", None),
    ("1 m to 2 m", None), ("1 m - 2 m", None), ("1 or 2 m", None), ("1.5 m or 2", None),
    ("1~2 m", None),
    ("from 1 m to 2 m", None), ("1, 2 m", None), ("1 m, 2 m, 3 m", None), ("1 m (200 cm)", None),
    ("1 m = 150 cm", None), ("1.5 m (5 m)", None), ("1.5 m 2 m", None), ("1 2 3", None),
    ("at least 1.5 m", None), ("less than 2 m", None), ("under 2 metres", None),
    ("within 2 m", None),
    ("> 2 m", None), ("1.5 m or more", None), ("1.5+ m", None), ("up to 2 m", None),
    ("at most 2 m", None),
    ("1.5 m at least", None), ("not 1.5 m", None), ("it isn't 2 m", None), ("2 m²", None),
    ("2 sq m", None),
    ("1.5 kg", None), ("150%", None), ("45°", None), ("2 chairs", None), ("2 m x 3 m", None),
    ("2 by 3 m", None), ("1e999 m", None), ("1 m, 1.1 m", None), ("the 2nd", None), ("1/0 m", None),
    ("1 m 150 cm", None), ("a few metres", None), ("several metres", None),
    ("Options: 1 m, 2 m, 3 m", None),
    ("Answer: 1 m or 2 m", None), ("0.5 1.0 1.5 2.0 2.5", None), ("2 m³", None),
    ("1.5 m\n2.5 m", None),
]  # fmt: skip

CENTIMETRES = [
    ("150", 150.0), ("150 cm", 150.0), ("1.5 m", 150.0), ("1.5 metres", 150.0), ("1500 mm", 150.0),
    ("1 m 50 cm", 150.0), ("half a metre", 50.0), ("five feet", 152.4), ("150 cm long", 150.0),
    ("The longest side is about 150 centimetres.", 150.0), ("a metre and a half", 150.0),
    ("two hundred", 200.0), ("about two hundred centimetres", 200.0), ("4 inches", 10.16),
    ("1,200", 1200.0), ("150.5", 150.5), ("100 x 50 x 20 cm", None), ("100-150 cm", None),
    ("150 cm or 160 cm", None), ("1.5", 1.5), ("two and a half feet", 76.2),
    ('12" (30.48 cm)', 30.48),
    ("150 cm²", None), ("100 cm, 150 cm", None), ("nearly 2 m", 200.0),
    ("120cm x 60cm x 75cm, so the longest is 120cm", 120.0),
]  # fmt: skip

AREAS = [
    ("16.3", 16.3), ("16.3 m²", 16.3), ("16.3 m2", 16.3), ("16.3m^2", 16.3), ("16.3 sqm", 16.3),
    ("16.3 sq m", 16.3), ("16.3 sq. m", 16.3), ("16.3 square metres", 16.3), ("16.3 ㎡", 16.3),
    ("16.3 square meters", 16.3), ("16.3 metres squared", 16.3), (r"$16.3\,\mathrm{m}^2$", 16.3),
    (r"16.3 \text{ m}^{2}", 16.3), (r"\boxed{16.3 \, m^2}", 16.3), ("163000 cm²", 16.3),
    ("100 square feet", 9.290304), ("100 sq ft", 9.290304), ("100 ft²", 9.290304),
    ("about sixteen square metres", 16.0), ("sixteen and a half square metres", 16.5),
    ("4 m x 5 m = 20 m²", 20.0), ("4 × 5 = 20", 20.0), ("4 m by 5 m, so 20 m²", 20.0),
    ("The room is 4 m wide and 5 m long: 20 m²", 20.0), ("20 m² (215 sq ft)", 20.0),
    (r"$4 \times 5 = 20$ m²", 20.0), ("The area is 20.", 20.0),
    ("the room has 2 doors and 20 m²", 20.0),
    ("half a square metre", 0.5), ("20 m", None), ("4 m x 5 m", None), ("4 by 5", None),
    ("20 m³", None),
    ("15-20 m²", None), ("15 to 20 square metres", None), ("5m x 5m, or 25 square meters", 25.0),
    ("25 m**2", 25.0),
    ("20 m² or 25 m²", None), ("large", None),
    ("at least 20 m²", None), ("20 m² (100 sq ft)", None), ("not 20 m²", None), ("1 200 cm2", 0.12),
]  # fmt: skip


def cases(
    table: Sequence[tuple[str, float | None]], answer: Answer
) -> list[tuple[Answer, str, float | None]]:
    return [(answer, reply, says) for reply, says in table]


@pytest.mark.parametrize(
    ("answer", "reply", "says"),
    [
        *cases(COUNTS, Count(77)),
        *cases(METRES, Metres(77.7)),
        *cases(CENTIMETRES, Centimetres(77.7)),
        *cases(AREAS, SquareMetres(77.7)),
    ],
)
def test_a_reply_says_this_number(answer: Answer, reply: str, says: float | None) -> None:
    parsed = read_reply(reply, answer)
    if says is None:
        assert parsed is None
    else:
        assert type(parsed) is type(answer)
        assert parsed is not None
        assert parsed.value == pytest.approx(says, rel=1e-12, abs=1e-12)


OFFERED = ("A. 1.2 m", "B. 1.5 m", "C. 2.1 m", "D. 3.0 m")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("B", 1.5), ("(b)", 1.5), ("B.", 1.5), ("B. 1.5 m", 1.5), ("option C", 2.1), ("1.5 m", 1.5),
        ("Answer: D", 3.0), ("150 cm", 1.5), ("1.4 m", 1.4), ("I choose A", 1.2), ("option 2", 1.5),
        ("the second one", 1.5), ("2", 2.0), ("B or C", None), ("B. 2.1 m", None), ("E", None),
        ("A. 1.2 m B. 1.5 m C. 2.1 m D. 3.0 m", None), ("A, B, C, D", None),
    ],
)  # fmt: skip
def test_a_number_may_be_chosen_by_its_letter(reply: str, says: float | None) -> None:
    parsed = read_reply(reply, Metres(77.7), OFFERED)
    assert parsed is None if says is None else parsed == Metres(says)
