# SPDX-License-Identifier: Apache-2.0
"""How large a vision-language model is, from the numbers of its configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

LINEAR: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear maps of a layer, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """The vision tower.

    Attributes:
        depth: Layers.
        hidden: Width.
        intermediate: Width inside its MLPs.
        patch: Side of a patch, pixels; a patch spans two frames of a video.
        heads: Attention heads.
        merge: Patches along a side that become one token.
        gated: Gated MLPs and RMS norms (Qwen2.5-VL), or plain ones and layer norms (Qwen3-VL).
        positions: Learnt positions; 0: rotary alone.
        taps: Layers whose output also enters the language model (DeepStack).
    """

    depth: int
    hidden: int
    intermediate: int
    patch: int
    heads: int = 16
    merge: int = 2
    gated: bool = True
    positions: int = 0
    taps: int = 0

    @property
    def inputs(self) -> int:
        """Numbers of one patch: three colours, two frames."""
        return 3 * 2 * self.patch**2

    def parameters(self, out: int) -> int:
        """Return its parameters, its merger into width `out` included."""
        wide, inner = self.hidden, self.intermediate
        attention = (3 * wide * wide + 3 * wide) + (wide * wide + wide)
        if self.gated:
            mlp = 2 * (wide * inner + inner) + (inner * wide + wide)
        else:
            mlp = (wide * inner + inner) + (inner * wide + wide)
        norms = 2 * wide * (1 if self.gated else 2)
        embedding = self.inputs * wide + (0 if self.gated else wide) + self.positions * wide
        joined = self.merge**2 * wide
        merging = (joined * joined + joined) + (joined * out + out)
        first = wide * (1 if self.gated else 2)
        others = self.taps * (merging + 2 * joined)
        return embedding + self.depth * (attention + mlp + norms) + merging + first + others


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A decoder with a vision tower.

    Attributes:
        name: What it is called.
        hidden: Width.
        layers: Layers.
        heads: Query heads.
        kv_heads: Key and value heads.
        head_dim: Width of a head.
        intermediate: Width inside the MLPs.
        vocabulary: Rows of the embedding.
        tied: Whether the output map is the embedding.
        biased: Whether queries, keys and values have biases (Qwen2.5-VL).
        head_norms: Whether queries and keys are normed by head (Qwen3-VL).
        vision: The vision tower.
    """

    name: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    tied: bool
    biased: bool
    head_norms: bool
    vision: Vision

    def shapes(self) -> Mapping[str, tuple[int, int]]:
        """Return inputs and outputs of each linear map of a layer."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        return {
            "q_proj": (self.hidden, queries),
            "k_proj": (self.hidden, keys),
            "v_proj": (self.hidden, keys),
            "o_proj": (queries, self.hidden),
            "gate_proj": (self.hidden, self.intermediate),
            "up_proj": (self.hidden, self.intermediate),
            "down_proj": (self.intermediate, self.hidden),
        }

    @property
    def layer_parameters(self) -> int:
        """Parameters of one layer of the language model."""
        found = sum(inputs * outputs for inputs, outputs in self.shapes().values())
        if self.biased:
            found += sum(self.shapes()[name][1] for name in ("q_proj", "k_proj", "v_proj"))
        if self.head_norms:
            found += 2 * self.head_dim
        return found + 2 * self.hidden

    @property
    def language_parameters(self) -> int:
        """Parameters of the language model, embedding and output map included."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return embeddings + self.layers * self.layer_parameters + self.hidden

    @property
    def vision_parameters(self) -> int:
        """Parameters of the vision tower."""
        return self.vision.parameters(self.hidden)

    @property
    def parameters(self) -> int:
        """All parameters."""
        return self.language_parameters + self.vision_parameters

    @property
    def multiplied(self) -> int:
        """Parameters that one token is multiplied with: layers and the output map."""
        return self.layers * self.layer_parameters + self.vocabulary * self.hidden

    @property
    def cache_bytes(self) -> int:
        """Bytes of keys and values of one token, in 16 bits."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2

    def lora_parameters(self, rank: int, targets: tuple[str, ...] = LINEAR) -> int:
        """Return the parameters of adapters of a rank on linear maps of every layer."""
        shapes = self.shapes()
        return self.layers * rank * sum(sum(shapes[name]) for name in targets)

    def image_tokens(self, size: int) -> int:
        """Return the tokens of a square image of so many pixels a side."""
        return self.image_patches(size) // self.vision.merge**2

    def image_patches(self, size: int) -> int:
        """Return its patches: sides are rounded to whole tokens, as the processors do."""
        block = self.vision.patch * self.vision.merge
        return (self.vision.merge * max(1, round(size / block))) ** 2


def _qwen25(
    name: str, *, hidden: int, layers: int, heads: int, kv: int, inner: int
) -> Architecture:
    return Architecture(
        name=name,
        hidden=hidden,
        layers=layers,
        heads=heads,
        kv_heads=kv,
        head_dim=128,
        intermediate=inner,
        vocabulary=152_064 if hidden == 3584 else 151_936,
        tied=hidden == 2048,
        biased=True,
        head_norms=False,
        vision=Vision(depth=32, hidden=1280, intermediate=3420, patch=14),
    )


def _qwen3(name: str, *, hidden: int, inner: int, tied: bool, vision: Vision) -> Architecture:
    return Architecture(
        name=name,
        hidden=hidden,
        layers=36,
        heads=32,
        kv_heads=8,
        head_dim=128,
        intermediate=inner,
        vocabulary=151_936,
        tied=tied,
        biased=False,
        head_norms=True,
        vision=vision,
    )


_SMALL_TOWER: Final = Vision(
    depth=24, hidden=1024, intermediate=4096, patch=16, gated=False, positions=2304, taps=3
)
_LARGE_TOWER: Final = Vision(
    depth=27, hidden=1152, intermediate=4304, patch=16, gated=False, positions=2304, taps=3
)

KNOWN: Final[Mapping[str, Architecture]] = {
    each.name: each
    for each in (
        _qwen25("Qwen2.5-VL-3B", hidden=2048, layers=36, heads=16, kv=2, inner=11_008),
        _qwen25("Qwen2.5-VL-7B", hidden=3584, layers=28, heads=28, kv=4, inner=18_944),
        _qwen3("Qwen3-VL-4B", hidden=2560, inner=9728, tied=True, vision=_SMALL_TOWER),
        _qwen3("Qwen3-VL-8B", hidden=4096, inner=12_288, tied=False, vision=_LARGE_TOWER),
    )
}
"""Numbers of the models' published config.json files. They give 3.75, 8.29, 4.44 and 8.77 billion
parameters, which is what the model cards state."""


def architecture_of(model: str) -> Architecture:
    """Return the architecture of a model.

    Args:
        model: Name of a known model, with or without its owner and "-Instruct"; a folder that holds
            a config.json; or ``lab``, the packaged model.

    Raises:
        ValueError: It is neither, or its config.json lacks a number.
    """
    name = model.rstrip("/").rpartition("/")[2].removesuffix("-Instruct")
    if name in KNOWN:
        return KNOWN[name]
    if model == "lab":
        with as_file(files("spatialevo_rl") / "lab" / "base") as folder:
            return read_architecture(folder)
    if Path(model).is_dir():
        return read_architecture(Path(model))
    known = ", ".join(KNOWN)
    raise ValueError(f"model {model!r}: neither a folder with a config.json nor one of {known}")


def read_architecture(folder: Path) -> Architecture:
    """Return the architecture that a folder's config.json states.

    Raises:
        ValueError: There is no such file, or a number is missing from it.
    """
    path = folder / "config.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return _from_config(folder.name, record)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except KeyError as error:
        raise ValueError(f"{path}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: not a model's configuration: {error}") from error


def _from_config(name: str, record: Mapping[str, Any]) -> Architecture:
    text, vision = record["text_config"], record["vision_config"]
    gated = "qwen3" not in str(record["model_type"])
    heads = text["num_attention_heads"]
    explicit = text["head_dim"] if "head_dim" in text else None  # Qwen2.5 leaves it out
    return Architecture(
        name=name,
        hidden=text["hidden_size"],
        layers=text["num_hidden_layers"],
        heads=heads,
        kv_heads=text["num_key_value_heads"],
        head_dim=explicit or text["hidden_size"] // heads,
        intermediate=text["intermediate_size"],
        vocabulary=text["vocab_size"],
        tied=bool(record["tie_word_embeddings"]),
        biased=gated,
        head_norms=not gated,
        vision=Vision(
            depth=vision["depth"],
            hidden=vision["hidden_size"],
            intermediate=vision["intermediate_size"],
            patch=vision["patch_size"],
            heads=vision["num_heads"],
            merge=vision["spatial_merge_size"],
            gated=gated,
            positions=0 if gated else vision["num_position_embeddings"],
            taps=0 if gated else len(vision["deepstack_visual_indexes"]),
        ),
    )
