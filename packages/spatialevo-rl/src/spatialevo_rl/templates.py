# SPDX-License-Identifier: Apache-2.0
"""Prompt files of a package, rendered: every sub-package that words something keeps its own."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(package: str, name: str, **values: object) -> str:
    """Render a file of a package's ``prompts`` folder, without white space around.

    Args:
        package: The package that has the folder.
        name: The file's path below it.
        values: What the file names; one that is missing is an error.
    """
    return _environment(package).get_template(name).render(**values).strip()


def images_said(count: int) -> str:
    """Say how many images are shown."""
    return "one image" if count == 1 else f"{count} images"


@cache
def _environment(package: str) -> Environment:
    return Environment(  # noqa: S701  (prompts are no web pages: escaping would change the text)
        loader=PackageLoader(package, "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
