"""The engine: devices, precision, processes, optimizers and averages. It takes turns; it knows no system."""

import copy
from contextlib import AbstractContextManager, nullcontext

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import TrainingError
from zerosum.core.seeding import Share
from zerosum.core.space import Space
from zerosum.game.game import Game, Modules, Player, Turn
from zerosum.train.devices import arrange, choose_precision, start


class NotFinite(TrainingError):
    """A loss or a weight became infinite or not a number.

    Attributes:
        position: Where in the sequence of samples the batch that it happened on begins, if that is known.
    """

    def __init__(self, what: str, samples: int, position: int | None = None) -> None:
        super().__init__(f"{what} not finite after {samples:,} samples, so training has stopped.")
        self.position = position


class Engine:
    """Holds what a game needs to be played on this machine.

    Players are not wrapped for distribution: a loss may call a network several times, call any of its methods and
    differentiate through its inputs. Gradients are averaged over processes as one flat tensor after each backward pass.

    Attributes:
        accelerator: Launch, device, gathering and trackers.
        share: Which process this is.
        device: Where the networks are.
        precision: "fp32" or "bf16".
        optimizers: By player.
        averages: The averaged copies of the players that have one.
    """

    def __init__(self, game: Game, run: Run, space: Space, accelerator: Accelerator | None = None) -> None:
        self.game, self.run = game, run
        self.accelerator = accelerator or start(run)
        self.device = self.accelerator.device
        self.share = Share(self.accelerator.process_index, self.accelerator.num_processes)
        self.precision = choose_precision(run.precision, self.device, space)
        for player in game.players.values():
            arrange(player.module.to(self.device), space).train()
        for tensor in game.state.values():
            tensor.data = tensor.to(self.device)  # the same tensor, since the game's parts hold on to it
        self._learning = {name: player.learning() for name, player in game.players.items()}
        self._weights = [weight for player in game.players.values() for weight in player.module.parameters()]
        self.optimizers = {name: p.optimizer.build(self._learning[name]) for name, p in game.players.items()}
        self.averages: dict[str, nn.Module] = {
            name: copy.deepcopy(player.module).eval().requires_grad_(False)
            for name, player in game.players.items()
            if player.average
        }
        self._active: str | None = None
        self._totals: list[tuple[str, int, int, Tensor]] = []

    @property
    def recording(self) -> bool:
        """Whether the round being played will be recorded."""
        return self.game.clock.rounds % self.run.log_rounds == 0

    @property
    def recorded(self) -> bool:
        """Whether the round just played is recorded."""
        return (self.game.clock.rounds - 1) % self.run.log_rounds == 0

    def modules(self) -> Modules:
        """The networks to generate with: averages where there are any."""
        return {name: self.averages.get(name, player.module) for name, player in self.game.players.items()}

    def take(self, turn: Turn, batch: Batch) -> dict[str, Tensor]:
        """Make one move, and name what was minimised: "player/term" -> scalar on the device."""
        player, optimizer = self.game.players[turn.player], self.optimizers[turn.player]
        self._freeze_all_but(turn.player)
        settings = player.optimizer.at(self.game.clock.samples)
        for group in optimizer.param_groups:
            group.update(settings)
        optimizer.zero_grad(set_to_none=True)
        with self.autocast():
            outcome = turn.loss(batch)
        total = torch.stack(list(outcome.terms.values())).sum()
        total.backward()
        self._average_gradients(player)
        record = {f"{turn.player}/{name}": value.detach() for name, value in outcome.terms.items()}
        if self.recording:
            record |= {f"{turn.player}/{name}": value for name, value in outcome.signals().items()}
            norm = gradient_norm(player.module)
            record[f"{turn.player}/gradient_norm"] = norm.clamp(max=player.clip) if player.clip else norm
        if player.clip:
            nn.utils.clip_grad_norm_(player.module.parameters(), player.clip)
        optimizer.step()
        if player.constrain:
            player.constrain(player.module)
        self._totals.append((turn.player, self.game.clock.samples, batch.position, total.detach()))
        return record

    def advance(self, samples: int) -> None:
        """End a round of `samples` samples: move the clock and the averages, and agree on the game's state."""
        clock = self.game.clock
        self._average_state()
        clock.samples += samples
        clock.rounds += 1
        for name, average in self.averages.items():
            player = self.game.players[name]
            assert player.average is not None
            move_average(average, player.module, player.average.decay(clock.samples, samples))

    def check_finite(self) -> None:
        """Raise `NotFinite` if any loss since the last check was not finite, on any process.

        Losses are looked at together and not one by one, because reading a number off a graphics card makes the
        processor wait for it.
        """
        if not self._totals:
            return
        finite = torch.stack([total for *_, total in self._totals]).isfinite()
        finite = self.accelerator.reduce(finite.float(), "sum") == self.share.world
        for move, good in zip(self._totals, finite.tolist(), strict=True):  # type: ignore[union-attr]
            if not good:
                player, samples, position, _ = move
                raise NotFinite(f"The loss of the {player} is", samples, position)
        self._totals.clear()

    def any_process(self, flag: bool) -> bool:
        """Whether any process raises its flag; every process must ask."""
        if self.share.world == 1:
            return flag
        raised = self.accelerator.reduce(torch.tensor(float(flag), device=self.device), "sum")
        return bool(raised > 0)  # type: ignore[operator]

    def share_buffers(self) -> None:
        """Give every process the buffers of process 0, so that what is saved is what everyone goes on with."""
        if self.share.world > 1:
            for player in self.game.players.values():
                for buffer in player.module.buffers():
                    torch.distributed.broadcast(buffer, src=0)

    def autocast(self) -> AbstractContextManager[object]:
        """The arithmetic that networks compute in."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else nullcontext()

    def _freeze_all_but(self, name: str) -> None:
        if name != self._active:
            for weight in self._weights:
                weight.requires_grad_(False)
            for weight in self._learning[name]:
                weight.requires_grad_(True)
            self._active = name

    def _average_state(self) -> None:
        """What the processes' shares of the data made of the game's state becomes one."""
        if self.share.world > 1 and self.game.state:
            tensors = list(self.game.state.values())
            flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
            torch.distributed.all_reduce(flat)
            flat /= self.share.world
            for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
                tensor.copy_(part.view(tensor.shape))

    def _average_gradients(self, player: Player) -> None:
        if self.share.world == 1:
            return
        parameters = [p for p in player.module.parameters() if p.grad is not None]
        flat = torch.cat([p.grad.reshape(-1) for p in parameters])  # type: ignore[union-attr]
        torch.distributed.all_reduce(flat)
        flat /= self.share.world
        for parameter, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
            parameter.grad.copy_(part.view(parameter.shape))  # type: ignore[union-attr]


def gradient_norm(module: nn.Module) -> Tensor:
    """Euclidean norm of all gradients of a module."""
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    return torch.stack(torch._foreach_norm(gradients)).norm()  # pyright: ignore[reportPrivateImportUsage]


@torch.no_grad()
def move_average(average: nn.Module, module: nn.Module, decay: float) -> None:
    """Make an average decay * average + (1 - decay) * weight; buffers are copied."""
    torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
        list(average.parameters()), list(module.parameters()), 1 - decay
    )
    for kept, buffer in zip(average.buffers(), module.buffers(), strict=True):
        kept.copy_(buffer)
