# SPDX-License-Identifier: Apache-2.0
"""The interactive view of a scene as a plotly figure, written out as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from spatialevo_dge.scene import Scene
from spatialevo_dge.viewing import wires
from spatialevo_dge.viewing.cloud_trace import cloud_traces
from spatialevo_dge.viewing.ground import ground
from spatialevo_dge.viewing.plotly_json import Node, coordinates, text_of
from spatialevo_dge.viewing.shapes import COLOURS, Area, Drawing, Role, Stroke, Style
from spatialevo_dge.viewing.space import Space
from spatialevo_dge.viewing.subject import Subject
from spatialevo_dge.viewing.wires import box_lines, frustum_lines, lifted

MOST_CAMERAS: Final = 40
MOST_BOXES: Final = 400
LIFT: Final = 0.015
"""Metres by which what lies on the floor is drawn above it, so that the floor does not hide it."""

_INK: Final = "#1d2733"
_BELOW: Final = -0.01
"""Where the legend begins: under the view, which it would cover on a narrow screen."""


def figure_of(subject: Subject) -> Node:
    """Return the figure: data, layout and configuration."""
    drawing = subject.drawing
    traces = [
        *cloud_traces(subject.scene),
        *_outline(subject.scene),
        *_other_boxes(subject),
        *_other_cameras(subject),
        *_marked_boxes(subject),
        *_marked_cameras(subject),
        *(trace for area in drawing.areas for trace in _area(area)),
        *(trace for stroke in drawing.strokes for trace in _stroke(stroke)),
        *_spots(drawing),
    ]
    return {
        "data": traces,
        "layout": _layout(subject),
        "config": {"displaylogo": False, "responsive": True, "scrollZoom": True},
    }


def _line(points: Any, colour: str, width: float, **more: Any) -> Node:
    return {
        "type": "scatter3d",
        "mode": "lines",
        **coordinates(points),
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        **more,
    }


def _outline(scene: Scene) -> Iterator[Node]:
    if scene.floor is None or not scene.floor.rings:
        return
    height = ground(scene) + LIFT
    points: list[Any] = []
    for ring in scene.floor.rings:
        closed = [*ring.tolist(), ring[0].tolist()]
        points += [*((x, y, height) for x, y in closed), None]
    yield _line(points, _INK, 4, name="floor outline")


def _other_boxes(subject: Subject) -> Iterator[Node]:
    marked = {mark.object_id for mark in subject.drawing.boxes}
    others = [item for item in subject.scene.objects if item.id not in marked][:MOST_BOXES]
    if not others:
        return
    boxes = [wires.shown_box(item, subject.policy) for item in others]
    name = "other objects" if marked else "objects"
    lines = [point for box in boxes for point in box_lines(box)]
    yield _line(lines, "#7f8ea3", 2, name=f"{name}: boxes", legendgroup="others")
    tops = [(*box.centre[:2], box.aabb_max[2] + 0.04) for box in boxes]
    yield {
        "type": "scatter3d",
        "mode": "text",
        "name": f"{name}: labels",
        **coordinates(tops),
        "text": [text_of(item.label) for item in others],
        "textfont": {"size": 11, "color": _INK},
        "hoverinfo": "text",
        "hovertext": [text_of(f"{item.label} #{item.id}") for item in others],
    }


def _other_cameras(subject: Subject) -> Iterator[Node]:
    marked = {mark.frame_id for mark in subject.drawing.cameras}
    others = [frame for frame in subject.scene.frames if frame.id not in marked]
    step = max(1, -(-len(others) // MOST_CAMERAS))
    kept = others[::step]
    if not kept:
        return
    lines = [point for frame in kept for point in frustum_lines(frame, 0.22)]
    count = f"{len(kept)} of {len(others)}" if len(kept) < len(others) else f"{len(kept)}"
    name = f"{'other ' if marked else ''}cameras ({count})"
    yield _line(lines, "#9aa5b1", 2, name=name)


def _marked_boxes(subject: Subject) -> Iterator[Node]:
    for mark in subject.drawing.boxes:
        box = wires.shown_box(subject.scene.objects_by_id[mark.object_id], subject.policy)
        yield _line(box_lines(box), COLOURS[mark.role], 6, name=text_of(mark.caption))


def _marked_cameras(subject: Subject) -> Iterator[Node]:
    for mark in subject.drawing.cameras:
        lines = frustum_lines(subject.scene.frames_by_id[mark.frame_id], 0.4)
        yield _line(lines, COLOURS[mark.role], 5, name=text_of(mark.caption))


def _area(area: Area) -> Iterator[Node]:
    ring = lifted(area.ring_in_world, LIFT)
    colour = COLOURS[area.role]
    name = text_of(area.caption or area.role.value)
    closed = [*ring, ring[0]]
    yield _line(closed, colour, 4, name=name, legendgroup=name, showlegend=not area.filled)
    if area.filled and len(ring) > 2:
        yield {
            "type": "mesh3d",
            "name": name,
            "legendgroup": name,
            "showlegend": True,
            **coordinates(ring),
            **_fan(area),
            "color": colour,
            "opacity": 0.4,
            "hoverinfo": "skip",
            "flatshading": True,
            "lighting": {"ambient": 1.0, "diffuse": 0.0},
        }


def _fan(area: Area) -> Node:
    triangles = wires.triangulated(area.ring_in_world[:, :2])
    return {axis: [corner[place] for corner in triangles] for place, axis in enumerate("ijk")}


def _stroke(stroke: Stroke) -> Iterator[Node]:
    colour = COLOURS[stroke.role]
    measured = stroke.role is Role.MEASURED
    points = lifted(stroke.points_in_world, 2 * LIFT)
    dash = "dash" if stroke.style is Style.DASHED else "solid"
    trace = _line(points, colour, 9 if measured else 6)
    trace["line"]["dash"] = dash
    if stroke.style is Style.DASHED:
        trace["line"]["width"] = 4
    yield {
        **trace,
        "name": text_of(stroke.caption),
        "showlegend": bool(stroke.caption),
    }
    if stroke.style is Style.ARROW:
        yield _tip(points, colour)
    elif measured:
        yield {
            "type": "scatter3d",
            "mode": "markers",
            **coordinates(points[[0, -1]]),
            "marker": {"size": 5, "color": colour},
            "hoverinfo": "skip",
            "showlegend": False,
        }


def _tip(points: Any, colour: str) -> Node:
    step = points[-1] - points[-2]
    length = float(np.linalg.norm(step))
    unit = step / length if length > 0.0 else step
    base = points[-1] - unit * 0.06
    return {
        "type": "cone",
        **coordinates([base]),
        **{name: [round(float(value), 6)] for name, value in zip("uvw", unit, strict=True)},
        "anchor": "center",
        "sizemode": "absolute",
        "sizeref": 0.16,
        "colorscale": [[0, colour], [1, colour]],
        "showscale": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _spots(drawing: Drawing) -> Iterator[Node]:
    for spot in drawing.spots:
        yield {
            "type": "scatter3d",
            "mode": "markers",
            "name": text_of(spot.caption),
            **coordinates([lifted(spot.point_in_world, 2 * LIFT)]),
            "marker": {"size": 7, "color": COLOURS[spot.role]},
            "hoverinfo": "name",
        }


def _layout(subject: Subject) -> Node:
    space = Space.of(subject)
    low, high = space.low.tolist(), space.high.tolist()
    return {
        "scene": {
            **{
                f"{name}axis": {"visible": False, "showspikes": False, "range": list(ends)}
                for name, ends in zip("xyz", zip(low, high, strict=True), strict=True)
            },
            "bgcolor": "#eef1f5",
            "domain": {"x": [0.0, 1.0], "y": [0.0, 1.0]},
            "aspectmode": "manual",
            "aspectratio": space.aspect,
            "camera": space.camera,
            "dragmode": "turntable",
            "annotations": list(_annotations(subject)),
        },
        "legend": {
            "orientation": "h",
            "x": 0.0,
            "y": _BELOW,
            "yanchor": "top",
            "font": {"size": 12, "color": _INK},
            "itemsizing": "constant",
        },
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "#ffffff",
        "font": {"family": "system-ui, sans-serif", "color": _INK},
        "uirevision": "keep",
    }


def _annotations(subject: Subject) -> Iterator[Node]:
    drawing = subject.drawing
    for mark in drawing.boxes:
        box = wires.shown_box(subject.scene.objects_by_id[mark.object_id], subject.policy)
        yield _note((*box.centre[:2], box.aabb_max[2]), mark.caption, COLOURS[mark.role], 13)
    for camera in drawing.cameras:
        eye = subject.scene.frames_by_id[camera.frame_id].world_from_camera[:3, 3]
        yield _note(eye, camera.caption, COLOURS[camera.role], 12)
    for area in drawing.areas:
        if area.caption:
            yield _note(area.ring_in_world.mean(axis=0), area.caption, "#6b4d00", 14)
    for stroke in drawing.strokes:
        if stroke.caption:
            middle = wires.middle_of(stroke.points_in_world)
            size = 15 if stroke.role is Role.MEASURED else 12
            yield _note(middle, stroke.caption, COLOURS[stroke.role], size)
    for spot in drawing.spots:
        if spot.caption:
            yield _note(spot.point_in_world, spot.caption, COLOURS[spot.role], 12)
    for word in drawing.words:
        yield _note(word.point_in_world, word.text, "#8a6400", 11)


def _note(place: Any, words: str, colour: str, size: int) -> Node:
    x, y, z = (round(float(value), 4) for value in place)
    return {
        "x": x,
        "y": y,
        "z": z,
        "text": text_of(words),
        "showarrow": False,
        "font": {"size": size, "color": colour},
        "bgcolor": "rgba(255,255,255,0.82)",
        "borderpad": 2,
        "yshift": 12,
    }
