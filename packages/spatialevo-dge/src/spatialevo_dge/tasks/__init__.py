# SPDX-License-Identifier: Apache-2.0
"""The sixteen tasks, in the paper's order, and those that installed packages add."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks.frame import (
    depth_order_obj_obj,
    distance_cam_obj,
    single_image_relative_direction,
)
from spatialevo_dge.tasks.pair import (
    attribute_measurement,
    elevation_cam_cam,
    motion_camera,
    position_cam_cam,
    position_cam_obj,
    position_cam_reg,
    visibility_compare,
)
from spatialevo_dge.tasks.scene import (
    absolute_distance,
    object_counting,
    object_size,
    relative_direction_hard,
    relative_distance,
    room_size,
)

TASKS: Final[tuple[SpatialTask[Any], ...]] = (
    object_counting.TASK,
    object_size.TASK,
    room_size.TASK,
    absolute_distance.TASK,
    relative_distance.TASK,
    relative_direction_hard.TASK,
    single_image_relative_direction.TASK,
    distance_cam_obj.TASK,
    depth_order_obj_obj.TASK,
    position_cam_cam.TASK,
    elevation_cam_cam.TASK,
    visibility_compare.TASK,
    position_cam_obj.TASK,
    position_cam_reg.TASK,
    motion_camera.TASK,
    attribute_measurement.TASK,
)

ENTRY_POINT_GROUP: Final = "spatialevo_dge.tasks"


@cache
def all_tasks() -> tuple[SpatialTask[Any], ...]:
    """Return the sixteen tasks and those that installed packages add, in a fixed order.

    Raises:
        TypeError: An entry point does not hold a `SpatialTask`.
        ValueError: Two tasks share an id.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415  (brings the whole of email)

    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    found = [*TASKS]
    for point in points:
        task = point.load()
        if not isinstance(task, SpatialTask):
            raise TypeError(f"entry point {point.value!r}: expected a SpatialTask, got {task!r}")
        found.append(task)
    ids = [task.id for task in found]
    if len(set(ids)) != len(ids):
        raise ValueError(f"two tasks share an id: {sorted(ids)}")
    return tuple(found)


@cache
def tasks_by_id() -> Mapping[str, SpatialTask[Any]]:
    """Return all tasks by id."""
    return {task.id: task for task in all_tasks()}


def task_named(task_id: str) -> SpatialTask[Any]:
    """Return the task with an id.

    Raises:
        ValueError: There is none; the message lists those there are.
    """
    task = tasks_by_id().get(task_id)
    if task is None:
        raise ValueError(f"task: {task_id!r} is none of {', '.join(tasks_by_id())}")
    return task
