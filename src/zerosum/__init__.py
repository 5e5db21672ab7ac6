"""zerosum: train, watch, measure, explore and ship generative adversarial networks.

zerosum.fit(data)         train on a folder, an archive, an array or a built-in set; returns a model
zerosum.load(path)        a trained model from its folder or its run's folder
zerosum.import_checkpoint(file)   a checkpoint of StyleGAN2, R3GAN, DCGAN or BigGAN as a model; runs nothing in it
model.sample(64, seed=0)  numbered samples: number s is the same sample everywhere
zerosum.explore(run)      walk, mix, move, compute and invert in its latents
zerosum.diagnose(run)     what is wrong with a run, with evidence, and what to try
zerosum.evaluate(run)     how good its samples are: distances with floors and intervals, diversity, copying
zerosum.write_page(model, path)   one HTML file that draws its samples in a browser; write_onnx for other programs
"""

from typing import TYPE_CHECKING, Any

from zerosum.core.version import __version__

__all__ = [
    "Diagnosis",
    "Evaluation",
    "Explorer",
    "Model",
    "ZerosumError",
    "__version__",
    "diagnose",
    "evaluate",
    "explore",
    "fit",
    "from_pretrained",
    "import_checkpoint",
    "load",
    "write_onnx",
    "write_page",
]

if TYPE_CHECKING:
    from zerosum.api import (
        Diagnosis,
        Evaluation,
        Explorer,
        Model,
        ZerosumError,
        diagnose,
        evaluate,
        explore,
        fit,
        from_pretrained,
        import_checkpoint,
        load,
        write_onnx,
        write_page,
    )


def __getattr__(name: str) -> Any:
    """Import the interface on first use: it needs torch, and `zerosum --help` should not wait for that."""
    if name in __all__:
        from zerosum import api

        return getattr(api, name)
    raise AttributeError(f"module 'zerosum' has no attribute '{name}'")
