"""Samples that were told what to be: do they have the attributes, and do they match the words?"""

import time
from dataclasses import replace

import numpy as np
import torch

from zerosum.data.conditions import Attributes, Captions
from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Figure, Found, Measure, Verdict
from zerosum.evaluation.sides import Side
from zerosum.evaluation.told_sheets import attribute_sheet, caption_sheet
from zerosum.metrics.attributes import attribute_hits
from zerosum.metrics.retrieval import CAPTIONS, FIRST, Pairs, retrieval
from zerosum.train.model import Model

ENOUGH = 0.85
"""Share of properties that are as asked below which a person would notice."""


def _attributes(comparison: Comparison) -> Found:
    known, begin = _model(comparison).known, time.perf_counter()
    assert isinstance(known, Attributes), "the metric refuses models without attributes"
    features = (comparison.reals, comparison.fakes, comparison.others)
    sides = (comparison.sides.real, comparison.fake, comparison.sides.other)
    hits = attribute_hits(
        known.names,
        *((x, _described(side)) for x, side in zip(features, sides, strict=True)),  # type: ignore[arg-type]
    )
    measure = Measure.of(
        hits.fake,
        metric="attributes",
        title="share of properties that a classifier trained on real samples finds as asked",
        within=comparison.network.name,
        n=comparison.n,
        floor=hits.real.value,
        better="higher",
        seconds=time.perf_counter() - begin,
    )
    worst = sorted(hits.by_property.items(), key=lambda item: item[1][0])
    rows = [(name, f"{fake:.1%}", f"{real:.1%}") for name, (fake, real) in worst]
    text = (
        "How often a classifier that was trained on real samples finds each property as it was asked for, and how "
        "often it is right about other real samples."
    )
    verdicts = []
    if worst and hits.fake.value < ENOUGH:
        name, (fake, real) = worst[0]
        told = f"{1 - hits.fake.value:.0%} of what was asked for is not there; least of all {name}: {fake:.0%} as asked"
        verdicts.append(Verdict("attributes", "note", f"{told}, where real samples are recognised in {real:.0%}."))
    caption = (
        "Each row asks the same ten samples for one thing; the rest is as in the data, and differs from row to row."
    )
    drawn = [Figure("attributes", "What was asked for", caption, attribute_sheet(_model(comparison), known))]
    figures = drawn if comparison.space.kind == "image" else []
    return Found([measure], verdicts, figures, [Table("Attributes", text, ("property", "generated", "real"), rows)])


def _retrieval(comparison: Comparison) -> Found:
    """One number for the captions that were trained on, and one for those of the pictures that were held out."""
    real, other = comparison.sides.real, comparison.sides.other
    learned, ceiling = (
        Pairs(features, _described(side)) for features, side in ((comparison.reals, real), (comparison.others, other))
    )
    common = {"within": comparison.network.name, "n": comparison.n, "better": "higher"}
    begin = time.perf_counter()
    found = retrieval(learned, Pairs(comparison.fakes, _described(comparison.fake)), learned.captions)
    seconds = time.perf_counter() - begin
    title = f"share of samples whose own caption is among the first {FIRST} of {CAPTIONS}"
    measures = [
        Measure.of(
            found,
            metric="retrieval",
            title=title,
            floor=retrieval(learned, ceiling, learned.captions).value,
            seconds=seconds,
            **common,
        )
    ]
    asked = _new_captions(comparison)
    if asked is None:
        return Found(measures)
    rows = _samples_of(comparison, asked)
    measures.append(_of_new_captions(comparison, asked, rows, title))
    caption = "In a frame the real picture that was kept out of training; beside it what was made of its caption."
    sheet = caption_sheet(_texts(comparison, asked), asked.rows, rows)
    return Found(measures, figures=[Figure("captions", "Captions that were never trained on", caption, sheet)])


