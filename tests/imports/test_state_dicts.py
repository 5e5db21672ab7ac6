"""State dicts of PyTorch's DCGAN example and of BigGAN-PyTorch: networks written plainly here compute the same."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import zerosum
from zerosum.core.errors import DataError, SettingError

Pair = tuple[nn.Module, nn.Module]


def dcgan(side: int, channels: int = 3, latent: int = 7, ngf: int = 4, ndf: int = 5) -> Pair:
    """The example's two networks: rows of 4x4 convolutions, with batch normalisation within."""
    doublings, up, down = side.bit_length() - 3, [], []
    before = latent
    for index in range(doublings):
        after = ngf << (doublings - 1 - index)
        step = (1, 0) if index == 0 else (2, 1)
        up += [nn.ConvTranspose2d(before, after, 4, *step, bias=False), nn.BatchNorm2d(after), nn.ReLU(True)]
        before = after
    generator = nn.Sequential(*up, nn.ConvTranspose2d(before, channels, 4, 2, 1, bias=False), nn.Tanh())
    before = channels
    for index in range(doublings):
        after = ndf << index
        normal = [nn.BatchNorm2d(after)] if index else []
        down += [nn.Conv2d(before, after, 4, 2, 1, bias=False), *normal, nn.LeakyReLU(0.2, True)]
        before = after
    discriminator = nn.Sequential(*down, nn.Conv2d(before, 1, 4, 1, 0, bias=False))
    return nn.ModuleDict({"main": generator}), nn.ModuleDict({"main": discriminator})


class Conditional(nn.Module):
    """Batch normalisation whose gain and bias are linear maps of what it is told, or tables of classes."""

    def __init__(self, channels: int, told: int, table: bool) -> None:
        super().__init__()
        self.gain, self.bias = (
            nn.Embedding(told, channels) if table else Bounded(nn.Linear(told, channels, False)) for _ in range(2)
        )
        self.register_buffer("stored_mean", torch.randn(channels))
        self.register_buffer("stored_var", torch.rand(channels) + 0.5)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        x = F.batch_norm(x, self.stored_mean, self.stored_var, eps=1e-5)
        return x * (1 + self.gain(y))[:, :, None, None] + self.bias(y)[:, :, None, None]


