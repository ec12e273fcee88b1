# SPDX-License-Identifier: Apache-2.0
"""One update, two roles: its gradient is the sum of the roles' own, and void rows are not in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
from scripted import Script, asking_and_answering, scripted_run
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLRMSNorm
from trl import GRPOConfig, GRPOTrainer

from spatialevo_rl.records import Role
from spatialevo_rl.train.adapters import adapters_off
from spatialevo_rl.train.batch import Row, collate, placeholder
from spatialevo_rl.train.compatibility import bare_model
from spatialevo_rl.train.packed import pack
from spatialevo_rl.train.run import Run
from spatialevo_rl.train.trainer import SelfEvolutionTrainer

Gradient = dict[str, torch.Tensor]
TRLS = GRPOTrainer._get_per_token_logps_and_entropies


def ready(folder: Path, script: Script = asking_and_answering, **more: Any) -> Run:
    """A scripted run in float64 whose adapters are not zero."""
    run = scripted_run(folder, script, **more)
    model = run.trainer.model.double().train()
    generator = torch.Generator().manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(0.0, 0.05, generator=generator)
    return run


def played(trainer: SelfEvolutionTrainer) -> list[list[Row]]:
    return trainer._generate_and_score_completions([dict(r) for r in trainer.train_dataset])


def gradient_of(trainer: SelfEvolutionTrainer, batches: list[list[Row]]) -> Gradient:
    trainer.model.zero_grad()
    for rows in batches:
        trainer._compute_loss(trainer.model, trainer._tensors(rows)).backward()
    return {n: p.grad.clone() for n, p in trainer.model.named_parameters() if p.grad is not None}


def norm(gradient: Gradient) -> float:
    return float(sum(g.square().sum() for g in gradient.values()) ** 0.5)


def combine(*terms: tuple[float, Gradient]) -> Gradient:
    return {n: sum(w * g[n] for w, g in terms) for n in terms[0][1]}


@pytest.fixture(autouse=True)
def _norms_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's norms round to float32 whatever its precision is: here they do not."""

    def forward(self: Any, hidden: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.rms_norm(
            hidden, self.weight.shape, self.weight, self.variance_epsilon
        )

    monkeypatch.setattr(Qwen2_5_VLRMSNorm, "forward", forward)
    monkeypatch.setattr(SelfEvolutionTrainer, "_get_per_token_logps_and_entropies", plain_logps)


def plain_logps(
    self: Any, model: Any, ids: Any, mask: Any, keep: int, compute_entropy: bool, **images: Any
) -> tuple[Any, Any, None]:
    """TRL's kernel works in float32 whatever the model's precision is: here is the same in full."""
    images.pop("num_images")
    logits = model(input_ids=ids, attention_mask=mask, **images).logits[:, -keep - 1 : -1]
    logps = (logits / self.temperature).log_softmax(dim=-1)
    chosen = logps.gather(2, ids[:, -keep:, None]).squeeze(2)
    return chosen, -(logps.exp() * logps).sum(dim=-1) if compute_entropy else None, None


@pytest.mark.parametrize("double", [True, False])
def test_trls_log_probabilities_are_the_plain_ones(tmp_path: Path, double: bool) -> None:
    run = ready(tmp_path)
    trainer = run.trainer
    if not double:
        trainer.model.float()
    batch = trainer._tensors(played(trainer)[0])
    plain, _ = trainer._logps(trainer.model, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SelfEvolutionTrainer, "_get_per_token_logps_and_entropies", TRLS)
        theirs, _ = trainer._logps(trainer.model, batch)
    gap = (theirs - plain) * batch["completion_mask"]
    assert gap.abs().max() < 1e-5
    run.trainer.stage.close()


def logps_alone(trainer: SelfEvolutionTrainer, row: Row) -> torch.Tensor:
    """Log-probabilities of a row's tokens by a plain forward pass: one row, no padding."""
    prompt = row.prompt
    ids = torch.tensor([[*prompt.ids, *row.completion]])
    types = torch.tensor([[*prompt.types, *[0] * len(row.completion)]])
    with trainer.vision.showing(prompt.keys):
        logits = bare_model(trainer.model)(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            mm_token_type_ids=types,
            pixel_values=torch.cat(list(prompt.pixels)),
            image_grid_thw=prompt.grids,
        ).logits[0, len(prompt.ids) - 1 : -1]
    logps = (logits / trainer.temperature).log_softmax(dim=-1)
    return logps[torch.arange(len(row.completion)), torch.tensor(row.completion)]


def role_gradient(trainer: SelfEvolutionTrainer, rows: list[Row]) -> Gradient:
    """The mean over rows of the mean over tokens, written out: the formula of `loss`."""
    model, beta = trainer.model, trainer.beta
    model.zero_grad()
    for row in rows:
        with adapters_off(model), torch.no_grad():
            reference = logps_alone(trainer, row)
        logps = logps_alone(trainer, row)
        ratio = torch.exp(logps - logps.detach())
        gap = reference - logps
        tokens = -ratio * row.advantage + beta * ratio * (torch.exp(gap) - gap - 1)
        (tokens.mean() / len(rows)).backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def test_the_joint_gradient_is_the_weighted_sum_of_the_roles(tmp_path: Path) -> None:
    run = ready(tmp_path, questioner_weight=0.3, solver_weight=0.7)
    trainer = run.trainer
    batches = played(trainer)
    rows = [row for batch in batches for row in batch]
    asks = [row for row in rows if row.role is Role.QUESTIONER]
    solves = [row for row in rows if row.role in {Role.SOLVER, Role.EXPLAINER}]
    assert len(asks) == 8
    assert len(solves) == 16
    joint = gradient_of(trainer, batches)
    of_asks, of_solves = role_gradient(trainer, asks), role_gradient(trainer, solves)
    rest = combine((1.0, joint), (-0.3, of_asks), (-0.7, of_solves))
    assert norm(rest) / norm(joint) < 1e-8
    assert 0.3 * norm(of_asks) / norm(joint) > 1e-3
    assert 0.7 * norm(of_solves) / norm(joint) > 1e-3
    run.trainer.stage.close()


def one_legal_question(stage: Any, assignment: Any, job: Any, row: int) -> str:
    """One question a group, asked twice: with two solver groups, one is void."""
    text = asking_and_answering(stage, assignment, job, row)
    if job is None:
        return asking_and_answering(stage, assignment, None, 0) if row < 2 else "<question>"
    return text


def test_void_rows_change_nothing(tmp_path: Path) -> None:
    run = ready(tmp_path, one_legal_question)
    trainer = run.trainer
    batches = played(trainer)
    rows = [row for batch in batches for row in batch]
    assert len(rows) == 8 + 8  # two groups of four are void
    without = gradient_of(trainer, batches)
    void = [placeholder(rows[0]), placeholder(rows[-1])]
    batch = collate(void, 0, features=False)
    assert batch["completion_mask"].sum() == 0
    more = gradient_of(trainer, [[*one, *void] for one in batches] + [void])
    assert norm(combine((1.0, more), (-1.0, without))) / norm(without) < 1e-12
    run.trainer.stage.close()


def test_how_rows_are_cut_into_micro_batches_changes_nothing(tmp_path: Path) -> None:
    run = ready(tmp_path)
    batches = played(run.trainer)
    rows = [row for batch in batches for row in batch]
    whole = gradient_of(run.trainer, [rows])
    each = gradient_of(run.trainer, [[row] for row in rows])
    assert norm(combine((1.0, whole), (-1.0, each))) / norm(whole) < 1e-10
    run.trainer.stage.close()


def test_a_shared_prompt_changes_nothing(tmp_path: Path) -> None:
    run = ready(tmp_path)
    trainer = run.trainer
    batches = played(trainer)
    rows = [row for batch in batches for row in batch]
    alone = gradient_of(trainer, [rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SelfEvolutionTrainer, "_get_per_token_logps_and_entropies", TRLS)
        theirs = gradient_of(trainer, [rows])
        trainer.args.share_prompts = True
        whole = gradient_of(trainer, [rows])
        cut = gradient_of(trainer, batches)
    # TRL's head works in float32
    for shared in (whole, cut):
        assert norm(combine((1.0, shared), (-1.0, theirs))) / norm(theirs) < 1e-5
        assert norm(combine((1.0, shared), (-1.0, alone))) / norm(alone) < 1e-5
    packed = pack(rows, bare_model(trainer.model).model, 0, features=True)
    assert len(packed.inputs["input_ids"]) == len({id(row.prompt) for row in rows}) == 6
    run.trainer.stage.close()


@pytest.mark.parametrize(
    ("field", "role"), [("questioner_trains", Role.SOLVER), ("solver_trains", Role.QUESTIONER)]
)
def test_a_role_that_does_not_train_has_no_rows(tmp_path: Path, field: str, role: Role) -> None:
    run = ready(tmp_path, **{field: False})
    rows = [row for batch in played(run.trainer) for row in batch]
    assert {row.role for row in rows} == {role}
    run.trainer.stage.close()


def test_advantages_equal_trls(tmp_path: Path) -> None:
    rewards = [0.1, 1.0, 0.55, 0.1, 0.0, 0.1, None, 1.0]
    run = scripted_run(tmp_path)
    outcomes = [type("Outcome", (), {"role": Role.SOLVER, "reward": r})() for r in rewards]
    ours = run.trainer._advantages(outcomes)

    def fixed(completions: list[str], **_: object) -> list[float | None]:
        return rewards[: len(completions)]

    args = GRPOConfig(
        output_dir=str(tmp_path / "trl"), use_cpu=True, bf16=False, num_generations=4,
        per_device_train_batch_size=8, max_completion_length=4, report_to="none", beta=0.0,
    )  # fmt: skip
    from datasets import Dataset

    theirs = GRPOTrainer(
        model=tiny.model(), reward_funcs=fixed, args=args,
        train_dataset=Dataset.from_dict({"prompt": ["a"] * 8}),
        processing_class=tiny.processor().tokenizer,
    )  # fmt: skip
    theirs.model.train()
    output = theirs._generate_and_score_completions([{"prompt": "a"}] * 8)
    assert ours == pytest.approx(output["advantages"].tolist(), abs=1e-6)
    assert any(ours)
    run.trainer.stage.close()
