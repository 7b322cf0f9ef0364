"""Why a descriptor can't be read."""


class DescriptorError(ValueError):
    """Bytes that are no security descriptor, or a change one can not hold.

    Args:
        offset: where in the bytes, counted from the start of the descriptor.
        rule: what should hold there.

    """

    def __init__(self, offset: int, rule: str) -> None:
        super().__init__(f"at byte {offset}: {rule}")
        self.offset = offset
        self.rule = rule
