# SPDX-License-Identifier: Apache-2.0
"""A plan as a person reads it: facts, estimates, what was assumed, and the verdict last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from spatialevo_rl.plan.advice import Plan
from spatialevo_rl.plan.memory import GB, When, cache_needed, rows_at_once
from spatialevo_rl.plan.workload import Assumptions

_WIDTH = 24


def lines(plan: Plan, title: str) -> Iterator[str]:
    """Yield the plan, line by line."""
    gpus = plan.gpus
    yield f"Plan of {title} on {gpus.count} × {gpus.memory:g} GB"
    yield ""
    yield from _facts(plan)
    yield ""
    yield from _memory(plan)
    yield ""
    yield from _time(plan)
    yield ""
    yield from _assumptions(plan.assumed)
    yield ""
    yield from _verdict(plan)


def _facts(plan: Plan) -> Iterator[str]:
    work, model = plan.work, plan.work.architecture
    yield "Facts"
    yield _line(
        "model",
        f"{model.name}: {model.parameters / 1e9:.3g} B parameters, "
        f"{model.vision_parameters / 1e9:.2g} B of them vision",
    )
    share = work.trained / model.parameters
    kind = f"LoRA of rank {work.lora_rank}" if work.lora else "the whole model"
    yield _line("trained", f"{work.trained / 1e6:,.1f} M ({share:.2%}): {kind}")
    yield _line(
        "a step",
        f"{work.scenes} scenes × (1 + {work.groups}) groups × {work.generations} = "
        f"{work.rows:,} completions, one update",
    )
    tokens, size = model.image_tokens(work.image_size), work.image_size
    yield _line(
        "an image", f"{size} × {size} pixels = {tokens:,} tokens; up to {work.views} in a prompt"
    )
    longest = work.longest_row(plan.assumed)
    yield _line("longest row", f"{longest:,} tokens, {work.completion_limit:,} of them completion")
    yield _line(
        "tokens a step",
        f"{plan.tokens.prompts:,.0f} in prompts ({plan.tokens.visual:,.0f} visual), "
        f"{plan.tokens.completions:,.0f} in completions",
    )
    shards = {0: "plain data parallelism", 1: "ZeRO-1", 2: "ZeRO-2", 3: "ZeRO-3"}[work.zero]
    yield _line("sharing", shards)


def _memory(plan: Plan) -> Iterator[str]:
    yield "Memory of one GPU, GB (~ is an estimate)"
    for part in plan.memory.parts:
        sign = " " if part.exact else "~"
        when = "" if part.when is When.ALWAYS else f" [{part.when.value} only]"
        yield _line(part.name, f"{sign}{part.size / GB:6.2f}  {part.how}{when}")
    for when in (When.ROLLOUT, When.UPDATE):
        yield _line(f"= in the {when.value}", f"~{plan.memory.during(when) / GB:6.2f}")
    if plan.work.vllm:
        needed = cache_needed(plan.work, plan.gpus, plan.assumed)
        reserve = plan.work.vllm_share * plan.gpus.memory * GB
        room = reserve - plan.work.architecture.parameters * 2 - plan.assumed.runtime * GB
        rows = rows_at_once(plan.work, plan.gpus)
        at_once = max(0, min(rows, int(rows * room / needed)))
        yield _line(
            "KV cache in vLLM",
            f"~{needed / GB:6.2f}  wanted by {rows} rows of the longest kind; "
            f"room for {at_once} of them at once",
        )


def _time(plan: Plan) -> Iterator[str]:
    yield "Time of a step, seconds (all estimates)"
    for field in fields(plan.time):
        yield _line(field.name, f"~{getattr(plan.time, field.name):6.1f}")
    yield _line("= a step", f"~{plan.time.total:6.1f}")
    if plan.work.steps:
        hours = plan.time.total * plan.work.steps / 3600
        yield _line("= the run", f"~{hours:6.1f} h for {plan.work.steps:,} steps")


def _assumptions(assumed: Assumptions) -> Iterator[str]:
    yield "Assumed (each is a flag)"
    for field in fields(assumed):
        yield _line(f"--{field.name.replace('_', '-')}", f"{getattr(assumed, field.name):g}")


def _verdict(plan: Plan) -> Iterator[str]:
    peak = plan.memory.peak / GB
    if plan.fits:
        left = plan.gpus.memory - peak
        yield f"Fits: ~{peak:.1f} of {plan.gpus.memory:g} GB, {left:.1f} GB to spare."
        return
    for problem in plan.problems:
        yield f"Problem: {problem}."
    for name, size in plan.knobs:
        state = "fits" if size <= plan.gpus.memory else "still too much"
        yield f"  {name}: ~{size:.1f} GB, {state}"
    if plan.knobs and all(size > plan.gpus.memory for _, size in plan.knobs):
        yield "  No setting tried makes it fit: take larger GPUs or a smaller model."


def _line(name: str, said: str) -> str:
    return f"  {name:<{_WIDTH}}{said}"
