// What pages gain with JavaScript; each works without it.
import { initAll } from "/vendor/govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
initAll();

// What is typed in a form with data-draft is kept on the server a moment after the last key.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-draft-said]");
  let timer = 0;
  const keep = async () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("form", form.dataset.draft);
    try {
      const answer = await fetch("/drafts", { method: "POST", body: data });
      if (said) said.textContent = answer.ok ? form.dataset.draftKept : form.dataset.draftLost;
    } catch {
      if (said) said.textContent = form.dataset.draftLost;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// A second press of the same button sends nothing twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Parts marked data-live are drawn anew when the server says that something moved.
const live = document.querySelector("[data-live-from]");
if (live) {
  const source = new EventSource(live.dataset.liveFrom);
  source.addEventListener("moved", async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next) part.replaceWith(document.adoptNode(next));
    }
  });
}

// Passkeys: the server makes the options, the browser asks the person, the answer goes back as a form.
const asked = document.querySelector("form[data-passkey]");
if (asked && window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  asked.hidden = false;
  asked.addEventListener("submit", async (event) => {
    if (asked.elements.credential.value) return;
    event.preventDefault();
    const said = asked.querySelector("[role=alert]");
    try {
      const options = await (await fetch(asked.dataset.options, { method: "POST" })).json();
      const credential = asked.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
      asked.elements.credential.value = JSON.stringify(credential.toJSON());
      asked.elements.challenge.value = options.challenge;
      delete asked.dataset.sent;
      asked.submit();
    } catch (error) {
      delete asked.dataset.sent;
      said.textContent = asked.dataset.refused;
    }
  });
}
