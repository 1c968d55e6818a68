"""The mistakes that a user can make, told from those that the code makes."""


class InputError(ValueError):
    """Something asked for cannot be done; the message is one line that says what can."""
