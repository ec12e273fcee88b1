# SPDX-License-Identifier: Apache-2.0
"""Failures as cards: what was shown, what was asked, what was right and why, what was answered."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from spatialevo_eval.kept_images import image_files, is_failure
from spatialevo_eval.records import ItemRecord
from spatialevo_eval.report.facts import Facts, Measured, failures
from spatialevo_eval.report.markup import long_text, text

__all__ = ["gallery"]

_MOST: Final = 12
"""Cards of one run."""
_EVIDENCE: Final = "evidence"


def gallery(facts: Facts) -> Iterator[str]:
    """Yield the cards of each run that saw its images."""
    any_card = False
    for run in facts.runs:
        if run.result.is_baseline:
            continue
        chosen = failures(run.result, _MOST)
        if not chosen:
            continue
        any_card = True
        lost = sum(map(is_failure, run.result.records))
        title = f"{run.result.benchmark.title}: {run.result.model}"
        yield f"<h3>{text(title)} <small>{len(chosen)} of {lost:,} failures</small></h3>\n"
        for record in chosen:
            yield from _card(run, record)
    if not any_card:
        yield '<p class="quiet">No failure, or none with its images kept.</p>\n'


def _card(run: Measured, record: ItemRecord) -> Iterator[str]:
    yield '<article class="card">\n'
    where = f" in {text(record.scene)}" if record.scene else ""
    yield f"<h4>{text(record.kind)} <small>{text(record.item)}{where}</small></h4>\n"
    paths = image_files(run.result.folder, record.item)
    shown = [path for path in paths if path.stem != _EVIDENCE]
    yield '<div class="shots">\n<div class="said">\n<div class="shown">\n'
    yield from map(_image, shown)
    yield "</div>\n"
    if len(record.images) > len(shown):
        yield f'<p class="quiet">{len(record.images)} images were shown.</p>\n'
    yield f"<p>{long_text(record.prompt)}</p>\n"
    yield f'<p>right: <span class="good">{text(str(record.reference))}</span></p>\n'
    yield f'<p>reply: <span class="bad">{long_text(record.reply) or "(empty)"}</span>'
    yield f" <small>scored {record.value:.2f}. {text(record.why)}</small></p>\n</div>\n"
    yield from (_image(path) for path in paths if path.stem == _EVIDENCE)
    yield "</div>\n</article>\n"


def _image(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    evidence = path.stem == _EVIDENCE
    said = "the truth and how it was measured" if evidence else f"shown: {path.stem}"
    kind = ' class="evidence"' if evidence else ""
    caption = f"<figcaption>{said}</figcaption>" if evidence else ""
    return (
        f'<figure{kind}><img alt="{said}" src="data:image/jpeg;base64,{data}">{caption}</figure>\n'
    )
