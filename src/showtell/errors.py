"""Everything showtell raises on purpose.

::

    ShowtellError
    ├── PictureError      a file, buffer or array that is no usable picture
    ├── DatasetError      a folder that cannot be read or written as a dataset
    ├── BackboneError     a pretrained network that is missing, or not what was said of it
    ├── TeachingError     not enough, or the wrong thing, to learn from
    ├── ModelFileError    a saved model that cannot be opened
    ├── ServerError       the studio's page cannot be served
    ├── CameraError       no picture comes from a camera in a notebook
    └── MissingError      a part of showtell that is installed only when asked for

A message says what was expected, what was found and what to do, in one line.

>>> from showtell import Dataset
>>> try:
...     Dataset("no-such-folder", create=False)
... except ShowtellError as error:
...     print(str(error).partition("; ")[2])
check the name, or make it by adding pictures
"""


class ShowtellError(Exception):
    """The base of all errors of showtell. The command line turns one into a line and exit code 1."""


class PictureError(ShowtellError, ValueError):
    """A file, buffer or array that is no usable picture; the message names it and the reason."""


class DatasetError(ShowtellError):
    """A folder that cannot be read or written as a dataset, or a label or example that is not in it."""


class BackboneError(ShowtellError):
    """A pretrained network that is missing, unknown, or not what the catalogue or its user says of it."""


class TeachingError(ShowtellError, ValueError):
    """Not enough, or the wrong thing, to learn from, or a model asked before it was taught."""


class ModelFileError(ShowtellError, ValueError):
    """A saved model that cannot be opened: another kind of file, another version, or unsafe content."""


class ServerError(ShowtellError):
    """The studio's page cannot be served, for example because the port is in use."""


class CameraError(ShowtellError):
    """No picture comes from a camera in a notebook; the message says why and what to do."""


class MissingError(ShowtellError, ImportError):
    """A part of showtell that is installed only when asked for, such as ``showtell[notebook]``."""
