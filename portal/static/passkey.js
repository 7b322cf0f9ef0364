// Has the browser make a passkey or ask for one, and sends its answer with the form.
const api = globalThis.PublicKeyCredential;
const asks = {
  create: (options) =>
    navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(options) }),
  get: (options) =>
    navigator.credentials.get({ publicKey: api.parseRequestOptionsFromJSON(options) }),
};
function show(form, selector, shown) {
  for (const each of form.querySelectorAll(selector)) each.hidden = !shown;
}
async function answer(form) {
  const button = form.querySelector("button");
  show(form, "[data-fault]", false);
  button.disabled = true;
  try {
    const ask = asks[form.dataset.passkey];
    const credential = await ask(JSON.parse(form.dataset.options));
    form.elements.answer.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    const fault = error.name === "InvalidStateError" ? "there" : "stopped";
    show(form, `[data-fault="${fault}"]`, true);
    button.disabled = false;
    button.focus();
  }
}
if (api?.parseRequestOptionsFromJSON && api.parseCreationOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    show(form, "[data-without-script]", false);
    show(form, "[data-with-script]", true);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form);
    });
  }
}
