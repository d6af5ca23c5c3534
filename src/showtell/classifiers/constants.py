"""The numbers that familiarity and certainty are set by, each with its unit and where it was measured.

"Pictures": eight sets of real pictures, 1, 5 and 20 pictures a class, two draws each; "minutes": simulated first
minutes before a webcam (benchmarks/README.md has both). Where nothing else is said a number was chosen by looking at
both, and not fitted. A pair holds the number for pictures of their own and the one for frames of one recording; between
them `stand_ins.twins` says how far it is from one to the other.
"""

from __future__ import annotations

# -- The discriminants, in units of what a taught picture scores for its own class
PART_WEIGHT, WHOLE_WEIGHT = 8.0, 6.0  # of the votes, as log odds; simulated recordings
WHOLE_SHARE = 0.4  # of the whole picture in likeness, against 1 for the parts; simulated recordings
BEST = 2  # parts that speak for a class
ROUNDS = 3  # of telling thing and background apart
SHRINKAGE = 0.75  # of the covariance within classes; accuracy changes by 0.005 from 0.25 to 0.9 (pictures)
DIRECTIONS = 256  # of the subspace; as accurate as all 1280 (pictures)
SUBSPACE_ROWS = 3000  # looks that the subspace is found from

# -- Stand-ins for pictures that were not taught
FOLDS = 5  # a fifth of each class is left out in turn
AWAY = 0.7  # share of the stand-ins in other rooms, among those of one recording; minutes
MAX_AWAY = 40  # pictures that are shown in another room to stand in; as good as all of them (pictures, minutes)
TWINS, TWINS_SOFTNESS = 0.45, 0.05  # distance to the nearest of the class, in distances to the next class; pictures
ORDER, ORDER_SOFTNESS = 0.8, 0.03  # distance of neighbours in order, in distances of any two of a class; pictures
ORDERED = 4  # pictures a class, from which on their order says something

# -- Familiarity, in standard deviations of the stand-ins
FARNESS = (0.65, 0.3)  # what distance weighs against likeness; the first fitted, each set left out in turn (pictures)
ACCEPTED = (1.645, 2.0)  # from the mean down to the threshold; 1.645: 95 % of a normal distribution pass
SINGLE = 1.0  # further down where a class has one picture; pictures
UNMOVED = 1.0  # further down for frames of one recording, none of which was shown in another room; drawn pictures
SOFTNESS = 0.35  # in which familiarity goes from 0.5 to 0.73
LEAST_LIKENESS, LEAST_DISTANCE = 0.01, 0.002  # a standard deviation, where all stand-ins are nearly the same
MAX_REFERENCES = 1000  # taught pictures that a distance is measured to

# -- Pictures of quite another kind, in centred cosines: those of natural pictures are 0 to 0.2 (pictures)
APART, APART_SOFTNESS = 0.22, 0.04
NOISE_SOFTNESS = 0.02  # by how much noise must be nearer than anything taught to cost a standard deviation

# -- Certainty
DOUBT = 2.0  # standard deviations below the threshold at which half of the certainty is gone; pictures
STEEPNESS = 0.9  # log odds per standard deviation
USUAL_FACTOR = 0.4  # on the votes, where nothing tells; pictures
PRIOR = 10.0  # pictures' worth of trust in the usual factor
LOWEST_FACTOR, HIGHEST_FACTOR = 0.08, 1.0  # of the votes; other classifiers may be too modest as well

# -- The room
MAX_ROOM = 30  # frames of the empty room that are kept, the newest
ROOM_CEILING = 0.49  # familiarity of what is most like the room
