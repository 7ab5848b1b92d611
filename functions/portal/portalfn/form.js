// The form works without this. With it, a second press doesn't send again, and a file
// that is too large is told before it is uploaded, and files that are too large for a
// form, but not for the desk, go straight into its store, with a reference in the form.
"use strict";
const large = (form) => {
  const inputs = [...form.querySelectorAll("input[type=file]")].filter((i) => i.files.length && !i.disabled);
  return inputs.reduce((n, i) => n + i.files[0].size, 0) < 4e6 ? [] : inputs;
};
async function lay(form, input) {
  const f = input.files[0];
  const wish = JSON.stringify({ field: input.name, name: f.name, type: f.type, size: f.size, lang: document.documentElement.lang });
  const answer = await fetch(form.action + "/uploads", { method: "POST", body: wish, headers: { "Content-Type": "application/json", Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.errors[0].message);
  const put = await fetch(told.url, { method: "PUT", body: f, headers: told.headers, credentials: "omit" });
  if (!put.ok) throw new Error("");
  input.after(Object.assign(document.createElement("input"), { type: "hidden", name: input.name, value: told.ref }));
  input.disabled = true;
}
async function layAll(form, inputs) {
  for (const input of inputs) {
    try {
      await lay(form, input);
    } catch (e) {
      input.setCustomValidity(e.message || input.dataset.failed);
      input.reportValidity();
      return false;
    }
  }
  return true;
}
for (const form of document.querySelectorAll("form[data-once]")) {
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  form.addEventListener("submit", (event) => {
    button.disabled = true;
    button.textContent = form.dataset.wait;
    const inputs = large(form);
    if (!inputs.length) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // a captcha's turn comes when the form really goes
    layAll(form, inputs).then((all) => {
      if (all) {
        form.requestSubmit();
        return;
      }
      button.disabled = false;
      button.textContent = label;
    });
  });
  // Back to the page as it was: the same page's number must not be used for another message.
  window.addEventListener("pageshow", (event) => {
    button.disabled = false;
    button.textContent = label;
    if (event.persisted) location.reload();
  });
}
for (const file of document.querySelectorAll("input[type=file][data-max]")) {
  file.addEventListener("change", () => {
    const large = [...file.files].some((f) => f.size > Number(file.dataset.max));
    file.setCustomValidity(large ? file.dataset.fault : "");
    file.reportValidity();
  });
}
