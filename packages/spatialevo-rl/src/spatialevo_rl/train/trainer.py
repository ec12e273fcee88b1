# SPDX-License-Identifier: Apache-2.0
"""One model, two roles, one update: a small subclass of TRL's GRPOTrainer.

A step is played in two generations with the same weights, first the questioners' rows, then the
solvers'; then the rows of both roles go into one update. What the roles are shown and what they
earn is `play`'s business, sampling `rollout`'s, the loss `loss`'s: here they meet TRL.

What is overridden is private in TRL: a contract test pins the signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from accelerate.utils import gather_object, set_seed
from torch import Tensor
from trl import GRPOTrainer
from trl.models import unwrap_model_for_generation
from trl.models.utils import disable_gradient_checkpointing
from trl.trainer.utils import use_adapter

from spatialevo_rl.draws import dice
from spatialevo_rl.records import Role
from spatialevo_rl.settings import LayoutSettings
from spatialevo_rl.train.batch import Row, collate, micro_batches, placeholder
from spatialevo_rl.train.checkpoint import Checkpoints
from spatialevo_rl.train.compatibility import (
    bare_model,
    check_adapters,
    quiet_void_rows,
    refuse_unsupported,
)
from spatialevo_rl.train.encode import Encoder
from spatialevo_rl.train.layout import StepSampler, local_slots, make_layout, slot_table
from spatialevo_rl.train.loss import (
    LossOptions,
    RoleCounts,
    TokenTensors,
    group_advantages,
    joint_loss,
    row_weight,
    token_loss,
)
from spatialevo_rl.train.play import Completion, Outcome, Play, Prompt, Stage
from spatialevo_rl.train.rollout import (
    Sampling,
    check_engine,
    collapse_image_runs,
    engine_correction,
    prefill_inputs,
    sample_groups,
)
from spatialevo_rl.train.step_log import StepLog
from spatialevo_rl.train.turns import Turns, take_turns
from spatialevo_rl.train.vision import share_vision


def questioner_reward(
    role: Sequence[Role], reward: Sequence[float | None], **_: object
) -> list[float | None]:
    """Return r_Q of the rows that ask, None elsewhere."""
    return [r if who is Role.QUESTIONER else None for who, r in zip(role, reward, strict=True)]


def solver_reward(
    role: Sequence[Role], reward: Sequence[float | None], **_: object
) -> list[float | None]:
    """Return r_A of the rows that answer or explain, None elsewhere."""
    solves = {Role.SOLVER, Role.EXPLAINER}
    return [r if who in solves else None for who, r in zip(role, reward, strict=True)]


class SelfEvolutionTrainer(GRPOTrainer):  # type: ignore[misc]
    """Trains questioner and solver jointly on a `Stage`.

    Args:
        stage: Scenes, oracle and curriculum of this process.
        layout: Scenes and solver groups a step, and how the roles share the loss.
        step_log: Takes each step's records, numbers and times.
        checkpoints: Seals what `Trainer` saves; None saves nothing.
        options: What GRPOTrainer takes: model, args, processing_class, peft_config, callbacks.
    """

    def __init__(
        self,
        stage: Stage,
        layout: LayoutSettings,
        step_log: StepLog,
        checkpoints: Checkpoints | None,
        **options: Any,
    ) -> None:
        args = options["args"]
        refuse_unsupported(args)
        self.stage, self.role_settings, self.checkpoints = stage, layout, checkpoints
        self.layout = make_layout(
            layout,
            args.num_generations,
            args.world_size,
            args.per_device_train_batch_size,
            args.gradient_accumulation_steps,
        )
        super().__init__(
            reward_funcs=[questioner_reward, solver_reward],
            train_dataset=slot_table(self.layout),
            **options,
        )
        quiet_void_rows()
        check_adapters(self.model, args)
        self.step_log = step_log
        self.encoder = Encoder(self.processing_class)
        third = args.deepspeed_plugin is not None and args.deepspeed_plugin.zero_stage == 3
        self.vision = None if third else share_vision(bare_model(self.model))
        self.sampling = Sampling.of(args, self._tokenizer, self.eos_token_ids)
        self.loss_options = LossOptions(
            beta=self.beta,
            epsilon_low=self.epsilon_low,
            epsilon_high=self.epsilon_high,
            delta=args.delta,
            kl_importance=args.use_bias_correction_kl,
        )
        self._engine_checked = not self.use_vllm

    # The step: two generations, then rows for one update.

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> list[list[Row]]:
        """Play a step on this process's rows of the slot table; return its micro-batches."""
        step = self.state.global_step
        self.step_log.begin(step)
        set_seed(int(dice(self.args.seed, step, "torch", self._rank).integers(2**31)))
        self.encoder.begin_step()
        if self.vision is not None:
            self.vision.begin_step()
        slots = local_slots(inputs, self.layout)
        with self.step_log.clock("oracle"):
            play = self.stage.play(step, slots)
        turns = take_turns(play, self._roll, self._read, self.step_log, self._world > 1)
        outcomes = play.outcomes()
        advantages = self._advantages(outcomes)
        self._conclude(play, advantages, turns)
        return self._share(turns, outcomes, advantages)

    def _roll(self, prompts: Sequence[Prompt], role: Role) -> list[list[Row]]:
        """Sample a group of completions for each prompt."""
        size = self.num_generations
        with self.step_log.clock("generation"):
            encoded = self.encoder.encode(prompts)
            rows = [one for one in encoded for _ in range(size)]
            completions, logps = self._generate_single_turn(
                [list(one.ids) for one in rows],
                [list(one.images) for one in rows],
                {"groups": encoded, "purpose": f"sample-{role.value}"},
                size,
            )
        made = [
            Row(role=role, prompt=one, completion=ids, sampled=logps and logps[place])
            for place, (one, ids) in enumerate(zip(rows, completions, strict=True))
        ]
        return [made[start : start + size] for start in range(0, len(made), size)]

    def _generate_single_turn(
        self,
        prompt_ids: list[list[int]],
        images: list[Any],
        multimodal_fields: dict[str, Any],
        num_generations: int,
        has_tool_images: bool = False,
    ) -> tuple[list[list[int]], list[list[float]] | None]:
        """Sample with vLLM where it is used, else with one prefill a group."""
        if self.use_vllm:
            if self.vllm_mode == "colocate":
                prompt_ids = [collapse_image_runs(i, self._image_pad_token_id) for i in prompt_ids]
            made: tuple[list[list[int]], list[list[float]] | None] = super()._generate_single_turn(
                prompt_ids, images, {}, num_generations
            )
            if not self._engine_checked:
                check_engine(self.vllm_generation, multimodal_fields["groups"], prompt_ids)
                self._engine_checked = True
            return made
        encoded, device = multimodal_fields["groups"], self.accelerator.device
        draw = dice(
            self.args.seed, self.state.global_step, multimodal_fields["purpose"], self._rank
        )
        inputs = prefill_inputs(encoded, self.sampling.pad)
        with (
            unwrap_model_for_generation(
                self.model_wrapped,
                self.accelerator,
                gather_deepspeed3_params=self.args.ds3_gather_for_generation,
                gradient_checkpointing_kwargs=self.args.gradient_checkpointing_kwargs,
            ) as model,
            self._showing([key for one in encoded for key in one.keys]),
        ):
            inputs = {name: value.to(device) for name, value in inputs.items()}
            bare = bare_model(model)
            return sample_groups(bare, inputs, num_generations, self.sampling, draw), None

    def _read(self, row: Row) -> Completion:
        """Return what a row wrote, special tokens shown: none belongs inside a completion."""
        ended = row.completion[-1] in self.eos_token_ids
        ids = row.completion[:-1] if ended else row.completion
        return Completion(text=self._tokenizer.decode(ids), truncated=not ended)

    def _advantages(self, outcomes: Sequence[Outcome]) -> list[float]:
        """Return the advantage of every local row of the table, by TRL's rewards and means."""
        table = [{"role": one.role, "reward": one.reward} for one in outcomes]
        blank = [""] * len(table)
        rewards = self._calculate_rewards(table, blank, blank, blank)
        for column, name in enumerate(self.reward_func_names):
            self._metrics["train"][f"rewards/{name}/mean"].append(
                rewards[:, column].nanmean().item()
            )
        known = ~rewards.isnan().all(dim=1)
        either = torch.where(known, rewards.nansum(dim=1), torch.nan)
        advantages, flat = group_advantages(
            either, self.num_generations, self.role_settings.flat_group_std
        )
        self._metrics["train"]["frac_reward_zero_std"].append(flat.float().mean().item())
        mine = slice(self._rank * len(table), (self._rank + 1) * len(table))
        return [float(value) for value in advantages[mine]]

    def _conclude(self, play: Play, advantages: Sequence[float], turns: Turns) -> None:
        """Teach curriculum and memory on every process; hand the records to the log."""
        size = self.layout.groups * self.layout.rows
        local = play.results()
        blocks = [advantages[at : at + size] for at in range(0, len(advantages), size)]
        records = [
            record
            for result, block in zip(local, blocks, strict=True)
            for record in result.records(block)
        ]
        everything = gather_object(local)
        self.stage.finish(everything)
        self.step_log.take_results(everything)
        self.step_log.take_rows(gather_object(records))
        self.step_log.take_lengths(gather_object(turns.lengths))

    def _share(
        self, turns: Turns, outcomes: Sequence[Outcome], advantages: Sequence[float]
    ) -> list[list[Row]]:
        """Give each row its advantage and weight; cut the rows that count into micro-batches."""
        episode = self.stage.settings.episode
        rows: list[Row] = []
        for row, outcome, advantage in zip(turns.rows, outcomes, advantages, strict=True):
            asks = outcome.role is Role.QUESTIONER
            trains = episode.questioner_trains if asks else episode.solver_trains
            if row is not None and outcome.reward is not None and trains:
                row.role, row.advantage = outcome.role, advantage
                rows.append(row)
        local = RoleCounts.local([r.role for r in rows], [len(r.completion) for r in rows])
        device = self.accelerator.device
        counts = RoleCounts.of(self.accelerator.reduce(local.float().to(device), "sum"))
        for row in rows:
            row.weight = row_weight(row.role, len(row.completion), counts, self.role_settings)
        if not rows:  # nothing to learn from: a pass that changes nothing
            rows = [placeholder(row) for row in turns.rows if row is not None][:1]
        return micro_batches(rows, self.layout.micro_batches, self.layout.micro_batch)

    # The update: TRL's log-probabilities, our weights.

    def _prepare_inputs(self, generation_batch: Any) -> dict[str, Any]:
        """Return the next micro-batch; play a step where the last one is used up."""
        if not self.model.training:
            raise RuntimeError("evaluate with spatialevo_rl.train.evaluate, not Trainer.evaluate")
        place = self._step % self.layout.micro_batches
        if place == 0:
            self._buffered_inputs = self._generate_and_score_completions(generation_batch)
        with self.step_log.clock("reference"):
            return self._tensors(self._buffered_inputs[place])

    def _tensors(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Collate a micro-batch and add what does not need a gradient."""
        keys = [key for row in rows for key in row.prompt.keys]
        kept = self.vision is not None and self.vision.knows(keys)
        batch = collate(rows, self._tokenizer.pad_token_id, features=kept)
        device = self.accelerator.device
        batch = {k: v.to(device) if isinstance(v, Tensor) else v for k, v in batch.items()}
        kwargs = self.args.gradient_checkpointing_kwargs
        with torch.no_grad(), disable_gradient_checkpointing(self.model, kwargs):
            if self.use_vllm and self.vllm_importance_sampling_correction:
                batch["old_logps"], _ = self._logps(self.model, batch)
                batch["correction"] = engine_correction(batch, self.args)
            if self.beta and self.ref_model is not None:
                batch["ref_logps"], _ = self._logps(self.ref_model, batch)
            elif self.beta:
                with use_adapter(self.accelerator.unwrap_model(self.model), adapter_name=None):
                    batch["ref_logps"], _ = self._logps(self.model, batch)
        return batch

    def _logps(self, model: Any, batch: dict[str, Any], entropy: bool = False) -> Any:
        """Return TRL's log-probabilities (and entropies) of a micro-batch's completions."""
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        with self._showing(batch["image_keys"]):
            logps, entropies, _ = self._get_per_token_logps_and_entropies(
                model,
                ids,
                mask,
                batch["completion_ids"].size(1),
                compute_entropy=entropy,
                pixel_values=batch["pixel_values"],
                image_grid_thw=batch["image_grid_thw"],
                num_images=batch["num_images"],
                mm_token_type_ids=batch.get("mm_token_type_ids"),
            )
        return logps, entropies

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        """Return this micro-batch's part of the joint loss, times the number of processes.

        Distributed back ends average gradients over processes; the weights are global already.
        """
        logps, entropies = self._logps(model, inputs, entropy=True)
        mask = inputs["completion_mask"]
        tensors = TokenTensors(
            logps=logps,
            mask=mask,
            advantages=inputs["advantages"],
            old_logps=inputs.get("old_logps"),
            ref_logps=inputs.get("ref_logps"),
            correction=inputs.get("correction"),
        )
        terms = token_loss(tensors, self.loss_options)
        loss = joint_loss(terms.loss, mask, inputs["weights"])
        self.step_log.take_tokens(loss, terms, entropies, mask)
        return loss * self._world

    # What surrounds it.

    def _get_train_sampler(self, dataset: Any = None) -> StepSampler:
        """Deal the slot table in order, the same every step."""
        table = self.train_dataset if dataset is None else dataset
        return StepSampler(table, self.args.max_steps, self.layout.micro_batches)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save as `Trainer` does, then seal: an unsealed checkpoint is never resumed from."""
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.checkpoints is not None and self.args.should_save:
            self.checkpoints.seal(self.state.global_step, self.stage.state())
        self.accelerator.wait_for_everyone()

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Write none beside a checkpoint: `spatialevo-rl export` writes one from the run."""

    @contextmanager
    def _showing(self, keys: Sequence[int]) -> Iterator[None]:
        with nullcontext() if self.vision is None else self.vision.showing(keys):
            yield

    @property
    def _rank(self) -> int:
        return int(self.accelerator.process_index)

    @property
    def _world(self) -> int:
        return int(self.accelerator.num_processes)
