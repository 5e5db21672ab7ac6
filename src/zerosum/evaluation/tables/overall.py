"""What is found out about a table, in one sentence."""

from collections.abc import Mapping, Sequence

from zerosum.evaluation.measure import Found, Level, Verdict

OVERALL = "overall"

_LEVELS: tuple[Level, ...] = ("bad", "note", "good")


def overall(found: Sequence[Found], refused: Mapping[str, str]) -> list[Verdict]:
    """One verdict on quality, use and privacy together, where a table was asked for the first; none otherwise.

    Args:
        found: What metrics found.
        refused: Metrics that do not apply, with the reasons.
    """
    measures = {measure.metric: measure for one in found for measure in one.measures}
    verdicts = {verdict.about: verdict for one in found for verdict in one.verdicts}
    if "quality" not in measures:
        return []
    quality, utility = measures["quality"], measures.get("utility")
    parts = [f"Quality {quality.value:.0%}, where real rows have {quality.floor or 0:.0%}"]
    if utility is not None:
        learned = f"{utility.value:.2f}, and from real ones {utility.floor or 0:.2f}"
        parts.append(f"models that learn from generated rows reach {learned}")
    if "privacy" in verdicts:
        alarmed = verdicts["privacy"].level != "good"
        parts.append("there is a privacy alarm, see there" if alarmed else "no privacy alarm")
    elif "privacy" in refused:
        parts.append("privacy could not be measured")
    judged = [verdicts[about].level for about in ("quality", "use", "privacy") if about in verdicts]
    return [Verdict(OVERALL, next(level for level in _LEVELS if level in judged), f"{'; '.join(parts)}.")]
