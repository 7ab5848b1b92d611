// A form of the desk on another site's page, and behind it the conversation:
//   <script src="https://desk.example/assets/embed.js" data-form="contact" data-lang="auto"></script>
// It stands where the script stands, or in the element that data-target selects. The
// site must be among the form's origins. Nothing here is inline, and styles are set by
// script, so that a strict content policy of the page needs to allow the desk only.
(() => {
"use strict";
const script = document.currentScript;
if (!script || !script.dataset.form) return;
const base = script.src.replace(/\/assets\/embed\.js.*$/, "");
const id = script.dataset.form;
const asked = script.dataset.lang || "auto";
const tongue = asked === "auto" ? document.documentElement.lang || navigator.language : asked;
const zh = /^zh/i.test(tongue);
const lang = zh ? "zh-CN" : "en";
const L = (cn, en) => (zh ? cn : en);
const kept = "deskhook " + base + " " + id;

const css = `:host{all:initial!important;display:block!important}
*{box-sizing:border-box}.card{color-scheme:light;font:16px/1.55 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#16211e;background:#fff;border:1px solid #dbe2df;border-radius:12px;padding:20px;display:grid;grid-template-columns:minmax(0,1fr);gap:14px;max-width:640px}
h2{font-size:20px;line-height:1.3;margin:0}p{margin:0}.soft{color:#5a6a65;font-size:14px}.bad{color:#a81e1e;font-size:14px}
.field{display:grid;gap:4px}label{font-weight:600}label small{font-weight:400;color:#5a6a65}
input,textarea,select{font:inherit;color:inherit;width:100%;padding:10px 12px;border:1px solid #83918c;border-radius:8px;background:#fff}
input[type=file]{padding:8px}textarea{resize:vertical}[aria-invalid=true]{border-color:#a81e1e}
button{font:inherit;font-weight:600;min-height:48px;padding:0 20px;border:0;border-radius:8px;background:#0b6b5b;color:#fff;cursor:pointer}button:disabled{opacity:.6}
button.quiet{min-height:44px;background:none;color:#0b6b5b;text-decoration:underline}:focus-visible{outline:3px solid #0b6b5bcc;outline-offset:2px}
.trap{position:absolute;left:-9999px}ol{list-style:none;margin:0;padding:0;display:grid;gap:12px;max-height:480px;overflow:auto}
li{max-width:88%;justify-self:start}li.own{justify-self:end;text-align:right}.text{white-space:pre-wrap;overflow-wrap:anywhere;text-align:left;padding:8px 12px;border:1px solid #dbe2df;border-radius:4px 14px 14px}
.own .text{background:#e2f1ed;border-color:#e2f1ed;border-radius:14px 4px 14px 14px}a{color:#0b6b5b}`;

const host = document.createElement("div");
const target = script.dataset.target && document.querySelector(script.dataset.target);
if (target) target.append(host); else script.after(host);
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];

const make = (tag, props, ...children) => {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children.filter((c) => c));
  return e;
};
const nonce = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const call = (path, options) => fetch(base + path, { headers: { Accept: "application/json" }, credentials: "omit", cache: "no-store", ...options });
const post = (path, body) => call(path, body instanceof FormData ? { method: "POST", body } : {
  method: "POST", body: JSON.stringify(body), headers: { Accept: "application/json", "Content-Type": "application/json" },
});
const remember = (token) => {
  try {
    if (token) sessionStorage.setItem(kept, token); else sessionStorage.removeItem(kept);
  } catch { /* storage is off: the conversation lives as long as the page */ }
};
const recall = () => {
  try { return sessionStorage.getItem(kept); } catch { return null; }
};
const sorry = () => L("发送失败，请检查网络后重试。", "It could not be sent. Please check your connection and try again.");

// wrong shows what the desk says is to be mended, each at its field.
function wrong(form, faults) {
  form.querySelectorAll(".bad").forEach((e) => { e.textContent = ""; });
  form.querySelectorAll("[aria-invalid]").forEach((e) => e.removeAttribute("aria-invalid"));
  let first;
  for (const f of faults) {
    const input = f.field && form.elements.namedItem(f.field);
    const note = input && input.parentNode.querySelector(".bad");
    if (note) {
      input.setAttribute("aria-invalid", "true");
      first = first || input;
    }
    const place = note || form.querySelector(".all");
    place.textContent += (place.textContent ? " " : "") + f.message;
  }
  if (first) first.focus();
}

