"""Who lives in corp.test: the same people, groups and policies each time.

The result of `population()` is plain data for inside/populate.py, which runs with
Samba's own Python in the Samba root.
"""

from dataclasses import dataclass

BASE_DN = "DC=corp,DC=test"
REALM = "corp.test"
START_PASSWORD = "Start-1234-Passw0rd"
ACCOUNTS = {
    "svc-existing": "Existing-5678-Passw0rd",
    "svc-weak": "Weak-9012-Passw0rd",
}

# Names that a careless DN, filter or SDDL breaks on (RFC 4514 section 2.4).
AWKWARD = {
    "comma_ou": "Sales, West",
    "plus_ou": "R+D = new",
    "quote_ou": 'The "best" \\ last',
    "angle_ou": "<Angle>; semi",
    "hash_ou": "#Hash",
    "space_ou": " Space around ",
}
_FIRST = [
    "Anna",
    "Bruno",
    "Clara",
    "David",
    "Elif",
    "Farid",
    "Greta",
    "Henri",
    "Ines",
    "Jonas",
    "Katia",
    "Lukas",
    "Marie",
    "Nils",
    "Olga",
    "Pavel",
    "Quentin",
    "Rosa",
    "Samir",
    "Tilda",
]
_LAST = ("Adler", "Brandt", "Costa")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """One person to be; `state` names what is special, in inside/populate.py."""

    key: str
    given_name: str
    surname: str
    place: str
    state: str = ""
    mail: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"

    @property
    def sam(self) -> str:
        return f"{self.given_name}.{self.surname}".lower()


def rdn(value: str) -> str:
    """Escape one RDN value for a DN string (RFC 4514 section 2.4)."""
    escaped = "".join(f"\\{c}" if c in ',+"\\<>;=#' else c for c in value)
    if escaped.startswith(" "):
        escaped = f"\\{escaped}"
    if escaped.endswith(" "):
        escaped = f"{escaped[:-1]}\\ "
    return escaped


def _ou(*names: str) -> str:
    return ",".join([*(f"OU={rdn(name)}" for name in names), BASE_DN])


PEOPLE = _ou("People")
BERLIN = _ou("Berlin", "People")
PARIS = _ou("Paris", "People")
SALES = _ou("Sales", "People")
SERVICE = _ou("Service accounts")
GROUPS = _ou("Groups")
OTHER = _ou("Other")

# One person each for what can stand in a reset's way.
_SPECIAL = (
    NewPerson("disabled", "Dora", "Disabled", BERLIN, "disabled"),
    NewPerson("locked", "Lars", "Locked", BERLIN, "locked"),
    NewPerson("expired", "Emil", "Expired", BERLIN, "expired"),
    NewPerson("password_expired", "Petra", "Stale", BERLIN, "password_expired"),
    NewPerson("must_change", "Mona", "Mustchange", BERLIN, "must_change"),
    NewPerson("protected", "Paula", "Protected", PARIS, "protected"),
    NewPerson("strict", "Stefan", "Strict", PARIS),
    NewPerson("young", "Yara", "Young", PARIS, "young"),
    NewPerson("cannot_change", "Carla", "Cannot", PARIS, "cannot_change"),
    NewPerson("never_expires", "Nora", "Never", PARIS, "never_expires"),
    NewPerson("no_inheritance", "Niko", "Noinherit", SALES, "no_inheritance"),
    NewPerson("duplicate_mail", "Tom", "Twin", SALES, "", "twin@corp.test"),
    NewPerson("duplicate_mail_2", "Tim", "Twin", SALES, "", "twin@corp.test"),
    NewPerson("outside", "Otto", "Outside", OTHER),
    NewPerson("outside_2", "Olaf", "Outside", OTHER),
)


def _everyone() -> list[NewPerson]:
    places = (BERLIN, PARIS, SALES)
    many = [
        # The first of each given name is known by it: anna, bruno, clara ...
        NewPerson(
            given_name.lower() if last == _LAST[0] else f"{given_name}_{last}".lower(),
            given_name,
            last,
            places[index % 3],
        )
        for last in _LAST
        for index, given_name in enumerate(_FIRST)
    ]
    awkward = [
        NewPerson(key, key.partition("_")[0].title(), "Awkward", _ou(name, "People"))
        for key, name in AWKWARD.items()
    ]
    return [*many, *awkward, *_SPECIAL]


def _members() -> dict[str, list[str]]:
    """Group name to member sAMAccountNames; a group in a group three levels deep."""
    in_berlin = [p.sam for p in _everyone() if p.place == BERLIN]
    paris = [p.sam for p in _everyone() if p.place == PARIS][:4]
    return {
        "Berlin interns": [in_berlin[-6]],
        "Berlin staff": [*in_berlin[:6], "Berlin interns"],
        "Writeback pilot": ["Berlin staff", *paris],
        "Strict policy": ["stefan.strict"],
    }


def population() -> dict[str, object]:
    """Everything inside/populate.py needs, as JSON-able data."""
    awkward = [_ou(name, "People") for name in AWKWARD.values()]
    return {
        "base_dn": BASE_DN,
        "realm": REALM,
        "start_password": START_PASSWORD,
        "containers": [PEOPLE, BERLIN, PARIS, SALES, SERVICE, GROUPS, OTHER, *awkward],
        "people_dn": PEOPLE,
        "groups_dn": GROUPS,
        "accounts_dn": SERVICE,
        "accounts": ACCOUNTS,
        "people": [
            {
                "key": person.key,
                "dn": f"CN={rdn(person.name)},{person.place}",
                "sam": person.sam,
                "given_name": person.given_name,
                "surname": person.surname,
                "mail": person.mail or f"{person.sam}@corp.test",
                "state": person.state,
            }
            for person in _everyone()
        ],
        "groups": _members(),
        "strict_group": "Strict policy",
    }
