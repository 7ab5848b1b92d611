// The form works without this. With it, a second press doesn't send again, and a file
// that is too large is told before it is uploaded.
"use strict";
for (const form of document.querySelectorAll("form[data-once]")) {
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  form.addEventListener("submit", () => {
    button.disabled = true;
    button.textContent = form.dataset.wait;
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