// sending runs a form: once at a time, faults shown, done with the answer.
function sending(form, send, done) {
  const button = form.querySelector("button[type=submit]");
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      const answer = await send();
      const body = await answer.json().catch(() => ({}));
      if (answer.ok) done(body);
      else wrong(form, body.errors || [{ message: sorry() }]);
    } catch {
      wrong(form, [{ message: sorry() }]);
    }
    button.disabled = false;
  });
}

function field(f) {
  const props = { id: f.name, name: f.name, required: !!f.required, ...(f.max && f.type !== "file" && f.type !== "choice" && { maxLength: f.max }) };
  let input;
  if (f.type === "textarea") input = make("textarea", { ...props, rows: 5 });
  else if (f.type === "choice") {
    input = make("select", props, new Option(L("请选择", "Please choose"), ""), ...f.options.map((o) => new Option(o.label, o.value)));
  } else if (f.type === "file") input = make("input", { ...props, type: "file" });
  else input = make("input", { ...props, type: f.type, autocomplete: f.autocomplete || "on" });
  const label = make("label", { htmlFor: f.name }, f.label, f.bare ? "" : f.required ? " *" : make("small", {}, L("（选填）", " (optional)")));
  const note = make("p", { className: "bad", id: "e-" + f.name });
  note.setAttribute("role", "alert");
  input.setAttribute("aria-describedby", note.id);
  return make("div", { className: "field" }, label, input, note);
}

// captcha puts the provider's widget into a slot: the providers look for it in the page
// and not in a shadow root. The answer gives a token, and asks for another.
function captcha(c) {
  let widget;
  const v3 = !c.class;
  const api = () => window[c.kind === "turnstile" ? "turnstile" : c.kind === "hcaptcha" ? "hcaptcha" : "grecaptcha"];
  const place = make("div", { slot: "captcha" });
  if (!v3) host.append(place);
  const load = make("script", { src: v3 ? c.script : c.script + (c.script.includes("?") ? "&" : "?") + "render=explicit", async: true });
  load.addEventListener("load", () => {
    const show = () => { widget = api().render(place, { sitekey: c.site_key, action: c.action, language: lang.toLowerCase(), "response-field": false }); };
    if (!v3) api().ready && c.kind !== "turnstile" ? api().ready(show) : show();
  });
  document.head.append(load);
  return {
    async token() {
      if (!api()) return "";
      if (v3) return new Promise((done) => api().ready(() => api().execute(c.site_key, { action: c.action }).then(done, () => done(""))));
      return widget === undefined ? "" : api().getResponse(widget) || "";
    },
    again() { if (!v3 && widget !== undefined) api().reset(widget); },
    end() { place.remove(); load.remove(); },
  };
}

// laid puts files that are too large for a form straight into the desk's store and
// leaves references in their place. It gives the desk's answer where it refuses one.
const refs = new WeakMap();
async function laid(data) {
  const files = [...data].filter(([, v]) => v instanceof File && v.size);
  if (files.reduce((n, [, f]) => n + f.size, 0) < 4e6) return null;
  for (const [name, f] of files) {
    if (!refs.has(f)) {
      const answer = await post("/forms/" + encodeURIComponent(id) + "/uploads", { field: name, name: f.name, type: f.type, size: f.size, lang });
      if (!answer.ok) return answer;
      const { url, headers, ref } = await answer.json();
      if (!(await fetch(url, { method: "PUT", body: f, headers, credentials: "omit" })).ok) throw new Error("upload");
      refs.set(f, ref);
    }
    data.set(name, refs.get(f));
  }
  return null;
}

