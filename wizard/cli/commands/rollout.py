"""`writeback self-service guide`: what people and the help desk are given."""

from pathlib import Path

from agent.config.settings import Settings
from agent.config.validators import help_url
from agent.self_service.eligibility import offered
from rollout import language as languages
from rollout.document import Document
from rollout.facts import Facts, HelpLine
from rollout.materials import Material, made
from rollout.page import as_page
from rollout.plain_text import as_text
from wire.operation import Operation
from wire.text import Text
from wizard import translation
from wizard.cli.command import SETTINGS, Argument, Command
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result
from wizard.permissions.export import whole_file

_WRITERS = {".html": as_page, ".txt": as_text}


def facts_of(settings: Settings, portal: str, organization: str) -> Facts:
    """Give what materials say of these settings; BadUsage for no address of a portal.

    Without an organization's name it is the domain's.
    """
    wished, features = settings.self_service, settings.features
    registration, helped = wished.registration, wished.help
    help_desk = {
        Operation.UNLOCK: wished.operations.help_desk_unlock and features.unlock,
        Operation.RESET: wished.operations.help_desk_reset,
    }
    return Facts(
        organization=organization or settings.directory.domain,
        portal=_address(portal).rstrip("/"),
        operations=offered(wished) & features.operations if wished.on else frozenset(),
        help_desk=frozenset(each for each, on in help_desk.items() if on),
        proofs=wished.proofs,
        kinds=wished.kinds,
        passkey_alone=wished.passkey_alone,
        two_proof=bool(wished.two_proof_groups),
        required=registration.required,
        extra=registration.extra,
        confirm_days=registration.confirm_days,
        wait_hours=registration.wait_hours,
        allowed_from=registration.allowed_from,
        help=HelpLine(helped.text or "", helped.phone or "", helped.url or ""),
    )


def guide(material: Material, facts: Facts, language: str, out: Path | None) -> Result:
    """Make one material; into a file where one is named, else as the output.

    Raises:
        BadUsage: nobody may do anything yet, or the file is of no known form.
        StepFailed: the file can't be written.

    """
    if material is not Material.HELP_DESK and not facts.operations:
        what = Text("Self-service is for nobody (self_service.who is none).")
        remedy = Text("Say who may reset their own password first.")
        raise BadUsage(what, remedy)
    document = made(material, facts)
    text = as_text(document, language)
    data = {
        "material": str(material),
        "language": language,
        "title": text.split("\n", 1)[0],
    }
    if out is None:
        return Result(Exit.DONE, text.rstrip("\n"), {**data, "text": text})
    _write(out, document, language)
    done = Text("Written to {file}.", file=str(out))
    return Result(Exit.DONE, done, {**data, "file": str(out)})


def _write(out: Path, document: Document, language: str) -> None:
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        what = Text("{file} does not end in .html or .txt.", file=str(out))
        remedy = Text("Name an .html file to print it, or a .txt file.")
        raise BadUsage(what, remedy)
    with whole_file(out) as file:
        file.write(writer(document, language))


def _address(portal: str) -> str:
    try:
        return help_url(portal)
    except ValueError:
        what = Text(
            "--portal {address} is not the address of a portal.", address=portal
        )
        remedy = Text("Give one such as https://portal.corp.example.")
        raise BadUsage(what, remedy) from None


def _run(invocation: Invocation) -> Result:
    arguments = invocation.arguments
    facts = facts_of(
        invocation.settings(), arguments.portal, arguments.organization or ""
    )
    spoken = translation.language()
    known = spoken if spoken in languages.LANGUAGES else languages.ENGLISH
    language = arguments.language or known
    return guide(Material(arguments.material), facts, language, arguments.out)


GUIDE = Command(
    "guide",
    Text("make a guide for people, mails that announce it, or the help desk's script"),
    (
        SETTINGS,
        Argument(
            "material",
            nargs="?",
            choices=[str(each) for each in Material],
            default=str(Material.GUIDE),
            help="which one; guide where none is named",
        ),
        Argument(
            "--portal",
            required=True,
            metavar="ADDRESS",
            help="where people reset, such as https://portal.corp.example",
        ),
        Argument(
            "--organization",
            metavar="NAME",
            help="what people call it; else the domain's name",
        ),
        Argument(
            "--language",
            choices=languages.LANGUAGES,
            help="of those who read it; else yours",
        ),
        Argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="write it as .html, to print it, or as .txt",
        ),
    ),
    _run,
    reads=True,
)