class Bounded(nn.Module):
    """A layer whose weight is divided by its largest singular value, after one step of power iteration from `u0`."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.weight, self.kind = layer.weight, type(layer)
        self.padding = getattr(layer, "padding", None)
        self.bias = layer.bias if getattr(layer, "bias", None) is not None else None
        if self.bias is not None:
            nn.init.normal_(self.bias)
        self.register_buffer("u0", torch.randn(1, len(self.weight)))
        self.register_buffer("sv0", torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        matrix = self.weight.flatten(1)
        v = F.normalize(self.u0 @ matrix)
        u = F.normalize(v @ matrix.T)
        weight = self.weight / (v @ matrix.T @ u.T)
        if self.kind is nn.Conv2d:
            return F.conv2d(x, weight, self.bias, padding=self.padding)
        return F.linear(x, weight, self.bias) if self.kind is nn.Linear else F.embedding(x, weight)


def conv(inputs: int, outputs: int, kernel: int, bias: bool = True) -> Bounded:
    return Bounded(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias))


class Attention(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.theta, self.phi = conv(channels, channels // 8, 1, False), conv(channels, channels // 8, 1, False)
        self.g, self.o = conv(channels, channels // 2, 1, False), conv(channels // 2, channels, 1, False)
        self.gamma = nn.Parameter(torch.tensor(0.7))

    def forward(self, x: Tensor, _: Tensor | None = None) -> Tensor:
        theta, phi = self.theta(x).flatten(2), F.max_pool2d(self.phi(x), 2).flatten(2)
        values = F.max_pool2d(self.g(x), 2).flatten(2)
        beta = (theta.transpose(1, 2) @ phi).softmax(-1)
        return self.gamma * self.o((values @ beta.transpose(1, 2)).view(len(x), -1, *x.shape[2:])) + x


class GBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, told: int, table: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = conv(inputs, outputs, 3), conv(outputs, outputs, 3)
        self.conv_sc = conv(inputs, outputs, 1)
        self.bn1, self.bn2 = Conditional(inputs, told, table), Conditional(outputs, told, table)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = F.interpolate(F.relu(self.bn1(x, y)), scale_factor=2)
        h = self.conv2(F.relu(self.bn2(self.conv1(h), y)))
        return h + self.conv_sc(F.interpolate(x, scale_factor=2))


class Output(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.randn(channels)), nn.Parameter(torch.randn(channels))
        self.register_buffer("stored_mean", torch.randn(channels))
        self.register_buffer("stored_var", torch.rand(channels) + 0.5)

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.stored_mean, self.stored_var, self.gain, self.bias, eps=1e-5)


class BigGAN(nn.Module):
    """The generator, with a shared class embedding or tables, and with a latent in chunks or in one."""

    def __init__(
        self,
        widths: list[int],
        attend: int | None,
        shared: bool = True,
        hierarchical: bool = True,
        classes: int = 4,
        embedding: int = 3,
        chunk: int = 5,
    ) -> None:
        super().__init__()
        self.chunk, self.hierarchical = chunk, hierarchical
        told = (embedding + chunk * hierarchical) if shared else classes
        if shared:
            self.shared = nn.Embedding(classes, embedding)
        self.linear = Bounded(nn.Linear(chunk, widths[0] * 16))
        self.blocks = nn.ModuleList(
            nn.ModuleList([GBlock(a, b, told, not shared), *([Attention(b)] if index == attend else [])])
            for index, (a, b) in enumerate(zip(widths, widths[1:], strict=False))
        )
        self.output_layer = nn.Sequential(Output(widths[-1]), nn.ReLU(), conv(widths[-1], 3, 3))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        first, *chunks = z.split(self.chunk, 1)
        h = self.linear(first).view(len(z), -1, 4, 4)
        for index, block in enumerate(self.blocks):
            told = y
            if hasattr(self, "shared"):
                told = torch.cat([self.shared(y), *([chunks[index]] if self.hierarchical else [])], 1)
            for layer in block:
                h = layer(h, told)
        return self.output_layer(h).tanh()


class DBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, first: bool, halve: bool) -> None:
        super().__init__()
        self.first, self.halve = first, halve
        self.conv1, self.conv2 = conv(inputs, outputs, 3), conv(outputs, outputs, 3)
        self.conv_sc = conv(inputs, outputs, 1) if inputs != outputs or halve else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv2(F.relu(self.conv1(x if self.first else F.relu(x))))
        x = x if self.conv_sc is None else self.conv_sc(x)
        return F.avg_pool2d(h, 2) + F.avg_pool2d(x, 2) if self.halve else h + x


class BigGANJudge(nn.Module):
    def __init__(self, widths: list[int], halvings: int, attend: int | None, classes: int = 4) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.ModuleList([DBlock(a, b, i == 0, i < halvings), *([Attention(b)] if i == attend else [])])
            for i, (a, b) in enumerate(zip([3, *widths], widths, strict=False))
        )
        self.linear = Bounded(nn.Linear(widths[-1], 1))
        self.embed = Bounded(nn.Embedding(classes, widths[-1]))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        for block in self.blocks:
            for layer in block:
                x = layer(x)
        h = F.relu(x).sum((2, 3))
        return (self.linear(h) + (self.embed(y) * h).sum(1, keepdim=True)).squeeze(1)


def saved(network: nn.Module, path: Path, wrap: Callable[[dict], dict] = dict) -> Path:
    torch.save(wrap(network.state_dict()), path)
    return path


def stirred(pair: Pair) -> Pair:
    """Networks whose running statistics are not those of the start."""
    for network in pair:
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.normal_(layer.running_mean)
                nn.init.uniform_(layer.running_var, 0.5, 2)
                nn.init.normal_(layer.weight)
                nn.init.normal_(layer.bias)
    return pair[0].eval(), pair[1].eval()


@pytest.mark.parametrize("side", [16, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan(side: int, channels: int, tmp_path: Path) -> None:
    generator, discriminator = stirred(dcgan(side, channels))
    files = saved(generator, tmp_path / "netG.pth"), saved(discriminator, tmp_path / "netD.pth")
    model = zerosum.import_checkpoint(*files)
    assert model.space.shape == (channels, side, side)
    z, x = torch.randn(3, 7), torch.randn(3, channels, side, side)
    with torch.no_grad():
        torch.testing.assert_close(model.generate(z), generator["main"](z[:, :, None, None]), rtol=1e-4, atol=1e-5)
        judge = model._game.players["discriminator"].module.eval()
        torch.testing.assert_close(judge(x), discriminator["main"](x).flatten(), rtol=1e-4, atol=1e-5)


def test_dcgan_latents_are_normal(tmp_path: Path) -> None:
    model = zerosum.import_checkpoint(saved(dcgan(16)[0], tmp_path / "netG.pth"))
    assert model.prior.latents(range(2000)).abs().max() > 3, "uniform ones would end at 1.7"


@pytest.mark.parametrize(
    "wrap", [lambda state: {f"module.{name}": v for name, v in state.items()}, lambda state: {"state_dict": state}]
)
def test_names_of_several_cards_and_wrapped_states(wrap: Callable[[dict], dict], tmp_path: Path) -> None:
    generator = dcgan(16)[0]
    plain = zerosum.import_checkpoint(saved(generator, tmp_path / "plain.pth"))
    wrapped = zerosum.import_checkpoint(saved(generator, tmp_path / "wrapped.pth", wrap))
    assert (plain.sample(2) == wrapped.sample(2)).all()


@pytest.mark.parametrize(("shared", "hierarchical"), [(True, True), (True, False), (False, False)])
@pytest.mark.parametrize(
    ("widths", "judged", "halvings", "attend"),
    [
        ([32, 32, 32, 32], [16, 16, 16, 16], 2, None),
        ([32, 32, 16, 16], [16, 32, 32, 32], 2, 1),
        ([32, 32, 16, 8, 8], [8, 16, 32, 32, 32], 4, 2),
    ],
)
def test_biggan(
    widths: list[int],
    judged: list[int],
    halvings: int,
    attend: int | None,
    shared: bool,
    hierarchical: bool,
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    blocks = len(widths) - 1
    side = 4 << blocks
    behind = None if attend is None else blocks - 2 - attend  # the same grid, on the way down
    generator, discriminator = BigGAN(widths, attend, shared, hierarchical), BigGANJudge(judged, halvings, behind)
    files = saved(generator, tmp_path / "G_ema.pth"), saved(discriminator, tmp_path / "D.pth")
    model = zerosum.import_checkpoint(*files)
    assert model.space.shape == (3, side, side) and len(model.space.classes) == 4
    z, y, x = (
        torch.randn(3, 5 * (blocks + 1) if hierarchical else 5),
        torch.tensor([2, 0, 3]),
        torch.randn(3, 3, side, side),
    )
    with torch.no_grad():
        torch.testing.assert_close(model.generate(z, y), generator(z, y), rtol=1e-4, atol=1e-5)
        judge = model._game.players["discriminator"].module.eval()
        torch.testing.assert_close(judge(x, y), discriminator(x, y), rtol=1e-4, atol=1e-4)


def test_what_is_none_of_them(tmp_path: Path) -> None:
    generator, discriminator = dcgan(16)
    g, d = saved(generator, tmp_path / "g.pth"), saved(discriminator, tmp_path / "d.pth")
    other = saved(nn.Linear(2, 3), tmp_path / "linear.pth")
    with pytest.raises(DataError, match="it is a discriminator"):
        zerosum.import_checkpoint(d)
    with pytest.raises(DataError, match="first tensor is weight"):
        zerosum.import_checkpoint(other)
    with pytest.raises(DataError, match="none that belongs to this generator"):
        zerosum.import_checkpoint(g, other)
    with pytest.raises(DataError, match="none that belongs to this generator"):
        zerosum.import_checkpoint(g, g)
    torch.save([1, 2, 3], tmp_path / "list.pth")
    with pytest.raises(DataError, match="it holds a list and no generator"):
        zerosum.import_checkpoint(tmp_path / "list.pth")


def test_networks_of_another_form(tmp_path: Path) -> None:
    generator = dcgan(32)[0]
    generator["main"][3] = nn.ConvTranspose2d(16, 9, 4, 2, 1, bias=False)
    with pytest.raises(DataError, match=r"generator is of another form: .* tensors differ, first trunk"):
        zerosum.import_checkpoint(saved(generator, tmp_path / "odd.pth"))
    odd = BigGAN([16, 16, 16], None).state_dict()
    odd["blocks.0.0.bn1.gain.weight"] = torch.randn(16, 4)
    torch.save(odd, tmp_path / "told.pth")
    with pytest.raises(DataError, match="its blocks are told 4 numbers; a class's embedding has 3"):
        zerosum.import_checkpoint(tmp_path / "told.pth")


@pytest.mark.parametrize("system", ["dcgan", "biggan", "sagan"])
def test_broken_networks_are_sentences(system: str, tmp_path: Path) -> None:
    """Tensors left out, of another shape or in each other's place: an error that says which file, or a model."""
    if system == "dcgan":
        pair: Pair = dcgan(16)
    else:
        pair = BigGAN([32, 32, 16], 1, shared=system == "biggan"), BigGANJudge([16, 32, 32], 2, 0)
    states, chance = [network.state_dict() for network in pair], random.Random(0)
    path, judge = tmp_path / "g.pth", tmp_path / "d.pth"
    for _ in range(150):
        g, d = (dict(state) for state in states)
        broken = chance.choice([g, d])
        name = chance.choice(list(broken))
        tensor = broken.pop(name)
        shapes = [(), (0,), (3,), (2, 3), (0, 4, 4, 4), (5, 4, 3, 3), tensor.shape[::-1]]
        if chance.random() < 0.6:
            broken[name] = torch.zeros(chance.choice(shapes))
        torch.save(g, path)
        torch.save(d, judge)
        try:
            zerosum.import_checkpoint(path, judge)
        except DataError as error:
            assert str(path) in str(error)


def test_a_state_within_itself(tmp_path: Path) -> None:
    content: dict = {}
    content["model"] = content
    torch.save(content, tmp_path / "endless.pth")
    with pytest.raises(DataError, match="endless.pth"):
        zerosum.import_checkpoint(tmp_path / "endless.pth")


def test_a_discriminator_that_is_there_already(snapshot: Callable[..., Path], tmp_path: Path) -> None:
    path = snapshot(tmp_path / "both.pkl", {"G_ema": ("Generator", {"a": torch.ones(1)}, {})})
    with pytest.raises(SettingError, match="leave --discriminator out"):
        zerosum.import_checkpoint(path, path)
