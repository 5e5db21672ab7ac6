"""The doctor: pure checks over event records and data, each of which names a failure with its evidence."""
