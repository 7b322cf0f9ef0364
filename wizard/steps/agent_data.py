"""What the agent itself leaves: the requests it took, its audit records, its logs."""

from collections.abc import Sequence

from agent.audit import files
from agent.audit.verification import Report, verify
from wire.text import EMPTY, Text, in_lines
from wizard.plan.change import Change, Context, Facts
from wizard.plan.step import Step, Target
from wizard.results import Check


class AgentData(Step):
    """Removes what the agent wrote while it served; makes nothing."""

    name = "remains"

    def plan_removal(self, context: Context) -> Sequence[Change]:
        host, audit = context.host, context.inputs.delete_audit
        paths = [str(path) for path in host.remains(audit=audit)]
        if not paths:
            return ()
        summary = Text("Deletes what the agent wrote: {paths}", paths=", ".join(paths))
        if audit:
            summary = Text(
                "Deletes what the agent wrote, its audit records too: {paths}",
                paths=", ".join(paths),
            )
        return (
            Change(
                self.name, summary, {"paths": paths, "audit": audit}, None, final=True
            ),
        )

    def apply(self, change: Change, context: Context) -> Facts:
        # a journal of before there was a choice says nothing of it: all went then
        audit = change.before is None or bool(change.before.get("audit", True))
        context.host.remove_remains(audit=audit)
        return {}

    def verify(self, target: Target) -> Sequence[Check]:
        places, title = target.context.host.places, Text("Audit records")
        if not files.all_files(places.audit) and not places.audit_head.exists():
            return ()  # it never served
        try:
            return (_judged(title, verify(places.audit, places.audit_head)),)
        except OSError as error:
            detail = Text("They can't be read: {why}.", why=str(error.strerror))
            remedy = Text("Look at the folder of the audit records.")
            return (Check("audit", title, "failed", detail, remedy),)


def _judged(title: Text, report: Report) -> Check:
    if not report.sound:
        detail = report.findings[0]
        remedy = Text("Somebody changed them: writeback audit verify names each.")
        return Check(
            "audit", title, "failed", detail, remedy, more=in_lines(report.findings)
        )
    detail = Text(
        "{count} records, none changed, none missing ({first}–{last}).",
        count=report.records,
        first=report.first,
        last=report.last.seq,
    )
    return Check("audit", title, "ok", detail, EMPTY)
