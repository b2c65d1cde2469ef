// The class: a screen comes from the server whenever it changes; a tap goes back. What comes is made of escaped texts.
const wall = document.querySelector("#wall"), phone = document.querySelector("#phone");

async function post(path, given) {
  try {
    const answer = await fetch(path, { method: "POST", body: JSON.stringify(given), headers: { "content-type": "application/json" } });
    return await answer.json();
  } catch {
    return { fault: "the computer of the class does not answer" };
  }
}

function watch(path, into, ready) {
  const events = new EventSource(path);
  events.onmessage = (event) => {
    const at = focused(), open = [...into.querySelectorAll("details")].map((each) => each.open);
    redraw(into, JSON.parse(event.data));
    [...into.querySelectorAll("details")].forEach((each, k) => (each.open = open[k] ?? false));
    ready();
    if (at && document.activeElement === document.body) into.querySelector(at)?.focus();
  };
  return events;
}

// A part that is the same as before stays in place, so that nobody's list closes and no number vanishes while he types.
function redraw(into, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const parts = [...fresh.content.children], before = into.parts ?? [], old = [...into.children];
  into.parts = parts.map((each) => each.outerHTML);
  for (const [k, each] of parts.entries()) {
    if (!old[k]) into.append(each);
    else if (before[k] !== into.parts[k]) old[k].replaceWith(each);
  }
  for (const each of old.slice(parts.length)) each.remove();
}

// Where the focus is, so that it can be put there again.
function focused() {
  const { dataset, classList } = document.activeElement, poll = document.activeElement.closest("[data-poll]")?.dataset.poll;
  if (classList.contains("on")) return ".on";
  const hands = document.activeElement.closest("[data-hands]")?.dataset.hands;
  if (hands && document.activeElement.matches("select")) return `[data-hands="${CSS.escape(hands)}"] select`;
  const kind = ["value", "sure"].find((each) => each in dataset);
  return kind && `[data-poll="${CSS.escape(poll)}"] [data-${kind}="${CSS.escape(dataset[kind])}"]`;
}

// What is refused is said where the screen has a place for it; whether it was.
async function tried(root, path, given) {
  const { fault } = await post(path, given), told = root.querySelector("[role=alert]");
  if (told) told.textContent = fault ?? "";
  return !fault;
}

// ---------------------------------------------------------------- a phone

function remembered(name, value) {
  try { if (value === undefined) return sessionStorage.getItem(name) ?? ""; sessionStorage.setItem(name, value); } catch { /* private mode */ }
  return value ?? "";
}

async function join(code, told) {
  const found = await post("/join", { code, who: remembered("who") });
  if (!found.who) { told.textContent = found.fault; return; }
  remembered("who", found.who);
  remembered("code", code);
  const events = watch(`/phone?who=${encodeURIComponent(found.who)}`, phone, () => answer(found.who));
  events.onerror = () => { if (events.readyState === EventSource.CLOSED) location.reload(); };
}

function answer(who) {
  for (const asked of phone.querySelectorAll("[data-poll]")) {
    const chosen = () => asked.querySelector("[data-value][aria-pressed=true]")?.dataset.value ?? "";
    for (const button of asked.querySelectorAll("[data-value]"))
      button.onclick = () => tried(phone, "/vote", { who, poll: asked.dataset.poll, value: button.dataset.value });
    for (const button of asked.querySelectorAll("[data-sure]"))
      button.onclick = () => tried(phone, "/vote", { who, poll: asked.dataset.poll, value: chosen(), sure: button.dataset.sure });
  }
}

if (phone) {
  const form = phone.querySelector("#join"), told = form.querySelector("[role=alert]");
  form.onsubmit = (event) => { event.preventDefault(); join(form.code.value, told); };
  const code = remembered("code");
  if (phone.dataset.code && !remembered("who")) join(phone.dataset.code, told);
  else if (code) join(code, told);
}

// ---------------------------------------------------------------- the wall

function steer() {
  const path = `/wall/${wall.dataset.key}`;
  for (const button of wall.querySelectorAll("[data-go]"))
    button.onclick = async () => {
      const text = button.textContent;
      if (text === "…") return; // is being done; a button that is disabled would lose the focus
      button.textContent = "…";
      if (!(await tried(wall, `${path}/go`, { to: Number(button.dataset.go) }))) button.textContent = text;
    };
  wall.querySelector("[data-goto]").onchange = (event) => tried(wall, `${path}/go`, { to: Number(event.target.value) });
  for (const hands of wall.querySelectorAll("[data-hands]")) {
    const button = hands.querySelector("button"), select = hands.querySelector("select");
    const count = (counts) => tried(wall, `${path}/hands`, { poll: hands.dataset.hands, counts });
    if (button) button.onclick = () => count(Object.fromEntries([...hands.querySelectorAll("input")].map((each) => [each.name, Number(each.value)])));
    if (select) select.onchange = () => count(select.value ? { [select.value]: 1 } : {});
  }
}

if (wall) watch(`/wall/${wall.dataset.key}/events`, wall, steer);
