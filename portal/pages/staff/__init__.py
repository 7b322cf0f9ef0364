"""The pages of those who work here: help desk, auditors, administrators.

How a page is added:

1. A class with `routes`, each made by the one door (`portal.pages.staff.door`), which
   names who may see it, and passed on by `portal.app`:

       door.page("/staff/things", self.things, roles=AUDITED)
       door.act("/staff/things/remove", self.remove, roles={Role.ADMINISTRATOR})

   `page` is shown (GET) by `async (request, member) -> Response`; `act` changes
   something (POST) by `async (request, member, form) -> Response`, where `form` is
   read and its token compared. Before an act the agent is asked for the roles anew,
   and the passkey was used in the last five minutes; else the person proves it on
   /staff/prove and comes back to `back`, by default /staff. What no agent says
   nobody may do. tests/unit/portal/pages/staff/test_door.py walks every address below
   /staff, and finds one that did not go through the door.
2. A template that extends `staff/frame.html` and fills `content`; `door.show` adds
   `staff` (`name`, `roles`, `fresh`, `page`). A page that is a main one has a line in
   the frame's `nav`, with the roles that see it.
3. What is done is an event with `actor=member.person.guid`, and the agent is sent
   `actor`, `actor_methods` and `reason` (`portal.agents.requests.Helper`).
"""
