# SPDX-License-Identifier: Apache-2.0
"""A self-contained HTML page: the scene in 3D, the plan, the images, the ruling and its trace.

The page works offline. Its content security policy allows its own three scripts, by their hashes,
and no request at all; every text of the scene and of the question is escaped besides.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spatialevo_dge.json_fields import plain_json
from spatialevo_dge.resources import read
from spatialevo_dge.ruling import Illegal
from spatialevo_dge.scene import Frame
from spatialevo_dge.viewing.cloud_trace import MOST_POINTS
from spatialevo_dge.viewing.figure import MOST_BOXES, figure_of
from spatialevo_dge.viewing.files import write_whole
from spatialevo_dge.viewing.photo import photo, shown_marks, why_no_image
from spatialevo_dge.viewing.plan import plan
from spatialevo_dge.viewing.plotly_json import in_script
from spatialevo_dge.viewing.shapes import COLOURS
from spatialevo_dge.viewing.subject import MOST_IMAGES, Subject
from spatialevo_dge.viewing.text import plain, sentence
from spatialevo_dge.viewing.verdict_text import headline, particulars, refusal_rows, trace_rows

if TYPE_CHECKING:
    from PIL import Image

_PLAN_WIDTH: Final = 1200  # pixels
_PLAN_SHOWN: Final = 620
"""About as wide as a page on a laptop shows the plan."""
_PHOTO_WIDTHS: Final = ((2, 960), (4, 720), (MOST_IMAGES, 560))
"""Pixels of each image, where there are up to so many: together they stay well below 1 MB."""
_QUALITIES: Final = (88, 75, 60, 40, 20)
"""JPEG without subsampled colours, so that thin coloured lines keep theirs; the first that fits."""
_PLAN_BYTES: Final = 350_000
_PHOTOS_BYTES: Final = 600_000
"""Of all images together, before base64."""
_LONGEST_TRACE: Final = 100_000
"""Characters of a trace that are written out."""


def write_page(subject: Subject, path: str | Path) -> None:
    """Write the page, all or nothing; the same subject gives the same bytes.

    Raises:
        ImportError: plotly is not installed.
        SceneError: An image of the scene is damaged.
        OSError: The file cannot be written.
    """
    write_whole(Path(path), page(subject).encode())


def page(subject: Subject) -> str:
    """Return the page as HTML."""
    figure = in_script(figure_of(subject))
    scripts = (_plotly_js(), read("viewing/page.js"))
    return "".join(
        (
            "<!DOCTYPE html>\n",
            '<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{_text(subject.title)}</title>\n",
            f"<style>{read('viewing/page.css')}</style>\n</head>\n<body>\n",
            *_body(subject),
            f'<script type="application/json" id="figure">{figure}</script>\n',
            *(f"<script>{script}</script>\n" for script in scripts),
            "</body>\n</html>\n",
        )
    )


def _plotly_js() -> str:
    try:
        from plotly.offline import (  # type: ignore[import-untyped]  # noqa: PLC0415  (optional)
            get_plotlyjs,
        )
    except ImportError as error:
        message = "writing a page needs plotly: pip install 'spatialevo-dge[view]'"
        raise ImportError(message) from error
    return str(get_plotlyjs())


def _policy(scripts: tuple[str, ...]) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _body(subject: Subject) -> Iterator[str]:
    yield "<header>\n"
    yield f"<h1>{_text(subject.title)}</h1>\n"
    yield from _ruling(subject)
    yield "</header>\n<main>\n"
    yield "<section><h2>In space: drag to turn, scroll to zoom, click the legend to hide</h2>\n"
    yield '<div id="scene"></div>\n'
    yield f'<p class="quiet">{_text(_points(subject) + _boxes(subject))}</p></section>\n'
    yield f"<section><h2>From above</h2>\n{_picture(_plan(subject), 'plan', _PLAN_BYTES)}\n"
    yield from _key(subject)
    yield "</section>\n"
    yield from _images(subject)
    yield from _trace(subject)
    yield from _scene(subject)
    yield "</main>\n"
    yield f"<footer>{_text(_provenance(subject))}</footer>\n"


def _ruling(subject: Subject) -> Iterator[str]:
    if subject.ruling is None:
        return
    kind = "answer" if subject.ruling.legal else "refused"
    yield f'<p class="{kind}">{_text(headline(subject.ruling))}</p>\n'
    for line in particulars(subject.ruling, subject.scene):
        yield f"<p>{_text(line)}</p>\n"
    if isinstance(subject.ruling, Illegal) and subject.truth is not None:
        yield '<p class="quiet">What was measured is drawn all the same.</p>\n'
    for note in subject.ruling.notes:
        yield f'<p class="quiet">note: {_text(note)}</p>\n'


def _points(subject: Subject) -> str:
    cloud = subject.scene.cloud
    if cloud is None:
        return "The scene holds no points: boxes alone are drawn."
    count = len(cloud.points_in_world)
    shown = f"{MOST_POINTS:,} of {count:,} points" if count > MOST_POINTS else f"{count:,} points"
    return shown if cloud.colours is not None else f"{shown}; the scan has no colours"


def _boxes(subject: Subject) -> str:
    others = len(subject.scene.objects) - len(subject.drawing.boxes)
    if others <= MOST_BOXES:
        return ""
    return f"; {MOST_BOXES} of {others:,} objects that the question does not name"


def _key(subject: Subject) -> Iterator[str]:
    """List the colours of the evidence."""
    key = subject.drawing.key
    if not key:
        return
    yield '<ul class="key">\n'
    for role, caption in key:
        colour = COLOURS[role]
        yield f'<li><span style="background:{colour}"></span>{_text(caption)}</li>\n'
    yield "</ul>\n"


def _images(subject: Subject) -> Iterator[str]:
    frames = subject.frames[:MOST_IMAGES]
    if not frames:
        if subject.drawing.boxes and subject.scene.frames:
            count = len(subject.scene.frames)
            words = f"None of the scene's {count} images shows what is marked."
            yield f'<section class="wide"><h2>Images</h2><p>{words}</p></section>\n'
        return
    title = "Images" if subject.asked_with_images else "Images chosen to show it (not asked with)"
    if subject.question is None and not subject.asked_with_images:
        title = "Some of the images"
    width = next(pixels for most, pixels in _PHOTO_WIDTHS if len(frames) <= most)
    yield f'<section class="wide"><h2>{title}</h2>\n<div class="images">\n'
    for frame in frames:
        yield f"<figure>{_image(subject, frame, width)}"
        words = _caption(subject, frame)
        yield f'<figcaption class="quiet">{_text(words)}</figcaption></figure>\n'
    yield "</div>\n"
    if len(frames) < len(subject.frames):
        yield f'<p class="quiet">{len(frames)} of {len(subject.frames)} images are shown.</p>\n'
    yield "</section>\n"


def _caption(subject: Subject, frame: Frame) -> str:
    """Say which image it is, and which of the marked objects it does not show."""
    number = f"image {subject.frames.index(frame) + 1}: " if subject.asked_with_images else ""
    seen = {mark.object_id for mark, _ in shown_marks(subject, frame)}
    absent = [mark.caption for mark in subject.drawing.boxes if mark.object_id not in seen]
    known = frame.visibility_source is not None
    note = f"; shows nothing of: {', '.join(absent)}" if absent and known else ""
    return f"{number}frame {frame.id}{note}"


def _plan(subject: Subject) -> Image.Image:
    return plan(subject, _PLAN_WIDTH, _PLAN_SHOWN)


def _image(subject: Subject, frame: Frame, width: int) -> str:
    missing = why_no_image(frame)
    if missing is not None:
        return f'<div class="missing">{_text(missing)}</div>'
    share = _PHOTOS_BYTES // min(MOST_IMAGES, len(subject.frames))
    return _picture(photo(subject, frame, width), f"frame {frame.id}", share)


def _picture(image: Image.Image, name: str, most: int) -> str:
    data = base64.b64encode(_jpeg(image, most)).decode("ascii")
    size = f'width="{image.width}" height="{image.height}"'
    return f'<img {size} alt="{_text(name)}" src="data:image/jpeg;base64,{data}">'


def _jpeg(image: Image.Image, most: int) -> bytes:
    """Write an image in the best quality that takes no more than so many bytes."""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, format="JPEG", quality=quality, subsampling=0)
        if len(buffer.getvalue()) <= most:
            break
    return buffer.getvalue()


def _trace(subject: Subject) -> Iterator[str]:
    if subject.ruling is None:
        return
    rows = [] if not isinstance(subject.ruling, Illegal) else [*refusal_rows(subject.ruling)]
    if subject.truth is not None:
        rows += trace_rows(subject.truth.trace, subject.scene)
    yield '<section class="wide"><h2>What the ruling was computed from</h2>\n'
    yield from _table(rows)
    record = plain_json(subject.ruling.to_json())
    written = json.dumps(record, ensure_ascii=False, indent=2)
    if len(written) > _LONGEST_TRACE:
        written = f"{written[:_LONGEST_TRACE]}\n… cut: {len(written):,} characters in all"
    yield f"<details><summary>As JSON</summary><pre>{_raw(written)}</pre></details></section>\n"


def _scene(subject: Subject) -> Iterator[str]:
    scene = subject.scene
    labels = ", ".join(
        label if len(items) == 1 else f"{label} ×{len(items)}"
        for label, items in sorted(scene.objects_by_label.items())
    )
    rows = [
        ("scene", scene.id),
        ("source", scene.source),
        ("objects", f"{len(scene.objects)}: {labels}" if labels else "none"),
        ("frames", f"{len(scene.frames)}; {len(scene.skipped_frames)} skipped"),
    ]
    if scene.floor is not None:
        rows.append(("floor", f"{scene.floor.area:.2f} m², {scene.floor.source.value}"))
    yield '<section class="wide"><h2>The scene</h2>\n'
    yield from _table(rows)
    yield "</section>\n"


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    yield "<table>\n"
    for name, said in rows:
        yield f"<tr><th>{_text(name)}</th><td>{_text(said)}</td></tr>\n"
    yield "</table>\n"


def _provenance(subject: Subject) -> str:
    from spatialevo_dge import __version__  # noqa: PLC0415  (the package is loaded by then)

    return f"spatialevo-dge {__version__}, policy {plain(subject.policy.name)}"


def _text(words: str) -> str:
    """Escape text of any origin for an element or an attribute, on one line."""
    return html.escape(sentence(words), quote=True)


def _raw(words: str) -> str:
    """Escape a block of text; what UTF-8 cannot write becomes a question mark."""
    return html.escape(words.encode("utf-8", "replace").decode("utf-8"), quote=True)
