# SPDX-License-Identifier: Apache-2.0
"""The sizes of an object that questions compare: longest side, height, volume."""

from __future__ import annotations

import math

from spatialevo_dge import surface, uncertainty
from spatialevo_dge.entities import Attribute
from spatialevo_dge.scene import NoiseModel, SceneObject
from spatialevo_dge.thresholds import Policy


def size_of(item: SceneObject, attribute: Attribute, policy: Policy) -> float:
    """Return an attribute of an object, in metres or cubic metres."""
    box = surface.box_of(item, policy)
    if attribute is Attribute.VOLUME:
        return box.volume
    return box.height if attribute is Attribute.HEIGHT else box.longest_side


def size_sd(item: SceneObject, attribute: Attribute, noise: NoiseModel, policy: Policy) -> float:
    """Return its standard deviation under the scene's noise, in the same unit."""
    side = uncertainty.side_sd(noise, item)
    if attribute is not Attribute.VOLUME or side == 0.0:
        return side
    a, b, c = surface.box_of(item, policy).extents.tolist()
    return side * math.sqrt((b * c) ** 2 + (a * c) ** 2 + (a * b) ** 2)
