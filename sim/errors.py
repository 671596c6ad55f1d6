"""Bad input, told in one line: which file, which line, which field, what is wrong and what is allowed."""


class InputError(ValueError):
    """Something that a user gave us cannot be used. `emsim` prints it as it is and ends with exit code 2.

    `file` and `line` (from 1) say where it stands, `field` which part of it (dotted), each when known. The text is
    always a single line: ``FILE:LINE: FIELD: PROBLEM``.
    """

    def __init__(
        self, problem: str, file: object | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        self.problem = " ".join(str(problem).split())
        self.file = None if file is None else str(file)
        self.line = line
        self.field = field
        place = "" if self.file is None else self.file if line is None else f"{self.file}:{line}"
        parts = (place, field or "", self.problem)
        super().__init__(": ".join(" ".join(part.split()) for part in parts if part))


class Stopped(Exception):
    """Ctrl-C, with something kept: `emsim` prints what, and ends with exit code 130."""


def shown(value: object, width: int = 60) -> str:
    """`value` as an error names it: quoted when it is text, cut when it is long, on one line."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"
