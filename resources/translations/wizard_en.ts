<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
  <name>wizard</name>
  <message numerus="yes"><source>%n container(s) chosen, each with everything below it:</source>
    <translation><numerusform>%n container chosen, with everything below it:</numerusform><numerusform>%n containers chosen, each with everything below it:</numerusform></translation></message>
  <message numerus="yes"><source>&amp;Apply %n change(s)</source>
    <translation><numerusform>&amp;Apply %n change</numerusform><numerusform>&amp;Apply %n changes</numerusform></translation></message>
  <message numerus="yes"><source>Making %n change(s)…</source>
    <translation><numerusform>Making %n change…</numerusform><numerusform>Making %n changes…</numerusform></translation></message>
  <message numerus="yes"><source>%n change(s) made.</source>
    <translation><numerusform>%n change made.</numerusform><numerusform>%n changes made.</numerusform></translation></message>
  <message numerus="yes"><source>%n change(s) could not be taken back; see below.</source>
    <translation><numerusform>%n change could not be taken back; what remains is below.</numerusform><numerusform>%n changes could not be taken back; what remains is below.</numerusform></translation></message>
  <message numerus="yes"><source>%n change(s) taken back. This server is as before.</source>
    <translation><numerusform>%n change taken back. This server is as before.</numerusform><numerusform>%n changes taken back. This server is as before.</numerusform></translation></message>
  <message numerus="yes"><source>%n change(s) still to be done; nothing can be taken back.</source>
    <translation><numerusform>%n change still to be done; nothing can be taken back any more.</numerusform><numerusform>%n changes still to be done; nothing can be taken back any more.</numerusform></translation></message>
  <message numerus="yes"><source>%n permission(s) are missing:</source>
    <translation><numerusform>%n permission is missing:</numerusform><numerusform>%n permissions are missing:</numerusform></translation></message>
  <message numerus="yes"><source>%n permission(s) granted.</source>
    <translation><numerusform>%n permission granted.</numerusform><numerusform>%n permissions granted.</numerusform></translation></message>
  <message numerus="yes"><source>&amp;Grant %n permission(s)</source>
    <translation><numerusform>&amp;Grant %n permission</numerusform><numerusform>&amp;Grant %n permissions</numerusform></translation></message>
  <message numerus="yes"><source>Granting %n permission(s)…</source>
    <translation><numerusform>Granting %n permission…</numerusform><numerusform>Granting %n permissions…</numerusform></translation></message>
  <message numerus="yes"><source>Nothing wrong in %n finding(s).</source>
    <translation><numerusform>Nothing wrong in %n finding.</numerusform><numerusform>Nothing wrong in %n findings.</numerusform></translation></message>
  <message numerus="yes"><source>{title}: %n people</source>
    <translation><numerusform>{title}: %n person</numerusform><numerusform>{title}: %n people</numerusform></translation></message>
  <message numerus="yes"><source>Changing would fail for %n people.</source>
    <translation><numerusform>Changing would fail for %n person.</numerusform><numerusform>Changing would fail for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Unlocking would fail for %n people.</source>
    <translation><numerusform>Unlocking would fail for %n person.</numerusform><numerusform>Unlocking would fail for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Requiring a new password would fail for %n people.</source>
    <translation><numerusform>Requiring a new password would fail for %n person.</numerusform><numerusform>Requiring a new password would fail for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Whether changing works is not known for %n people.</source>
    <translation><numerusform>Whether changing works is not known for %n person.</numerusform><numerusform>Whether changing works is not known for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Whether unlocking works is not known for %n people.</source>
    <translation><numerusform>Whether unlocking works is not known for %n person.</numerusform><numerusform>Whether unlocking works is not known for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Whether requiring a new password works is not known for %n people.</source>
    <translation><numerusform>Whether requiring a new password works is not known for %n person.</numerusform><numerusform>Whether requiring a new password works is not known for %n people.</numerusform></translation></message>
  <message numerus="yes"><source>Judging: %n people so far</source>
    <translation><numerusform>Judging: %n person so far</numerusform><numerusform>Judging: %n people so far</numerusform></translation></message>
  <message numerus="yes"><source>Stopped: %n people were judged, not everybody.</source>
    <translation><numerusform>Stopped: %n person was judged, not everybody.</numerusform><numerusform>Stopped: %n people were judged, not everybody.</numerusform></translation></message>
</context>
</TS>
