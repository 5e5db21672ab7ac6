"""Models explored through their latents: what Python, the command line and the studio do alike."""

from zerosum.exploration.axes import Axes, Move
from zerosum.exploration.explorer import Explorer
from zerosum.exploration.inversion import Inversion
from zerosum.exploration.pictures import RATE, Pictures
from zerosum.exploration.places import Place
from zerosum.exploration.spaces import Latents, SpaceName

__all__ = ["RATE", "Axes", "Explorer", "Inversion", "Latents", "Move", "Pictures", "Place", "SpaceName"]
