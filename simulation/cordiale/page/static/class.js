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
    const open = [...into.querySelectorAll("details")].map((each) => each.open), at = document.activeElement?.dataset ?? {};
    into.innerHTML = JSON.parse(event.data);
    [...into.querySelectorAll("details")].forEach((each, k) => (each.open = open[k] ?? false));
    ready();
    const again = at.value && [...into.querySelectorAll("[data-value]")].find((each) => each.dataset.value === at.value);
    again?.focus();
  };
  return events;
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
      button.disabled = true;
      button.textContent = "…";
      if (await tried(wall, `${path}/go`, { to: Number(button.dataset.go) })) return;
      button.disabled = false;
      button.textContent = text;
    };
  wall.querySelector("[data-goto]").onchange = (event) => tried(wall, `${path}/go`, { to: Number(event.target.value) });
  for (const hands of wall.querySelectorAll("[data-hands]"))
    hands.querySelector("button").onclick = () => {
      const counts = Object.fromEntries([...hands.querySelectorAll("input")].map((each) => [each.name, Number(each.value)]));
      tried(wall, `${path}/hands`, { poll: hands.dataset.hands, counts });
    };
}

if (wall) watch(`/wall/${wall.dataset.key}/events`, wall, steer);
