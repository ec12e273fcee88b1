# SPDX-License-Identifier: Apache-2.0
"""Instances as groups of a mesh's segments, as ScanNet and ScanNet++ annotate them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.importers.scene_builder import Instance
from spatialevo_dge.json_fields import Fields


class SegmentVertices:
    """The vertices of each segment of a mesh."""

    def __init__(self, segments: Fields, vertex_count: int, mesh: str) -> None:
        """Take ``segIndices``, the segment of each of the mesh's vertices.

        Raises:
            SceneError: It is missing, or not one number a vertex.
        """
        of_vertex = segments.integers("segIndices")
        if len(of_vertex) != vertex_count:
            problem = f"{len(of_vertex)} segments for the {vertex_count} vertices of {mesh}"
            segments.fail("segIndices", problem)
        self._order = np.argsort(of_vertex, kind="stable")
        self._sorted = of_vertex[self._order]

    def vertices(self, segment: int) -> NDArray[np.int64]:
        """Return the vertices of a segment, ascending; none for a segment that does not occur."""
        start, stop = np.searchsorted(self._sorted, [segment, segment + 1])
        return self._order[start:stop]

    def instance(self, group: Fields, label: str) -> Instance:
        """Return the instance that one of ``segGroups`` describes.

        Raises:
            SceneError: A field is missing or wrong, or a segment has no vertex.
        """
        segments = np.unique(group.integers("segments"))
        if not len(segments):
            group.fail("segments", "empty")
        parts = [self.vertices(segment) for segment in segments.tolist()]
        for segment, part in zip(segments.tolist(), parts, strict=True):
            if not len(part):
                group.fail("segments", f"segment {segment} has no vertex")
        return Instance(
            id=group.integer("objectId"),
            label=label,
            source_label=group.text("label"),
            vertices=np.sort(np.concatenate(parts)),
        )
