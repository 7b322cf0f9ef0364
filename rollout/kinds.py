"""Each kind of verification method, as people are told of it. Pure."""

from wire.self_service.proof_kind import ProofKind
from wire.text import Text

# the first sentence names it as the portal's page does
REGISTERING = {
    ProofKind.PASSKEY: Text(
        "“Passkey”: your fingerprint, face or PIN on this device, or a security key. "
        "It is the safest and the quickest."
    ),
    ProofKind.TOTP: Text(
        "“Authenticator app”: an app on your phone reads a picture, and then shows "
        "codes, also without a network."
    ),
    ProofKind.EMAIL: Text(
        "“E-mail”: a private address. You cannot read the one at work without your "
        "password."
    ),
    ProofKind.SMS: Text("“Text message”: the number of your phone."),
    ProofKind.RECOVERY_CODE: Text(
        "“Recovery codes”: ten codes on paper. Keep them where you keep your papers, "
        "and not beside the computer."
    ),
    ProofKind.QUESTIONS: Text(
        "“Security questions”: answers that only you know. They count beside another "
        "method alone."
    ),
}
NAMES = {
    ProofKind.PASSKEY: Text("passkey"),
    ProofKind.TOTP: Text("code from the authenticator app"),
    ProofKind.EMAIL: Text("code by e-mail"),
    ProofKind.SMS: Text("code by text message"),
    ProofKind.RECOVERY_CODE: Text("recovery code"),
    ProofKind.QUESTIONS: Text("security questions"),
}
