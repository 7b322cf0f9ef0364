// Asks whether it is known by now, and goes on once it is; until then nothing moves.
const onward = document.querySelector("[data-known]");
async function ask() {
  try {
    const known = await fetch(onward.dataset.known, { redirect: "error" });
    if (known.status !== 202) {
      location.replace(onward.href);
      return;
    }
  } catch {
    // no network for a moment: ask again
  }
  setTimeout(ask, 3000);
}
setTimeout(ask, 1000);
