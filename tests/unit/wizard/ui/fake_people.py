"""Who lives in the domain of the fakes, by name; and the entries on each of them."""

from uuid import UUID

from agent.verdict.causes import Cause
from wire.operation import Operation
from wire.text import verbatim
from wizard.permissions.listed_entries import Effect, EntryList, ListedEntry
from wizard.permissions.people_search import FoundPerson

PEOPLE = "OU=People,DC=corp,DC=test"
_GIVEN = (
    "Anna Beat Chiara David Elif Farid Greta Henri Ines Jonas Katia Lukas Marie Niko "
    "Olga Pavel Rosa Samir Tilda Urs"
)
_SURNAMES = (
    "Keller Graf Rossi Meyer Yilmaz Adler Brunner Costa Dubois Egger Frey Gerber Huber "
    "Iten Jost Kunz Lang Moser Nef Ott Peter Rey Suter Tobler Vogt Weber Zaugg Arnold "
    "Baumann Christen Danz Eberle Fuchs Gasser Hug Imhof Jenni Koller Lutz Marti"
)
GIVEN = tuple(_GIVEN.split())
SURNAMES = tuple(_SURNAMES.split())
OFFICES = ("Zurich", "Bern", "Geneva")
# the only one of whom a search is made by first name alone: inheritance is off above
NIKO = 13
OF_ALL = (
    ("Allows Self to change the password", False),
    ("Allows Everyone to change the password", False),
    ("Allows Domain Admins to do everything", False),
    ("Allows Account Operators to do everything", False),
    ("Allows System to do everything", False),
    ("Allows Authenticated Users to read the permissions", True),
    ("Allows svc-writeback to reset the password (inherited)", True),
    ("Allows svc-writeback to unlock (write lockoutTime) (inherited)", True),
    ("Allows Pre-Windows 2000 Compatible Access to read (inherited)", False),
)


def listed_of(cause: Cause) -> EntryList:
    """Give a person's entries; those of the grants are missing where nothing is."""
    inherits = cause not in (Cause.INHERITANCE_OFF, Cause.NOT_GRANTED)
    found: list[ListedEntry] = []
    for words, applies in OF_ALL:
        if words.endswith("(inherited)") and not inherits:
            continue
        decides = (Operation.RESET,) if "reset the" in words else ()
        decides = (Operation.UNLOCK,) if "unlock" in words else decides
        place, text = len(found) + 1, verbatim(words)
        entry = ListedEntry(place, text, Effect.ALLOWS, decides, applies=applies)
        found.append(entry)
    return EntryList(tuple(found))


def name_of(number: int) -> str:
    """Call each of 1,600 people otherwise."""
    given, number = GIVEN[number % len(GIVEN)], number // len(GIVEN)
    rest, surname = divmod(number, len(SURNAMES))
    return f"{given} {SURNAMES[surname]}" + (f" {rest + 1}" if rest else "")


def sign_in_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@corp.test"


def person_of(number: int) -> FoundPerson:
    """Give somebody as a search finds them; `verdict_of` is about the same."""
    name = name_of(number)
    sign_in, guid = sign_in_of(name), UUID(int=number + 1)
    names = (sign_in, name.lower().replace(" ", "."), str(guid))
    dn = f"CN={name},OU={OFFICES[number % len(OFFICES)]},{PEOPLE}"
    return FoundPerson(dn, guid, name, sign_in, names)


def begins(person: FoundPerson, words: str) -> bool:
    whole = person.name.lower()
    names = (whole, *whole.split(), *person.names)
    return any(name.startswith(words) for name in names)


# what is shown of them: data, in every language
CONTAINERS = tuple(f"corp.test/People/{office}" for office in OFFICES)
NAMES = tuple(map(name_of, range(2 * len(GIVEN) * len(SURNAMES))))
SIGN_INS = tuple(map(sign_in_of, NAMES))
