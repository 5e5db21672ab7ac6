"""Heat maps show numbers as colours at their places."""

import numpy as np
import pytest

from zerosum.drawing.heatmap import NAMES, SIDE, TOP, UNKNOWN, HeatMap, heat_maps, shades


def test_colours_go_through_white_and_grey_is_unknown() -> None:
    found = shades(np.array([-1.0, 0.0, 1.0, np.nan, 0.5]))
    assert found[1].tolist() == [255, 255, 255] and tuple(found[3]) == UNKNOWN
    assert found[0][0] > found[0][2] and found[2][2] > found[2][0]
    assert (found[4] > found[2]).sum() == 3


@pytest.mark.parametrize("count", [1, 3, 25, 40])
def test_cells_lie_where_their_rows_and_columns_are(count: int) -> None:
    values = np.zeros((count, count))
    values[count - 1, 0] = 1.0
    maps = [HeatMap("real", values), HeatMap("generated", -values)]
    image = np.asarray(heat_maps(maps, [f"a column {i}" for i in range(count)]))
    cell = max(4, min(36, SIDE // count))
    middle = image[TOP + int((count - 0.5) * cell), NAMES + cell // 2]
    assert np.abs(middle.astype(int) - shades(np.array([1.0]))[0]).max() <= 3
    if count > 1:
        assert image[TOP + cell // 2, NAMES + cell // 2].min() >= 252
