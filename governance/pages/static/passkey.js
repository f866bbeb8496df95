"use strict";
/* Asks the authenticator what a form wants, puts its answer into the form, and sends the form.
   data-passkey: create or get; data-options: WebAuthn level 3, 5.1.9 and 5.1.10 (JSON);
   A passkey is called as the form names its person, or the passkey itself: so devices list it.
   data-cancelled, -known, -elsewhere: what is said of an error, data-failed of any other. */
const SAID = { NotAllowedError: "cancelled", InvalidStateError: "known", SecurityError: "elsewhere" };
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const says = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  const making = form.dataset.passkey === "create";
  const reads = making ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (!window.PublicKeyCredential || !PublicKeyCredential[reads]) {
    says.textContent = form.dataset.absent;
    button.disabled = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    says.textContent = "";
    try {
      const publicKey = PublicKeyCredential[reads](JSON.parse(form.dataset.options));
      const { person, committee, label } = form.elements;
      if (making && person) {
        publicKey.user.name = publicKey.user.displayName = `${person.value.trim()} · ${committee.value}`;
      } else if (making && label) {
        publicKey.user.name = publicKey.user.displayName = `${publicKey.user.name} · ${label.value.trim()}`;
      }
      const asked = making ? "create" : "get";
      const found = await navigator.credentials[asked]({ publicKey });
      form.elements.answer.value = JSON.stringify(found.toJSON());
      form.submit();
    } catch (error) {
      says.textContent = form.dataset[SAID[error.name]] || `${form.dataset.failed} (${error.name})`;
      button.disabled = false;
    }
  });
}
