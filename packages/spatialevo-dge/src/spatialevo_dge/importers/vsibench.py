# SPDX-License-Identifier: Apache-2.0
"""VSI-Bench's scene metadata (``*_meta_info_val.json``): oriented boxes, counts and room size.

J. Yang et al., "Thinking in Space", CVPR 2025. The files hold neither points nor cameras.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType

from spatialevo_dge.importers.given_boxes import bounds, read_box
from spatialevo_dge.importers.labels import Vocabulary, vocabulary
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.scene import BoxKind, FloorPlan, FloorSource, Scene, SceneObject


def import_vsibench(files: str | Path | Sequence[str | Path]) -> Iterator[Scene]:
    """Yield the scenes of metadata files, in the files' order.

    Labels stay as annotated (lower case), because VSI-Bench goes by equality of labels; the only
    exceptions are in `data/labels/vsibench.json`.

    Args:
        files: One file or several; each is read when its first scene is asked for.

    Raises:
        SceneError: A file is missing or damaged; names file and field.
    """
    paths = [files] if isinstance(files, str | Path) else files
    for path in map(Path, paths):
        scenes = read_json(path)
        for scene_id in scenes:
            yield _scene(scene_id, scenes.fields(scene_id), path)


def _scene(scene_id: str, record: Fields, path: Path) -> Scene:
    words = vocabulary("vsibench")
    area = record.number("room_size")
    if area <= 0.0:
        record.fail("room_size", f"expected > 0, got {area}")
    return Scene(
        id=scene_id,
        source="vsibench",
        objects=tuple(_objects(record.fields("object_bbox"), words)),
        floor=FloorPlan(area=area, source=FloorSource.READ),
        annotated_counts=MappingProxyType(_counts(record.fields("object_counts"), words)),
        provenance=frozen_record(
            {
                "importer": "vsibench",
                "files": {"metadata": path.name},
                "dataset": record.text("dataset"),
                "boxes": "as annotated",
            }
        ),
    )


def _counts(record: Fields, words: Vocabulary) -> dict[str, int]:
    counts: dict[str, int] = {}
    for source_label in record:
        count = record.integer(source_label)
        if count < 1:
            record.fail(source_label, f"expected >= 1, got {count}")
        label = words.label(source_label)
        if label in counts:
            record.fail(source_label, f"a second count of {label!r}")
        counts[label] = count
    return counts


def _objects(record: Fields, words: Vocabulary) -> Iterator[SceneObject]:
    number = 0
    for source_label in record:
        for box in record.records(source_label):
            given = read_box(box)
            yield SceneObject(
                id=number,
                label=words.label(source_label),
                source_label=source_label,
                aabb=bounds(given),
                obb_raw=given,
                obb=given,
                box_kind=BoxKind.GIVEN,
            )
            number += 1
