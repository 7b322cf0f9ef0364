"""The pages that remove an installation, and how the others are worded for it."""

from dataclasses import replace

from wizard.questions import (
    Answers,
    Field,
    Page,
    existing_account,
    new_account,
    removing,
)

ACCOUNT, GRANTS = "input.delete_account", "input.take_back_grants"

REMOVE = Page(
    id="remove",
    title="Remove Writeback",
    why="Resets from the cloud no longer reach Active Directory through this server. "
    "Nothing is removed before you have seen the plan.",
    rail="What is removed",
    fields=(
        Field(
            ACCOUNT,
            "Also delete the account and its permissions in Active Directory",
            "check",
            help="Only the account and the permissions that this wizard made. Needs a "
            "domain administrator, once; not stored.",
            shown=new_account,
        ),
        Field(
            GRANTS,
            "Also take back the permissions in Active Directory",
            "check",
            help="Only those that this wizard granted; the account itself was there "
            "before and stays. Needs a domain administrator, once; not stored.",
            shown=existing_account,
        ),
    ),
    shown=removing,
    help="The plan names each thing that is removed. What somebody else made, or "
    "changed since, is left alone.",
)

REMOVED = Page(
    id="removed",
    title="Writeback is removed",
    why="This server takes no more resets from the cloud.",
    rail="Complete",
    shown=removing,
    help="To set it up again, start the wizard: it needs a new enrolment code.",
)


def worded(page: Page, answers: Answers) -> Page:
    """Give a page with the words for this journey: a removal has its own."""
    if page.id == "recovery" and answers.forward:
        return _finishing_removal(page) if answers.removal else _finishing(page)
    if not removing(answers):
        return page
    match page.id:
        case "review":
            return _reviewing(page)
        case "apply":
            return _carrying_out(page)
    return page


def _finishing(page: Page) -> Page:
    return replace(
        page,
        why="An earlier run was cut off after something that can't be taken back. It "
        "can only be finished.",
        rail="Finish the changes",
        act="Finish the changes",
        help="What was done already is passed over; what is left is done now.",
    )


def _finishing_removal(page: Page) -> Page:
    return replace(
        page,
        title="A removal was cut off",
        why="An earlier run was removing Writeback from this server and was cut off. "
        "It can't be taken back any more; it can only be finished.",
        rail="Finish the removal",
        act="Finish the removal",
        help="Something that can't be given back is gone already, such as a key. What "
        "is left is removed now; what is gone already is passed over.",
    )


def _reviewing(page: Page) -> Page:
    return replace(
        page,
        title="Ready to remove",
        why="This is everything that will be removed. Nothing has been changed so far.",
        rail="Ready to remove",
        act="Remove Writeback",
        help="What can be given back goes first. If one of those fails, or you stop, "
        "all is given back. After that the removal is finished, whatever happens.",
    )


def _carrying_out(page: Page) -> Page:
    return replace(
        page,
        title="Removing",
        why="What can be given back goes first, and is given back if a change fails. "
        "What can't goes last.",
        rail="Removing",
        help="Stop takes effect before the next change, until the first one that "
        "can't be taken back. From there on the removal is finished.",
    )
