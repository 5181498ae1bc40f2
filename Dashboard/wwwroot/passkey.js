// Forms of passkeys: asks the browser for one when the button is pressed, and posts it in hidden fields. Static pages alone have them.
const supported = !!window.PublicKeyCredential?.parseCreationOptionsFromJSON; // no secure context or an old browser: the form stays hidden

for (const form of supported ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  const field = name => form.querySelector(`input[name$=".${name}"]`);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      // Now and not with the page: options of a second tab would take the place of the first one's.
      const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams({ __RequestVerificationToken: form.querySelector("input[name=__RequestVerificationToken]").value }) });
      if (!answer.ok) throw new DOMException("", "ServerError");
      const options = await answer.json();
      const passkey = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      field("Credential").value = JSON.stringify(passkey);
    } catch (error) {
      field("Error").value = error.name;
    }
    form.submit(); // does not raise "submit" again
  });
}
for (const hint of supported ? document.querySelectorAll("[data-no-passkeys]") : []) hint.hidden = true;
