"""How far a network has grown: told in training, remembered in evaluation, copied with the buffers."""

import copy

from torch import nn

from zerosum.nn.level import Level
from zerosum.train.engine import move_average


def test_training_follows_and_evaluation_remembers() -> None:
    told = [1.75]
    level = Level(lambda: told[0])
    assert level.eval()() == (0, 0.0), "before any training"
    assert level.train()() == (1, 0.75)
    told[0] = 3.0
    assert level.eval()() == (1, 0.75)
    assert level.train()() == (3, 0.0) and level.eval()() == (3, 0.0)


def test_it_is_saved_and_copied_with_the_weights() -> None:
    network = nn.ModuleList([nn.Linear(1, 1), Level(lambda: 2.25)])
    average = copy.deepcopy(network).eval()
    network[1]()
    move_average(average, network, decay=0.999)
    other = nn.ModuleList([nn.Linear(1, 1), Level(lambda: 0.0)]).eval()
    other.load_state_dict(network.state_dict())
    assert average[1]() == other[1]() == (2, 0.25), "a level is no mean of levels"
