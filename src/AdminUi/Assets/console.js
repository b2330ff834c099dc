// What the console's pages share. Everything works without it; with it things are quicker.

const policy = globalThis.trustedTypes
  ? globalThis.trustedTypes.createPolicy("identityhub", { createHTML: (html) => html })
  : { createHTML: (html) => html };

/** A page of the console's own, fetched from its own address, as a document. Nothing else is ever given to this. */
export function parsePage(html) {
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

/** Fetches a page of the console; where the answer is another page (the session ended), goes there. */
export async function fetchPage(address, options) {
  const response = await fetch(address, { credentials: "same-origin", headers: { accept: "text/html" }, ...options });
  if (response.redirected || !response.ok) {
    location.assign(address);
    return null;
  }
  return parsePage(await response.text());
}

// Menus close on Escape and when something else is chosen.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

// Copying an address or a link.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
