// The page of a job follows it while it moves. Without this the page loads itself anew.

// The very module that the page has loaded already, mark and all: a second copy would listen to every form twice.
const { fetchPage } = await import(document.querySelector('script[src*="/console.js"]').src);

const every = 1000;

/** Puts the text and the numbers in place, and leaves what the person may be about to press. */
function follow(from, to) {
  const said = to.querySelector("#job-state");
  const news = from.querySelector("#job-state").textContent.trim();
  if (said.textContent.trim() !== news) said.textContent = news;
  const bar = to.querySelector("progress");
  const next = from.querySelector("progress");
  if (bar && next) [bar.max, bar.value] = [next.max, next.value];
  to.querySelector(".tiles").replaceChildren(...from.querySelector(".tiles").childNodes);
}

async function look() {
  const job = document.getElementById("job");
  const page = document.visibilityState === "visible" ? await fetchPage(location.href) : undefined;
  if (page === null) return;
  const next = page?.getElementById("job");
  if (next && !next.dataset.moving) {
    const focused = job.contains(document.activeElement);
    job.replaceWith(next);
    document.title = page.title;
    if (focused) document.getElementById("main").focus();
    return;
  }
  if (next) follow(next, job);
  setTimeout(look, every);
}

if (document.getElementById("job")?.dataset.moving) setTimeout(look, every);
