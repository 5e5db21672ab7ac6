"""What the studio shows of a model: functions of an open model and of JSON that know neither requests nor threads."""
