// Plays the frames that `network.py` made: no request leaves the browser, and no text becomes markup.
const SVG = "http://www.w3.org/2000/svg", R = 21, PACE = 700;
const SIDES = { square: [4, 45], diamond: [4, 0], hexagon: [6, 0], pentagon: [5, -90], octagon: [8, 22.5] };

function outline(shape) {
  if (shape === "circle") return `M ${-R} 0 a ${R} ${R} 0 1 0 ${2 * R} 0 a ${R} ${R} 0 1 0 ${-2 * R} 0 Z`;
  const [sides, turn] = SIDES[shape], radius = R * (sides === 4 ? 1.25 : 1.12);
  const corners = [...Array(sides).keys()].map((k) => {
    const angle = ((turn + (360 * k) / sides) * Math.PI) / 180;
    return `${(radius * Math.cos(angle)).toFixed(1)} ${(radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M ${corners.join(" L ")} Z`;
}

function make(parent, tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return parent.appendChild(made);
}

function build(root, data) {
  const width = (root.clientWidth || 640) < 500 ? 380 : 640; // on a phone the letters stay readable
  root.querySelector("svg").setAttribute("viewBox", `0 0 ${width} 460`);
  const place = ([x, y]) => [36 + (width - 72) * x, 36 + 388 * y];
  const ties = root.querySelector(".ties"), nodes = root.querySelector(".nodes");
  ties.replaceChildren();
  nodes.replaceChildren();
  const lines = data.pairs.map(([i, j]) => {
    const [x1, y1] = place(data.places[i]), [x2, y2] = place(data.places[j]);
    return make(ties, "line", { x1, y1, x2, y2 });
  });
  const signs = data.codes.map((code, i) => {
    const [x, y] = place(data.places[i]), group = make(nodes, "g", { transform: `translate(${x} ${y})` });
    make(group, "title", {}).textContent = data.names[i];
    const path = make(group, "path", {}), text = make(group, "text", {});
    text.textContent = code;
    return { path, text };
  });
  return { lines, signs };
}

function player(root) {
  const data = JSON.parse(root.dataset.frames), state = { at: 0, timer: null };
  const $ = (name) => root.querySelector(name), slider = $("input"), last = data.quarters.length - 1;
  const { lines, signs } = build(root, data);
  slider.max = last;

  function show(at) {
    state.at = Math.max(0, Math.min(last, at));
    data.widths[state.at].forEach((width, k) => lines[k].setAttribute("stroke-width", width));
    data.looks[state.at].forEach((look, i) => {
      const [colour, shape, ink] = data.inks[look];
      signs[i].path.setAttribute("d", outline(shape));
      signs[i].path.setAttribute("fill", colour);
      signs[i].text.setAttribute("fill", ink);
    });
    const quarter = data.quarters[state.at];
    slider.value = state.at;
    slider.setAttribute("aria-valuetext", quarter);
    $(".now").textContent = quarter;
    $(".told").textContent = data.words[state.at];
    $("svg > title").textContent = `Network of ties in ${quarter}. ${data.words[state.at]}`;
  }

  function stop() {
    clearInterval(state.timer);
    state.timer = null;
    $(".play").textContent = "Play";
  }

  function play() {
    if (state.timer) return stop();
    if (state.at === last) show(0);
    $(".play").textContent = "Pause";
    state.timer = setInterval(() => (state.at < last ? show(state.at + 1) : stop()), PACE);
  }

  stop();
  $(".play").onclick = play;
  $(".back").onclick = () => { stop(); show(state.at - 1); };
  $(".on").onclick = () => { stop(); show(state.at + 1); };
  slider.oninput = () => { stop(); show(Number(slider.value)); };
  show(state.at);
}

document.querySelectorAll(".player").forEach(player);
