# SPDX-License-Identifier: Apache-2.0
"""Looking at a scene and at the evidence of a ruling: a page for a browser, a picture for a paper.

from spatialevo_dge.viewing import subject_of, write_page, write_picture

subject = subject_of(scene, Question("How far is the chair from the desk?"))
write_page(subject, "page.html")
write_picture(subject, "figure.png")
"""

from __future__ import annotations

from spatialevo_dge.viewing.page import write_page
from spatialevo_dge.viewing.picture import write_picture
from spatialevo_dge.viewing.subject import Subject, subject_of

__all__ = ["Subject", "subject_of", "write_page", "write_picture"]
