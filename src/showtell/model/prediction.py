"""Predictions: what a model answers about one picture."""

from __future__ import annotations

from dataclasses import dataclass

from showtell.sentences import percent


@dataclass(frozen=True)
class Neighbour:
    """A taught example near the picture: its label, its distance in feature space, where it is kept.

    >>> Neighbour("mug", 0.25, "mug/burst1-001.jpg").distance
    0.25
    """

    label: str
    distance: float  # cosine distance, in [0, 2]; 0 is the same direction
    example: str | None = None  # the example's id in its dataset; None where it has none


@dataclass(frozen=True)
class Prediction:
    """One answer. ``str(prediction)`` is a sentence.

    label         the class, or None for "unknown"
    confidence    in [0, 1]: of the answers said with 0.8, about 80 % should be right
    familiarity   in [0, 1]: how much the picture looks like anything that was shown
    scores        label -> float, they sum to 1
    evidence      the nearest examples, nearest first

    Raises ValueError where these are out of their range, or the label is none of the scores'.

    >>> print(Prediction("mug", 0.97, 0.8, {"mug": 0.97, "star": 0.03}))
    I see "mug" and I'm 97 % certain about it
    >>> print(Prediction(None, 0.1, 0.2, {"mug": 0.6, "star": 0.4}))
    I don't know this one (closest: "mug")
    """

    label: str | None
    confidence: float
    familiarity: float
    scores: dict[str, float]
    evidence: tuple[Neighbour, ...] = ()

    def __post_init__(self) -> None:
        for name in ("confidence", "familiarity"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name}: expected a number in [0, 1], found {value}")
        if self.label is not None and self.label not in self.scores:
            raise ValueError(f"label: expected one of {list(self.scores)}, found {self.label!r}")

    def __str__(self) -> str:
        if self.label is not None:
            return f'I see "{self.label}" and I\'m {percent(self.confidence)} % certain about it'
        closest = self.closest
        return "I don't know this one" + (f' (closest: "{closest}")' if closest is not None else "")

    @property
    def closest(self) -> str | None:
        """The label with the highest score, also when the answer is "unknown"; None without scores.

        >>> Prediction(None, 0.1, 0.2, {"mug": 0.6, "star": 0.4}).closest
        'mug'
        """
        return max(self.scores, key=self.scores.__getitem__) if self.scores else None