async function showForm() {
  let def;
  try {
    const answer = await call("/forms/" + encodeURIComponent(id) + "?lang=" + lang);
    if (!answer.ok) throw new Error(String(answer.status));
    def = await answer.json();
  } catch (e) {
    console.error("deskhook: the form " + id + " can't be shown here. Is this site among the form's origins?", e);
    root.replaceChildren(make("div", { className: "card" }, make("p", {}, L("表单暂时无法显示，请稍后刷新页面再试。", "The form can't be shown just now."))));
    return;
  }
  const key = nonce();
  const trap = make("input", { name: def.honeypot, tabIndex: -1, autocomplete: "off" });
  const all = make("p", { className: "bad all" });
  all.setAttribute("role", "alert");
  const hidden = make("div", { className: "trap" }, trap);
  hidden.setAttribute("aria-hidden", "true");
  const form = make("form", { className: "card" }, make("h2", {}, def.title), def.intro && make("p", { className: "soft" }, def.intro),
    hidden, ...def.fields.map(field), def.captcha && make("slot", { name: "captcha" }), all,
    make("button", { type: "submit" }, L("提交", "Send")));
  root.replaceChildren(form);
  const guard = def.captcha && captcha(def.captcha);
  sending(form, async () => {
    const data = new FormData(form);
    data.set("_id", key);
    data.set("_lang", lang);
    const refused = await laid(data);
    if (refused) return refused;
    if (guard) data.set(def.captcha.field, await guard.token());
    const files = [...data.values()].some((v) => v instanceof File && v.size);
    const answer = await post("/forms/" + encodeURIComponent(id), files ? data : Object.fromEntries([...data].filter(([, v]) => typeof v === "string")));
    if (guard && !answer.ok) guard.again();
    return answer;
  }, (body) => {
    if (guard) guard.end();
    const token = body.status_url && body.status_url.split("/t/")[1];
    remember(token);
    if (token) showTalk(token, body.id);
    else root.replaceChildren(make("div", { className: "card" }, make("p", {}, L("提交成功，我们会尽快回复您。", "Thank you. We will answer soon."))));
  });
}

// showTalk shows the conversation and asks for news while the page is seen: every second
// until what was sent is there, then slower the longer nothing happens.
function showTalk(token, sent) {
  let tag = "", quiet = 0, timer = 0, waits = sent, over = false, key = nonce();
  const head = make("div", {}, make("p", { className: "soft" }, L("已收到，正在登记…", "Received. We're just logging it…")));
  const list = make("ol");
  list.setAttribute("aria-live", "polite");
  const write = field({ name: "text", label: L("继续留言", "Add a message"), type: "textarea", bare: true });
  const text = write.querySelector("textarea");
  text.rows = 3;
  const form = make("form", { className: "card" }, head, list, write, make("p", { className: "bad all" }),
    make("button", { type: "submit" }, L("发送", "Send")),
    make("button", { type: "button", className: "quiet", onclick() { end(); showForm(); } }, L("提交新的问题", "Ask something else")));
  root.replaceChildren(form);

  function end() {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
    remember("");
  }
  function next(now) {
    clearTimeout(timer);
    if (over || document.hidden) return;
    const wait = now ? 0 : waits && quiet < 60 ? 1000 : Math.min(5000 * Math.pow(1.2, quiet), 60000);
    timer = setTimeout(look, wait);
  }
  function seen() {
    quiet = 0;
    next(true);
  }
  async function look() {
    try {
      const answer = await call("/t/" + token + "/conversation?lang=" + lang + "&tag=" + tag);
      quiet += 1;
      if (answer.status === 404) { end(); showForm(); return; }
      if (answer.status === 200) draw(await answer.json());
    } catch {
      quiet += 5;
    }
    next();
  }
  function draw(talk) {
    tag = talk.tag;
    quiet = 0;
    if (!talk.filed) return;
    if (talk.messages.some((m) => m.own && m.id === waits)) waits = "";
    head.replaceChildren(make("p", { className: "soft" }, talk.number + " · " + talk.status), make("h2", {}, talk.subject));
    list.replaceChildren(...talk.messages.map((m) => make("li", { className: m.own ? "own" : "" },
      make("p", { className: "soft" }, m.who + " · " + m.when), make("div", { className: "text" }, m.text),
      ...(m.files || []).map((f) => (f.url ? make("a", { href: base + f.url, target: "_blank", rel: "noopener" }, f.name) : make("p", { className: "soft" }, f.name))))));
    list.scrollTop = list.scrollHeight;
  }
  sending(form, () => post("/t/" + token + "/messages", { text: text.value, _id: key, _lang: lang }), (body) => {
    text.value = "";
    wrong(form, []);
    waits = body.id;
    key = nonce();
    seen();
  });
  document.addEventListener("visibilitychange", seen);
  next(true);
}

const token = recall();
if (token) showTalk(token, ""); else showForm();
})();
