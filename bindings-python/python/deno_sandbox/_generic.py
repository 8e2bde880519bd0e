"""Generic classes without the cost of importing `typing`."""


class Subscriptable:
    """A class that may be written with a type in brackets."""

    __slots__ = ()

    def __class_getitem__(cls, _: object) -> type:
        return cls
