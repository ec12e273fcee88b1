# SPDX-License-Identifier: Apache-2.0
"""A picture for papers: the plan with the evidence, and the images beside it; no browser needed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spatialevo_dge.viewing.files import write_whole
from spatialevo_dge.viewing.pen import INK, PAPER, Pen, in_font
from spatialevo_dge.viewing.photo import photo, why_no_image
from spatialevo_dge.viewing.plan import plan
from spatialevo_dge.viewing.subject import Subject
from spatialevo_dge.viewing.text import sentence
from spatialevo_dge.viewing.verdict_text import headline, particulars

if TYPE_CHECKING:
    from PIL import Image

_PLAN: Final = 1500  # pixels
_PHOTO: Final = 900
_GAP: Final = 30
_HEAD: Final = 34  # pixels of a line of the head


def write_picture(subject: Subject, path: str | Path) -> None:
    """Write the picture as a PNG file, all or nothing.

    Raises:
        SceneError: An image of the scene is damaged.
        OSError: The file cannot be written.
    """
    buffer = io.BytesIO()
    picture(subject).save(buffer, format="PNG", dpi=(300, 300))
    write_whole(Path(path), buffer.getvalue())


def picture(subject: Subject) -> Image.Image:
    """Draw the question and its answer over the plan, and the images in a column beside it."""
    from PIL import Image  # noqa: PLC0415  (slow to import)

    above = plan(subject, _PLAN)
    shown = [frame for frame in subject.frames if why_no_image(frame) is None]
    photos = [photo(subject, frame, _PHOTO) for frame in shown]
    width = _PLAN + (_PHOTO + _GAP if photos else 0)
    lines = _head(subject, width)
    head = 24 + round(sum(1.45 * size for _, size, _ in lines))
    column = sum(image.height + _GAP for image in photos) - _GAP
    sheet = Image.new("RGB", (width, head + max(above.height, column)), PAPER)
    sheet.paste(above, (0, head))
    top = head
    for frame, image in zip(shown, photos, strict=True):
        pen = Pen(image, _PHOTO / 640.0)
        pen.label((60.0, 18.0), f"image {frame.id}", INK, 13)
        sheet.paste(image, (_PLAN + _GAP, top))
        top += image.height + _GAP
    _write(sheet, lines)
    return sheet


def _head(subject: Subject, width: int) -> list[tuple[str, int, str]]:
    """Return the lines over the picture: text, size and colour."""
    lines = [(line, _HEAD, INK) for line in _folded(sentence(subject.title), width, _HEAD)]
    if subject.ruling is not None:
        colour = "#00694b" if subject.ruling.legal else "#b00020"
        lines.append((in_font(sentence(headline(subject.ruling))), round(1.2 * _HEAD), colour))
        small = round(0.78 * _HEAD)
        for text in particulars(subject.ruling, subject.scene):
            lines += [(line, small, "#4a5666") for line in _folded(sentence(text), width, small)]
    return lines


def _folded(text: str, width: int, size: int) -> list[str]:
    """Break a text into lines that fit; a word longer than a line stands alone and is cut."""
    from PIL import ImageFont  # noqa: PLC0415

    font = ImageFont.load_default(size)
    lines = [""]
    for word in in_font(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width - 40 or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _write(sheet: Image.Image, lines: list[tuple[str, int, str]]) -> None:
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415

    draw, top = ImageDraw.Draw(sheet), 12.0
    for text, size, colour in lines:
        draw.text((20, top), text, fill=colour, font=ImageFont.load_default(size))
        top += 1.45 * size
