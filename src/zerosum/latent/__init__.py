"""Control over a generator through its latents: paths, mixing, arithmetic, directions, inversion.

Functions of tensors and of callables; they know neither models nor files.
"""
