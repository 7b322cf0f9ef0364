// Asks whether it is known by now, and goes on once it is; until then nothing moves.
const onward = document.querySelector("[data-known]");
async function isKnown() {
  const told = await fetch(onward.dataset.known, { redirect: "error" });
  // a proxy whose node is gone, or that has enough of us, knows nothing of it
  return told.status !== 202 && told.status !== 429 && told.status < 500;
}
// Nodes that take turns would tell it and then have this page from another node, each
// time: how many asks are between is not always the same.
function turns() {
  return "elsewhere" in onward.dataset ? Math.floor(Math.random() * 4) : 0;
}
async function ask() {
  try {
    if (await isKnown()) {
      for (let more = turns(); more > 0; more -= 1) await isKnown();
      location.replace(onward.href);
      return;
    }
  } catch {
    // no network for a moment: ask again
  }
  setTimeout(ask, 3000);
}
setTimeout(ask, 1000);
