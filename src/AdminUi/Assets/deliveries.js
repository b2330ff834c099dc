// Follows which apps were told until all of them are settled. Without this there is a link that shows it anew.

// The very module that the page has loaded already, mark and all: a second copy would listen to every form twice.
const { fetchPage } = await import(document.querySelector('script[src*="/console.js"]').src);

const every = 1000;
const address = document.querySelector("#deliveries a")?.href ?? location.href;

async function look() {
  const shown = document.getElementById("deliveries");
  const page = document.visibilityState === "visible" ? await fetchPage(address) : undefined;
  if (page === null) return;
  const next = page?.getElementById("deliveries");
  if (next && next.textContent !== shown.textContent) {
    const focused = shown.contains(document.activeElement);
    shown.replaceWith(next);
    if (focused) document.getElementById("main").focus();
  }
  if (document.getElementById("deliveries").dataset.moving) setTimeout(look, every);
}

if (document.getElementById("deliveries")?.dataset.moving) setTimeout(look, every);
