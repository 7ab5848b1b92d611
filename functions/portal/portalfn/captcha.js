// reCAPTCHA v3 shows nothing: its token is fetched as the form is sent, for it is good
// for two minutes only. Where the provider can't be reached the form goes without one,
// and the desk says what is missing.
"use strict";
for (const field of document.querySelectorAll("input[data-captcha]")) {
  const form = field.form;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const send = () => form.submit();
    if (typeof grecaptcha === "undefined") {
      send();
      return;
    }
    grecaptcha.ready(() => {
      grecaptcha.execute(field.dataset.captcha, { action: field.dataset.action }).then((token) => {
        field.value = token;
      }).then(send, send);
    });
  });
}
