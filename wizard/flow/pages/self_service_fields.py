"""How the questions of self-service are made: each where people help themselves."""

from functools import partial

from wire.text import Text
from wizard.flow.conditions import helping_themselves
from wizard.flow.model import Field, never

ONE_A_LINE = Text(
    "One a line: a name, a distinguished name or a SID. Nested members count."
)
asked = partial(Field, shown=helping_themselves)
more = partial(asked, more=True)
switch = partial(more, kind="check", default=True)
number = partial(more, kind="number")
names = partial(asked, kind="names", needed=never, width=60, default=())
