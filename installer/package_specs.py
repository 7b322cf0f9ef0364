"""What the packages say about themselves: names, needs, texts, scripts."""

from dataclasses import dataclass

MAINTAINER = "Writeback maintainers <maintainers@writeback.invalid>"
LICENSE = "Apache-2.0"
# The builder's glibc: what was linked against it may need it.
_GLIBC = "2.36"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a package asks of others, in one packager's names."""

    depends: tuple[str, ...]
    recommends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One package.

    `short` names its folders in installer/ and its PyInstaller specification;
    `programs` what of the frozen folder gets a link in /usr/bin; `deb` and `rpm`
    what it needs, `{version}` being its own.
    """

    short: str
    name: str
    section: str
    description: str
    programs: tuple[str, ...]
    manual: tuple[str, ...]
    deb: Needs
    rpm: Needs


AGENT = Recipe(
    short="agent",
    name="writeback-agent",
    section="admin",
    description="""brings password resets from the cloud home to Active Directory
The agent is a service of this server. It keeps one outbound connection to a
relay, and sets passwords over LDAPS when a portal asks for it. The command
writeback installs, checks, changes and removes it without a screen; the
package writeback-wizard does the same on a desktop.""",
    programs=("writeback-agent", "writeback"),
    manual=("writeback.1", "writeback-agent.8"),
    # Not systemd: it is there wherever the service can be used, and images are
    # prepared where it is not.
    deb=Needs((f"libc6 (>= {_GLIBC})", "zlib1g"), ("systemd", "dbus", "polkitd")),
    rpm=Needs(
        (f"glibc >= {_GLIBC}", "libz.so.1()(64bit)"), ("systemd", "dbus", "polkit")
    ),
)

WIZARD = Recipe(
    short="wizard",
    name="writeback-wizard",
    section="admin",
    description="""sets up password writeback for Active Directory on the desktop
The wizard installs and configures the agent of the package writeback-agent:
it finds the domain, asks what is needed, shows every change before it is made
and takes back what could not be finished.""",
    programs=("writeback-wizard",),
    manual=("writeback-wizard.1",),
    # Qt's system libraries are there on a desktop. Elsewhere the wizard says what
    # is missing, and the package still installs without a network.
    deb=Needs(
        (f"libc6 (>= {_GLIBC})", "libstdc++6", "writeback-agent (= {version})"),
        (
            *("libegl1", "libgl1", "libfontconfig1", "libdbus-1-3"),
            *("libglib2.0-0t64 | libglib2.0-0", "libxkbcommon-x11-0"),
            *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0"),
            *("libxcb-image0", "libxcb-render-util0", "libxcb-xkb1"),
            *("libwayland-cursor0", "polkitd"),
            # Letters of each language that the wizard speaks.
            *("fonts-noto-core", "fonts-noto-cjk"),
        ),
    ),
    rpm=Needs(
        (f"glibc >= {_GLIBC}", "libstdc++", "writeback-agent = {version}"),
        (
            *("mesa-libEGL", "mesa-libGL", "fontconfig", "dbus-libs", "glib2"),
            *("libxkbcommon-x11", "xcb-util-cursor", "xcb-util-wm", "polkit"),
            *("xcb-util-keysyms", "xcb-util-image", "xcb-util-renderutil"),
            # Whatever font has the letters: its package provides that it does.
            *("libwayland-cursor", "font(:lang=ja)", "font(:lang=ar)"),
        ),
    ),
)

RELAY = Recipe(
    short="relay",
    name="writeback-relay",
    section="net",
    description="""where portals and Writeback's agents meet
A relay of one's own, for who does not use Azure Relay: agents dial out to it, portals
post sealed requests to it, and it can read or forge none of them. The command
writeback-relay sets it up, registers portals and gives out enrolment codes.""",
    programs=("writeback-relay",),
    manual=("writeback-relay.8",),
    deb=Needs((f"libc6 (>= {_GLIBC})", "zlib1g"), ("systemd",)),
    rpm=Needs((f"glibc >= {_GLIBC}", "libz.so.1()(64bit)"), ("systemd",)),
)

PORTAL = Recipe(
    short="portal",
    name="writeback-portal",
    section="web",
    description="""where people reset their own password of Active Directory
A web application that asks Writeback's agents through a relay, sealed and signed, and
holds no directory. The command writeback-portal sets it up, checks each part that it
needs, backs it up and shows its audit.""",
    programs=("writeback-portal",),
    manual=("writeback-portal.8",),
    deb=Needs(
        (f"libc6 (>= {_GLIBC})", "zlib1g"), ("systemd", "tzdata", "nginx | httpd")
    ),
    rpm=Needs((f"glibc >= {_GLIBC}", "libz.so.1()(64bit)"), ("systemd",)),
)

RECIPES = {"agent": AGENT, "wizard": WIZARD, "relay": RELAY, "portal": PORTAL}
