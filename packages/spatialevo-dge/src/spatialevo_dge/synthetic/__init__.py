# SPDX-License-Identifier: Apache-2.0
"""Seeded synthetic rooms whose truth is known by construction, with rendered pictures.

from spatialevo_dge.synthetic import make_room

room = make_room(7)
room.scene          # what the oracle gets
room.construction   # what the generator decided
"""

from __future__ import annotations

from spatialevo_dge.synthetic.construction import (
    BuiltCamera,
    BuiltObject,
    Construction,
    Relation,
    RelationKind,
)
from spatialevo_dge.synthetic.labelled import make_labelled_room
from spatialevo_dge.synthetic.options import FurnitureSet, RoomOptions, RoomShape
from spatialevo_dge.synthetic.picture import picture
from spatialevo_dge.synthetic.render import Picture
from spatialevo_dge.synthetic.room import SyntheticRoom, make_room
from spatialevo_dge.synthetic.save import save_room

__all__ = [
    "BuiltCamera",
    "BuiltObject",
    "Construction",
    "FurnitureSet",
    "Picture",
    "Relation",
    "RelationKind",
    "RoomOptions",
    "RoomShape",
    "SyntheticRoom",
    "make_labelled_room",
    "make_room",
    "picture",
    "save_room",
]
