"""What distances are measured in: named networks from samples to features.

Which network it was belongs to every value: distances in different features do not compare, not even by their order.
"""

from zerosum.metrics.features.choose import NAMES, default_network, open_network
from zerosum.metrics.features.network import FeatureNetwork
from zerosum.metrics.features.random_conv import feature_network

__all__ = ["NAMES", "FeatureNetwork", "default_network", "feature_network", "open_network"]
