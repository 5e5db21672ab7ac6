"""StyleGAN2's checkpoints in every form compute what the papers say, written plainly here under the published names.

Pictures leave and reach the largest grid, each grid, or all by shortcuts; any depth, width and limit of activations.
"""

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import zerosum
from zerosum.core.errors import DataError

FILTER = torch.outer(torch.tensor([1.0, 3, 3, 1]), torch.tensor([1.0, 3, 3, 1])) / 64


def weights(
    side: int,
    form: str,
    judge_form: str,
    *,
    z: int,
    w: int,
    depth: int,
    base: int,
    most: int,
    classes: int,
    channels: int,
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Random tensors of a generator and a discriminator, by the published names."""
    sides = [4 << index for index in range(int(math.log2(side)) - 1)]
    width = {s: min(base // s, most) for s in sides}
    g: dict[str, Tensor] = {"mapping.w_avg": torch.randn(w)}
    d: dict[str, Tensor] = {}

    def layer(table: dict[str, Tensor], name: str, *shape: int) -> None:
        table[f"{name}.weight"], table[f"{name}.bias"] = torch.randn(shape), torch.randn(shape[0])

    for table, prefix, fed, out, layers in ((g, "mapping.", z, w, depth), (d, "mapping.", 0, width[4], 8)):
        if classes:
            layer(table, f"{prefix}embed", out, classes)
        if classes or table is g:
            for index in range(layers):
                layer(table, f"{prefix}fc{index}", out, (fed + out * bool(classes)) if index == 0 else out)
                table[f"{prefix}fc{index}.weight"] *= 100
    for s in sides:
        block = f"synthesis.b{s}."
        if s == 4:
            g[f"{block}const"] = torch.randn(width[4], 4, 4)
        for name, inputs in (("conv0", width.get(s // 2, 0)), ("conv1", width[s])):
            if inputs:
                layer(g, f"{block}{name}", width[s], inputs, 3, 3)
                layer(g, f"{block}{name}.affine", inputs, w)
                g[f"{block}{name}.noise_strength"], g[f"{block}{name}.noise_const"] = torch.randn(()), torch.randn(s, s)
                g[f"{block}{name}.resample_filter"] = FILTER
        if form == "skip" or s == side:
            layer(g, f"{block}torgb", channels, width[s], 1, 1)
            layer(g, f"{block}torgb.affine", width[s], w)
        if form == "resnet" and s > 4:
            g[f"{block}skip.weight"] = torch.randn(width[s], width[s // 2], 1, 1)
        if s == side or judge_form == "skip":
            layer(d, f"b{s}.fromrgb", width[s], channels, 1, 1)
        if s > 4:
            layer(d, f"b{s}.conv0", width[s], width[s], 3, 3)
            layer(d, f"b{s}.conv1", width[s // 2], width[s], 3, 3)
            if judge_form == "resnet":
                d[f"b{s}.skip.weight"] = torch.randn(width[s // 2], width[s], 1, 1)
    layer(d, "b4.conv", width[4], width[4] + 1, 3, 3)
    layer(d, "b4.fc", width[4], width[4] * 16)
    layer(d, "b4.out", width[4] if classes else 1, width[4])
    return g, d


def up(x: Tensor) -> Tensor:
    """Zeros between the pixels, then the filter, four times as strong."""
    n, c, h, w = x.shape
    spread = torch.zeros(n, c, 2 * h, 2 * w)
    spread[:, :, ::2, ::2] = x
    return filtered(F.pad(spread, (2, 1, 2, 1)), 4)


def down(x: Tensor) -> Tensor:
    """The filter, then every other pixel."""
    return filtered(F.pad(x, (1, 1, 1, 1)), 1)[:, :, ::2, ::2]


def filtered(x: Tensor, gain: float) -> Tensor:
    """The binomial filter on every channel."""
    return F.conv2d(x, (gain * FILTER)[None, None].expand(x.shape[1], 1, 4, 4), groups=x.shape[1])


def activated(x: Tensor, gain: float = 1.0, limit: float | None = None) -> Tensor:
    """Leaky ReLU that keeps the variance, times a gain, cut off."""
    x = F.leaky_relu(x, 0.2) * math.sqrt(2) * gain
    return x if limit is None else x.clamp(-limit * gain, limit * gain)


def dense(t: dict[str, Tensor], name: str, x: Tensor, rate: float = 1.0) -> Tensor:
    """A linear map with an equalised learning rate."""
    weight = t[f"{name}.weight"]
    return F.linear(x, weight * rate / math.sqrt(weight.shape[1]), t[f"{name}.bias"] * rate)


def second_moment(x: Tensor) -> Tensor:
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def mapped(t: dict[str, Tensor], z: Tensor | None, c: Tensor | None) -> Tensor:
    """Styles of latents and one-hot classes."""
    parts = [second_moment(z)] if z is not None else []
    if c is not None:
        parts.append(second_moment(dense(t, "mapping.embed", c)))
    x, index = torch.cat(parts, 1), 0
    while f"mapping.fc{index}.weight" in t:
        x = activated(dense(t, f"mapping.fc{index}", x, 0.01))
        index += 1
    return x


def modulated(t: dict[str, Tensor], name: str, x: Tensor, w: Tensor, gain: float, limit: float | None) -> Tensor:
    """A convolution with a kernel for each sample, noise, bias and activation."""
    style = dense(t, f"{name}.affine", w)
    kernels = t[f"{name}.weight"][None] * style[:, None, :, None, None]  # (n, o, i, 3, 3)
    kernels = kernels * (kernels.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    if name.endswith("conv0"):
        n, c, h, wide = x.shape
        spread = torch.zeros(n, c, 2 * h, 2 * wide)
        spread[:, :, ::2, ::2] = x
        # The published layer convolves here, with a kernel that is turned over, and correlates everywhere else.
        kernels = kernels.flip(3, 4)
        spread = filtered(F.pad(spread, (3, 2, 3, 2)), 4)
        x = torch.cat([F.conv2d(one[None], kernel) for one, kernel in zip(spread, kernels, strict=True)])
    else:
        x = torch.cat([F.conv2d(one[None], kernel, padding=1) for one, kernel in zip(x, kernels, strict=True)])
    if f"{name}.noise_const" in t:
        x = x + t[f"{name}.noise_const"] * t[f"{name}.noise_strength"]
    return activated(x + t[f"{name}.bias"][:, None, None], gain, limit)


def generated(t: dict[str, Tensor], z: Tensor, c: Tensor | None, form: str, limit: float | None) -> Tensor:
    """Pictures, with the constant noise."""
    w, picture, side = mapped(t, z, c), None, 4
    x = t["synthesis.b4.const"][None].expand(len(z), -1, -1, -1)
    while f"synthesis.b{side}.conv1.weight" in t:
        name, gain, aside = f"synthesis.b{side}.", 1.0, None
        if side > 4:
            if form == "resnet":
                kernel = t[f"{name}skip.weight"]
                gain = math.sqrt(0.5)
                aside = gain * up(F.conv2d(x, kernel / math.sqrt(kernel.shape[1])))
            x = modulated(t, f"{name}conv0", x, w, 1.0, limit)
        x = modulated(t, f"{name}conv1", x, w, gain, limit)
        x = x if aside is None else x + aside
        picture = None if picture is None else up(picture)
        if f"{name}torgb.weight" in t:
            kernel = t[f"{name}torgb.weight"]
            style = dense(t, f"{name}torgb.affine", w) / math.sqrt(kernel.shape[1])
            shown = F.conv2d(x * style[:, :, None, None], kernel) + t[f"{name}torgb.bias"][:, None, None]
            shown = shown if limit is None else shown.clamp(-limit, limit)
            picture = shown if picture is None else picture + shown
        side *= 2
    assert picture is not None
    return picture


def convolved(
    t: dict[str, Tensor], name: str, x: Tensor, gain: float = 1.0, limit: float | None = None, halve: bool = False
) -> Tensor:
    """A convolution of the discriminator, with bias and activation where it has a bias."""
    kernel = t[f"{name}.weight"]
    kernel, padding = kernel / math.sqrt(kernel[0].numel()), kernel.shape[2] // 2
    if halve:
        x = filtered(F.pad(x, (1 + padding,) * 4), 1)
        x = F.conv2d(x, kernel, stride=2)
    else:
        x = F.conv2d(x, kernel, padding=padding)
    if f"{name}.bias" not in t:
        return x * gain
    return activated(x + t[f"{name}.bias"][:, None, None], gain, limit)


def judged(
    t: dict[str, Tensor], picture: Tensor, c: Tensor | None, form: str, group: int, limit: float | None
) -> Tensor:
    """Logits (n,)."""
    x, side = None, picture.shape[2]
    while side > 4:
        if f"b{side}.fromrgb.weight" in t:
            seen = convolved(t, f"b{side}.fromrgb", picture, limit=limit)
            x = seen if x is None else x + seen
        assert x is not None
        gain = math.sqrt(0.5) if form == "resnet" else 1.0
        y = convolved(t, f"b{side}.conv0", x, limit=limit)
        y = convolved(t, f"b{side}.conv1", y, gain, limit, halve=True)
        x = y + convolved(t, f"b{side}.skip", down(x), gain) if form == "resnet" else y
        if form == "skip":
            picture = down(picture)
        side //= 2
    assert x is not None
    if form == "skip":
        x = x + convolved(t, "b4.fromrgb", picture, limit=limit)
    n = len(x)
    group = min(group, n)
    spread = x.unflatten(0, (group, -1))
    spread = (spread - spread.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3))
    x = torch.cat([x, spread.repeat(group)[:, None, None, None].expand(n, 1, 4, 4)], 1)
    x = convolved(t, "b4.conv", x, limit=limit).flatten(1)
    x = dense(t, "b4.out", activated(dense(t, "b4.fc", x)))
    if c is None:
        return x.squeeze(1)
    told = mapped(t, None, c)
    return (x * told).sum(1) / math.sqrt(told.shape[1])


FORMS = [
    pytest.param(8, "orig", "orig", {}, {}, id="8-orig"),
    pytest.param(16, "resnet", "skip", {"classes": 3}, {}, id="16-resnet-classes"),
    pytest.param(32, "skip", "resnet", {"depth": 8, "channels": 1}, {}, id="32-skip-deep-grey"),
    pytest.param(32, "skip", "skip", {"z": 5, "w": 9, "base": 1024, "most": 16}, {}, id="32-skip-wide"),
    pytest.param(16, "orig", "resnet", {"channels": 4}, {"conv_clamp": 0.7}, id="16-orig-limited"),
    pytest.param(16, "resnet", "resnet", {}, {"conv_clamp": 0.5}, id="16-resnet-limited"),
    pytest.param(16, "skip", "skip", {"classes": 2}, {"conv_clamp": 1}, id="16-skip-limited"),
    pytest.param(16, "skip", "resnet", {}, {"group": 2}, id="16-group-of-two"),
    pytest.param(16, "skip", "resnet", {}, {"use_noise": False}, id="16-no-noise"),
]


@pytest.mark.parametrize(("side", "form", "judge_form", "more", "training"), FORMS)
def test_every_form(
    side: int, form: str, judge_form: str, more: dict, training: dict, snapshot: Callable[..., Path], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    sizes = {"z": 6, "w": 6, "depth": 2, "base": 64, "most": 12, "classes": 0, "channels": 3} | more
    g, d = weights(side, form, judge_form, **sizes)
    if training.get("use_noise") is False:
        g = {name: tensor for name, tensor in g.items() if "noise" not in name}
    group, limit = training.get("group", 4), training.get("conv_clamp")
    synthesis = {"channel_base": sizes["base"], "channel_max": sizes["most"], "conv_clamp": limit, "num_fp16_res": 0}
    path = snapshot(
        tmp_path / "network-snapshot.pkl",
        {
            "G": None,
            "D": ("Discriminator", d, {"conv_clamp": limit, "epilogue_kwargs": {"mbstd_group_size": group}}),
            "G_ema": (
                "Generator",
                g,
                {"mapping_kwargs": {"num_layers": sizes["depth"]}, "synthesis_kwargs": synthesis},
            ),
            "training_set_kwargs": {"class_name": "training.dataset.ImageFolderDataset", "path": "/data"},
        },
    )
    model = zerosum.import_checkpoint(path)
    assert model.space.shape == (sizes["channels"], side, side)
    assert len(model.space.classes) == sizes["classes"]
    z = model.prior.latents(range(4))
    told = torch.arange(4) % sizes["classes"] if sizes["classes"] else None
    one_hot = None if told is None else F.one_hot(told, sizes["classes"]).float()
    expected = generated(g, z, one_hot, form, limit)
    assert_near(model.generate(z, told), expected)
    pictures = torch.randn(4, *model.space.shape)
    opponents = model.save(tmp_path / "model") / "opponents.safetensors"
    assert opponents.exists()
    judge = model._game.players["discriminator"].module.eval()
    assert_near(judge(pictures, told).detach(), judged(d, pictures, one_hot, judge_form, group, limit))


def assert_near(ours: Tensor, theirs: Tensor) -> None:
    """Equal to 1e-4 of each value, or of the values' root mean square where a value is near zero."""
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * theirs.square().mean().sqrt().item())


