// Ticks the rules that can be seen while a new password is typed; nothing is sent.
const field = document.getElementById("new");
const classes = [/\p{Lu}/u, /\p{Ll}/u, /\d/u, /[^\p{L}\d]/u];
const meets = {
  length: (text, rule) => [...text].length >= Number(rule.dataset.least),
  classes: (text) => classes.filter((sign) => sign.test(text)).length >= 3,
};
function tick() {
  for (const rule of document.querySelectorAll("[data-rule]")) {
    rule.classList.toggle("met", meets[rule.dataset.rule](field.value, rule));
  }
}
field?.addEventListener("input", tick);