def _new_captions(comparison: Comparison) -> Side | None:
    """Those held-out samples whose captions belong to no training sample; None where there are none."""
    held_out, trained = comparison.sides.held_out, comparison.sides.trained
    if held_out is None or trained is None:
        return None
    captions = _described(held_out)
    new = ~_among(captions, _described(trained))
    return replace(held_out, rows=held_out.rows[new.numpy()], described=captions[new]) if new.any() else None


def _samples_of(comparison: Comparison, asked: Side) -> np.ndarray:
    """One stored sample for each caption that is asked for, (n, ...)."""
    model = _model(comparison)
    parts = zip(model.prior.latents(range(len(asked))).split(64), _described(asked).split(64), strict=True)
    return np.concatenate([model.codec.decode(model.generate(*part)) for part in parts])


def _texts(comparison: Comparison, asked: Side) -> list[str]:
    """The captions in words."""
    known = comparison.dataset.conditions
    assert isinstance(known, Captions), "the metric refuses other data"
    text_of = {vector.tobytes(): text for vector, text in zip(known.vectors, known.texts, strict=True)}
    return [text_of.get(caption.tobytes(), "") for caption in _described(asked).numpy()]


def _of_new_captions(comparison: Comparison, asked: Side, rows: np.ndarray, title: str) -> Measure:
    """The same for captions that were never trained on, beside the real pictures that belong to them."""
    captions = _described(asked)
    generated, true = (
        comparison.workers.features(
            comparison.network, side, comparison.codec, "samples of held-out captions", keep=False
        )
        for side in (rows, asked.rows)
    )
    real, other = comparison.sides.real, comparison.sides.other
    known = torch.cat([comparison.reals, comparison.others]), torch.cat([_described(real), _described(other)])
    new = ~_among(known[1], captions)  # the matcher must not have seen these very pictures either
    learned = Pairs(known[0][new], known[1][new])
    pool = torch.cat([captions, learned.captions[: max(0, CAPTIONS - len(captions))]])
    return Measure.of(
        retrieval(learned, Pairs(generated, captions), pool),
        metric="retrieval-held-out",
        title=f"{title}, for captions of pictures that were held out",
        within=comparison.network.name,
        n=len(asked),
        floor=retrieval(learned, Pairs(true, captions), pool).value,
        better="higher",
    )


def _among(captions: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Which of the captions (n, d) are among the others (m, d), (n,)."""
    known = {caption.tobytes() for caption in others.numpy()}
    return torch.tensor([caption.tobytes() in known for caption in captions.numpy()])


def _model(comparison: Comparison) -> Model:
    assert comparison.subject.model is not None, "the metric refuses samples from files"
    return comparison.subject.model


def _described(side: Side) -> torch.Tensor:
    assert side.described is not None, "the metric refuses samples that nothing is told of"
    return side.described


def _needs_attributes(comparison: Comparison) -> str | None:
    return _needs(comparison, Attributes, "attributes") or without_learners(comparison)


def _needs_captions(comparison: Comparison) -> str | None:
    return _needs(comparison, Captions, "captions")


def _needs(comparison: Comparison, kind: type, what: str) -> str | None:
    model, theirs = comparison.subject.model, comparison.dataset.conditions
    ours = None if model is None else model.known
    if not isinstance(ours, kind):
        return f"it needs a model that is told {what}"
    alike = isinstance(theirs, Attributes) and isinstance(ours, Attributes) and theirs.names == ours.names
    if not alike and not (
        isinstance(theirs, Captions) and isinstance(ours, Captions) and theirs.encoder == ours.encoder
    ):
        return f"the real samples have other {what} than the model"
    return None


METRICS = (
    Metric(
        "attributes",
        "whether samples have the attributes that they were asked to have",
        _needs_attributes,
        _attributes,
    ),
    Metric(
        "retrieval",
        "whether samples match their captions better than other captions",
        _needs_captions,
        _retrieval,
        gives=("retrieval", "retrieval-held-out"),
    ),
)
