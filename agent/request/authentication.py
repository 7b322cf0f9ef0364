"""Whether a password is a person's: tried on a connection of its own, locking nobody.

A directory counts a wrong password at a bind as any other (MS-ADTS 5.1.1.1.1), so the
same margin holds as for the old password of a change, and the settings' own number of
tries. What Active Directory adds to a refusal says more than yes or no: an expired or
must-change password, a disabled or expired account are told only to who has the right
password; a locked account tells nothing (MS-ADTS 5.1.1.1.1, Windows' error codes).
"""

import time
from dataclasses import replace

from agent.ldap.errors import SignInRefused
from agent.request import lockout_margin
from agent.request.answer import Answer
from agent.request.entitlement import Entitled
from agent.request.stages import Located, Tools
from wire.outcomes import Code
from wire.secret import Secret

_RIGHT = "The password is right. Nothing was changed."
# by the data of a refusal: what it means; those here come with the right password alone
_ANSWERS = {
    "530": Answer(Code.OK, "not at this hour", message=_RIGHT),
    "531": Answer(Code.OK, "not from this machine", message=_RIGHT),
    "532": Answer(Code.OK, message=_RIGHT, state={"password": "expired"}),
    "773": Answer(Code.OK, message=_RIGHT, state={"password": "must_change"}),
    "533": Answer(Code.ACCOUNT_DISABLED),
    "701": Answer(Code.ACCOUNT_EXPIRED),
    # these two come whatever the password is
    "775": Answer(Code.ACCOUNT_LOCKED),
    "525": Answer(Code.USER_NOT_FOUND),
}
_WRONG = Answer(Code.WRONG_PASSWORD, message="The password is not right.")


def authenticate(entitled: Entitled, tools: Tools) -> Answer:
    """Try a password, once; Ended where one more could be too many.

    To be asked in the person's turn (`agent.request.turns`).
    """
    located = entitled.located
    password = located.request.password
    if not password:  # an empty one is an anonymous bind (RFC 4513 section 5.1.2)
        return _WRONG
    tries = tools.settings.self_service.sign_in.tries
    trial = lockout_margin.begin(located, tools, tries=tries)
    wrong = True  # so it counts as one where nobody knows what became of it
    try:
        answer = _tried(located, tools, password)
        wrong = answer.code in (Code.WRONG_PASSWORD, Code.NOT_KNOWN)
        if answer.code is not Code.OK:
            return answer
        who = located.request.portal.issuer, located.subject.guid
        return replace(answer, sign_in=tools.vouching.signed_in(who, time.time()))
    finally:
        trial.end(tools, wrong=wrong)


def _tried(located: Located, tools: Tools, password: Secret) -> Answer:
    host = located.warm.directory.host
    try:
        tools.pool.try_sign_in(host, located.user.dn, password)
    except SignInRefused as refused:
        if refused.data == "52e":
            return _WRONG
        unknown = Answer(Code.NOT_KNOWN, f"refused with data {refused.data}")
        return _ANSWERS.get(refused.data, unknown)
    return Answer(Code.OK, message=_RIGHT, state={"password": "right"})
