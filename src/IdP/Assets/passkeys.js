// Passkeys on the pages of a sign-in. Without this the pages work with password and codes.

const words = {
  "sign-in": "Nothing was chosen. Try again, or use your password.",
  "factor": "Nothing was chosen. Try again, or use another way.",
  "enrol": "No passkey was made. Try again whenever you like.",
};
const wrong = "That did not work in this browser. Try again, or use another way.";
const over = "This page is too old. Load it again.";
const there = "This device holds a passkey for you already.";

// What is asked stands for five minutes.
const freshFor = 4 * 60 * 1000;

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const toText = (buffer) => buffer
  ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
  : undefined;
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

function requestOf(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
}

function creationOf(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return {
    ...options, challenge: toBytes(options.challenge), user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
}

/** As WebAuthn's own toJSON gives it; some who keep passkeys give credentials that have none. */
function jsonOf(credential) {
  const response = credential.response;
  return JSON.stringify({
    id: credential.id, rawId: toText(credential.rawId), type: credential.type,
    response: {
      clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.authenticatorData), signature: toText(response.signature),
      userHandle: toText(response.userHandle), attestationObject: toText(response.attestationObject), transports: response.getTransports?.(),
    },
  });
}

function textOf(credential) {
  try {
    return JSON.stringify(credential.toJSON());
  } catch {
    return jsonOf(credential);
  }
}

/** Tells those that keep passkeys which ones are good; where nobody listens, nothing is lost. */
function tell(method, what) {
  if (what && PublicKeyCredential[method]) PublicKeyCredential[method](what).catch(() => {});
}

/** One after the other: the newest that the hub was asked for is the one that counts. */
let asking = Promise.resolve();
function ask(form) {
  return asking = asking.catch(() => {}).then(() => askNow(form));
}

async function askNow(form) {
  const response = await fetch(form.dataset.options, { method: "POST", credentials: "same-origin", redirect: "error", headers: { accept: "application/json" } });
  if (!response.ok) throw new RangeError(over);
  const { publicKey, accepted } = await response.json();
  tell("signalAllAcceptedCredentials", accepted);
  return publicKey;
}

/** The request that waits behind the name field. The browser has one request at a time: it is ended before another begins. */
let waiting = null;

function send(form, credential) {
  form.elements.namedItem("credential").value = textOf(credential);
  form.submit();
}

function say(form, text) {
  form.querySelector("[role=status]").textContent = text;
}

function sayWhy(form, error) {
  if (error.name === "AbortError") return;
  if (error instanceof RangeError) say(form, error.message);
  else if (error.name === "NotAllowedError") say(form, words[form.dataset.passkey]);
  else if (error.name === "InvalidStateError" && form.dataset.passkey === "enrol") say(form, there);
  else say(form, wrong);
}

async function press(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  waiting?.abort();
  try {
    const options = await ask(form);
    send(form, form.dataset.passkey === "enrol"
      ? await navigator.credentials.create({ publicKey: creationOf(options) })
      : await navigator.credentials.get({ publicKey: requestOf(options) }));
  } catch (error) {
    button.disabled = false;
    sayWhy(form, error);
    if (form.dataset.passkey === "sign-in") offer(form);
  }
}

/** Has the browser offer passkeys where the name is typed, for as long as the page is open. */
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  // Said here and not in the page: whoever fills the form without this script finds the plain token (WebAuthn Level 3 §5.1.4, "conditional").
  document.getElementById("username")?.setAttribute("autocomplete", "username webauthn");
  const mine = waiting = new AbortController();
  let renewal;
  try {
    const options = await ask(form);
    if (mine.signal.aborted) return;
    renewal = setTimeout(() => {
      mine.abort();
      if (waiting === mine) offer(form);
    }, freshFor);
    send(form, await navigator.credentials.get({ publicKey: requestOf(options), mediation: "conditional", signal: mine.signal }));
  } catch {
    // Nothing was begun that the person would know of: the password is there.
  } finally {
    clearTimeout(renewal);
  }
}

function begin(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press(form);
  });
  form.hidden = false;
  if (form.dataset.unknown) tell("signalUnknownCredential", { rpId: form.dataset.rp, credentialId: form.dataset.unknown });
  if (form.dataset.passkey === "sign-in") offer(form);
}

// Passkeys belong to names: a hub at a bare address has none.
const hasName = !/^[0-9.]+$|^\[/.test(location.hostname);
if (globalThis.PublicKeyCredential && navigator.credentials && hasName) {
  for (const form of document.querySelectorAll("form[data-passkey]")) begin(form);
}
