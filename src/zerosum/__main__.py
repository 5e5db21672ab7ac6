"""The command line: `zerosum VERB ...`. Verbs import what they need, so that help comes at once."""

import importlib
import keyword
import os
import sys
from collections.abc import Sequence

from zerosum.core.errors import ZerosumError, nearest_name
from zerosum.core.version import __version__

VERBS = {
    "train": ("DATA", "train a generator on pictures, tables or points, or go on with a run that was interrupted"),
    "resume": ("RUN", "go on with a run from its folder alone"),
    "inspect": ("DATA", "say what data hold: columns of a table and what is done with them, and what is odd"),
    "sample": ("RUN_OR_MODEL", "write numbered samples of a trained model"),
    "explore": ("VERB RUN", "walk, mix, move, compute and invert in a generator's latents"),
    "diagnose": ("RUN", "say what is wrong with a run, with evidence, charts and what to try"),
    "treat": ("RUN [FAILURE]", "do something about what the doctor found, and undo it"),
    "evaluate": ("MODEL [DATA]", "measure a generator beside real samples: distances, diversity, copying"),
    "compare": ("RUN...", "measure runs side by side, or train recipes under the same budget first"),
    "import": (
        "FILE --out MODEL",
        "make a model of a checkpoint of StyleGAN2, R3GAN, DCGAN or BigGAN; runs nothing in it",
    ),
    "export": ("MODEL", "write a generator as one file: a page for browsers, or an ONNX graph for programs"),
    "studio": ("[FOLDER]", "open the web app: train, watch, explore, learn and export in a browser"),
    "recipes": ("", "list the systems that can be trained"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0, 2 for wrong flags, 3 for failed training, 4 for unusable data, 1 else."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            return run(arguments)
        finally:
            sys.stdout.flush()
    except ZerosumError as error:
        print(f"zerosum: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("zerosum: interrupted; the last checkpoint is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has left; what is still buffered must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        where = error.filename or "The disk"
        print(f"zerosum: {where} cannot be used: {error.strerror or error}.", file=sys.stderr)
        return 1


def run(arguments: list[str]) -> int:
    """Do what the arguments say; returns 0, or 2 for an unknown verb."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview())
        return 0
    if arguments[0] == "--version":
        print(f"zerosum {__version__}")
        return 0
    verb, rest = arguments[0], arguments[1:]
    if verb not in VERBS:
        print(f'zerosum: there is no verb "{verb}". {nearest_name(verb, VERBS)}.', file=sys.stderr)
        return 2
    module = f"{verb}_" if keyword.iskeyword(verb) else verb
    importlib.import_module(f"zerosum.cli.{module}").main(rest)
    return 0


def overview() -> str:
    """What `zerosum --help` prints."""
    verbs = "\n".join(f"  zerosum {f'{verb} {what}'.strip():<22} {does}" for verb, (what, does) in VERBS.items())
    return f"""zerosum {__version__}: train, watch, measure, explore and ship generative adversarial networks

{verbs}

Try it:   zerosum train digits --minutes 3
          zerosum sample runs/00000-digits-light --seeds 0-63
Details:  zerosum VERB --help"""


if __name__ == "__main__":
    code = main()
    if "RANK" in os.environ:
        # One of several processes: all is written and closed, and Python's own end would now and then abort in a
        # thread of torch's gloo backend (seen in one of ten ends with torch 2.13), which the launcher calls a failure.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
