"""Why a descriptor can't be read."""


class DescriptorError(ValueError):
    """Bytes that are no security descriptor, or a change one can not hold.

    `offset` counts from the start of the descriptor; `rule` should hold there.
    """

    def __init__(self, offset: int, rule: str) -> None:
        super().__init__(f"at byte {offset}: {rule}")
        self.offset = offset
        self.rule = rule