def changed(**settings: Any) -> dict[str, Any]:
    g, _ = weights(8, "skip", "resnet", z=4, w=4, depth=2, base=64, most=8, classes=0, channels=3)
    return {"G_ema": ("Generator", g, settings)}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"synthesis_kwargs": {"resample_filter": [1, 2, 1]}}, "resample_filter is \\[1, 2, 1\\]"),
        ({"mapping_kwargs": {"lr_multiplier": 0.1}}, "lr_multiplier is 0.1"),
        ({"synthesis_kwargs": {"activation": "relu"}}, "activation is relu"),
    ],
)
def test_forms_that_ours_has_not(settings: dict, said: str, snapshot: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=said):
        zerosum.import_checkpoint(snapshot(tmp_path / "other.pkl", changed(**settings)))


def test_another_channel_rule(snapshot: Callable[..., Path], tmp_path: Path) -> None:
    content = changed()
    tensors = content["G_ema"][1]
    tensors["synthesis.b8.conv1.weight"] = torch.randn(5, 5, 3, 3)
    with pytest.raises(DataError, match="tensors differ"):
        zerosum.import_checkpoint(snapshot(tmp_path / "other.pkl", content))


def test_stylegan3(snapshot: Callable[..., Path], tmp_path: Path) -> None:
    tensors = {"synthesis.input.freqs": torch.randn(4, 2), "mapping.w_avg": torch.zeros(4)}
    with pytest.raises(DataError, match="StyleGAN3's alias-free generator"):
        zerosum.import_checkpoint(snapshot(tmp_path / "three.pkl", {"G_ema": ("Generator", tensors, {})}))


