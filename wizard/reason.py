"""Why something failed, in words that quote nobody: error texts may hold anything."""

import errno
import os


def sentence(text: str) -> str:
    """Write what an error says as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def reason(error: Exception) -> str:
    """Say why, for people.

    Errors of ours, known by their remedy, give their own words; the system's give its
    words for their number; unexpected ones give their kind only.
    """
    if hasattr(error, "remedy"):
        return str(error)
    number = error.errno if isinstance(error, OSError) else None
    # numbers of TLS and of name resolution are other ones
    plain = type(error).__module__ == "builtins"
    if plain and number is not None and number in errno.errorcode:
        return f"The system refused: {os.strerror(number)}."
    return f"An unexpected error of kind {type(error).__name__}."
