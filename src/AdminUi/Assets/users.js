// The table of users: found while one types, chosen from by keyboard. Without this the same address shows the same table.

// The one instance of what pages share: its address carries a mark, so it is asked for by that.
const { fetchPage } = await import(document.querySelector('script[src*="/console.js"]').src);

const form = document.getElementById("find");
const pause = 200;
let timer;
let running;

/** The address of what the form asks for, without what it leaves empty. */
function addressOf() {
  const asked = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
  const query = new URLSearchParams(asked).toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

async function show() {
  clearTimeout(timer);
  running?.abort();
  const mine = running = new AbortController();
  const address = addressOf();
  let page;
  try {
    page = await fetchPage(address, { signal: mine.signal });
  } catch (fault) {
    if (fault.name === "AbortError") return;
    location.assign(address);
    return;
  }
  const list = page?.getElementById("list");
  if (!list || mine.signal.aborted) return;
  document.getElementById("list").replaceWith(list);
  document.getElementById("export").href = list.dataset.export;
  history.replaceState(null, "", address);
  begin();
}

form.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(show, event.target.type === "search" ? pause : 0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});

/** What a table just shown needs. */
function begin() {
  const all = document.getElementById("all-here");
  if (all) all.hidden = false;
  count();
}

const boxes = () => [...document.querySelectorAll('#list input[name="member"]')];

function count() {
  const said = document.getElementById("selected");
  if (!said) return;
  const chosen = boxes().filter((box) => box.checked).length;
  said.textContent = chosen ? `${chosen} selected` : "";
  const all = document.getElementById("all-here");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "all-here") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.closest?.("#list")) count();
});

// A slash goes to the search; j and k go from user to user, once one is among them.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q").select();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  if (!step || !(event.target.closest("#list") || event.target === document.body || event.target.id === "main")) return;
  const links = [...document.querySelectorAll("#list .row-link")];
  const here = links.indexOf(document.activeElement.closest("tr")?.querySelector(".row-link"));
  links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
});

begin();