def test_settings_nested_without_end(snapshot: Callable[..., Path], tmp_path: Path) -> None:
    endless: dict[str, Any] = {}
    endless["synthesis_kwargs"] = endless
    with pytest.raises(DataError, match="cannot be imported"):
        zerosum.import_checkpoint(snapshot(tmp_path / "endless.pkl", changed(**endless)))


@pytest.mark.parametrize("networks", ["G_ema", "D"])
def test_broken_networks_are_sentences(networks: str, snapshot: Callable[..., Path], tmp_path: Path) -> None:
    """Tensors left out or of another shape, in either network: a sentence, or a model."""
    sizes = {"z": 4, "w": 4, "depth": 2, "base": 64, "most": 8, "classes": 2, "channels": 3}
    for seed in range(60):
        g, d = weights(8, "skip", "resnet", **sizes)
        chance = random.Random(seed)
        broken = g if networks == "G_ema" else d
        name = chance.choice(list(broken))
        del broken[name]
        if chance.random() < 0.6:
            broken[name] = torch.zeros(chance.choice([(), (0,), (3,), (2, 3), (5, 4, 3, 3), (0, 4, 4)]))
        content = {"G_ema": ("Generator", g, {}), "D": ("Discriminator", d, {})}
        try:
            zerosum.import_checkpoint(snapshot(tmp_path / "broken.pkl", content))
        except DataError as error:
            assert "broken.pkl" in str(error)


def test_a_claim_to_be_huge_reserves_no_memory(snapshot: Callable[..., Path], tmp_path: Path) -> None:
    """Tensors that all are views of a few numbers can describe a network of any size."""
    few = torch.zeros(300_000)
    shape = (100, 100, 3, 3)
    tensors = {"synthesis.b4.const": torch.zeros(100, 4, 4), "mapping.w_avg": torch.zeros(100)}
    for side in (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536):
        tensors |= {f"synthesis.b{side}.conv1.weight": few[:90_000].view(shape)}
        tensors |= {f"synthesis.b{side}.torgb.weight": few[:300].view(3, 100, 1, 1)}
    with pytest.raises(DataError):
        zerosum.import_checkpoint(snapshot(tmp_path / "huge.pkl", {"G_ema": ("Generator", tensors, {})}))
