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
</context>
</TS>
