"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const get = (id) => document.getElementById(id);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const LEAST = 0.6; // the zoom below which names cannot be read
  const PAUSE = 1800; // milliseconds on a step while the path plays

  document.body.classList.add("live");
  get("walk").hidden = false;

  const coarse = window.matchMedia("(pointer: coarse)").matches;
  const cy = cytoscape({
    container: get("graph"),
    elements: data.elements,
    style: data.style[dark.matches ? "dark" : "light"],
    layout: { name: "preset", fit: true, padding: 16 },
    autoungrabify: true,
    boxSelectionEnabled: false,
    userZoomingEnabled: coarse,
    maxZoom: 3,
    minZoom: 0.1,
  });

  let policy = data.inForce;
  let path = null; // the chosen path of the policy
  let at = -1; // the present step; -1 shows the whole picture
  let timer = null;
  let pinned = null;

  // Text goes in as text, never as markup.
  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function box(id) {
    return cy.getElementById(id);
  }

  // ---- the thing that is pointed at

  function about(id) {
    const node = box(id);
    const terms = data.details[id];
    const list = element("dl");
    const rows = [["under " + data.policies[policy].name, data.policies[policy].reach[id][1]], ...terms];
    if (node.hasClass("jewel")) rows.splice(1, 0, ["goal", "a goal protects it"]);
    if (node.hasClass("attack")) rows.splice(1, 0, ["entry point", "this attack starts here"]);
    if (node.hasClass("other")) rows.splice(1, 0, ["entry point", "another attack starts here"]);
    for (const [term, text] of rows) {
      const row = element("div");
      row.append(element("dt", term), element("dd", text));
      list.append(row);
    }
    return [element("p", node.data("label"), "name"), list];
  }

  function show(id) {
    get("thing").replaceChildren(...about(id));
  }

  function pin(id) {
    pinned = id;
    cy.nodes().unselect();
    if (id) {
      box(id).select();
      show(id);
    }
  }

  cy.on("mouseover", "node", (event) => {
    if (event.target.data("kind") === "boundary") return;
    get("graph").style.cursor = "pointer";
    point(event.target);
  });
  cy.on("mouseout", "node", () => {
    get("graph").style.cursor = "";
    get("tip").hidden = true;
  });
  get("graph").addEventListener("pointerleave", () => { get("tip").hidden = true; });
  cy.on("pan zoom", () => { get("tip").hidden = true; });

  // A card beside the box: under it, or over it where there is no room.
  function point(node) {
    const tip = get("tip");
    tip.replaceChildren(...about(node.id()));
    tip.hidden = false;
    const place = node.renderedBoundingBox();
    const left = Math.max(0, Math.min(place.x1, cy.width() - tip.offsetWidth - 4));
    const over = place.y2 + 6 + tip.offsetHeight > cy.height() && place.y1 - 6 - tip.offsetHeight > 0;
    tip.style.left = `${Math.round(left)}px`;
    tip.style.top = `${Math.round(over ? place.y1 - 6 - tip.offsetHeight : place.y2 + 6)}px`;
  }
  cy.on("tap", (event) => {
    const on = event.target !== cy && event.target.isNode() && event.target.data("kind") !== "boundary";
    pin(on ? event.target.id() : null);
  });

  for (const span of document.querySelectorAll("#things [data-box]")) {
    const button = element("button", span.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      if (box(span.dataset.box).hidden()) {
        get("only").checked = false;
        arrange();
      }
      pin(span.dataset.box);
      get("graph").scrollIntoView({ block: "center" });
      follow([span.dataset.box]);
    });
    button.dataset.box = span.dataset.box;
    span.replaceWith(button);
  }

  // ---- the picture: how far the attack gets, and where the walk is

  function paint() {
    const reach = data.policies[policy].reach;
    cy.batch(() => {
      cy.elements().removeClass("reached within dim path now");
      const off = new Set();
      for (const [id, [state]] of Object.entries(reach)) {
        if (state === "out") off.add(id);
        box(id).addClass(state === "out" ? "dim" : state);
      }
      cy.edges().forEach((edge) => {
        if (off.has(edge.source().id()) || off.has(edge.target().id())) edge.addClass("dim");
      });
      if (at >= 0) walked();
    });
    if (pinned) show(pinned);
  }

  function walked() {
    cy.elements().removeClass("reached within");
    cy.elements().filter((each) => each.data("kind") !== "boundary").addClass("dim");
    for (let step = 0; step <= at; step++) {
      for (const id of [...path.steps[step].boxes, ...path.steps[step].lines]) box(id).addClass("path").removeClass("dim");
    }
    path.steps[at].boxes.forEach((id) => box(id).addClass("now"));
  }

  function move(how) {
    if (still.matches) {
      if (how.fit) cy.fit(how.fit.eles, how.fit.padding);
      else cy.center(how.center.eles);
    } else {
      cy.stop();
      cy.animate(how, { duration: 300 });
    }
  }

  // Moves the picture where a part of the present step is out of sight.
  function follow(ids) {
    const eles = cy.collection(ids.map(box).filter((each) => each.length).map((each) => each[0]));
    const see = cy.extent();
    const there = eles.boundingBox();
    if (!eles.length || (there.x1 >= see.x1 && there.x2 <= see.x2 && there.y1 >= see.y1 && there.y2 <= see.y2)) return;
    move({ center: { eles } });
  }

  function zoom(factor) {
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }

  const whole = () => move({ fit: { eles: cy.elements(":visible"), padding: 16 } });
  get("zoom-in").addEventListener("click", () => zoom(1.3));
  get("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
  get("fit").addEventListener("click", whole);
  get("graph").addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // a bare wheel scrolls the page
    event.preventDefault();
    const from = get("graph").getBoundingClientRect();
    const where = { x: event.clientX - from.left, y: event.clientY - from.top };
    cy.zoom({ level: cy.zoom() * (event.deltaY < 0 ? 1.15 : 1 / 1.15), renderedPosition: where });
  }, { passive: false });

  // ---- where the boxes stand

  const MANY = 60; // beyond so many boxes a picture begins with those that the attack can reach
  const ROW = 34;
  const home = new Map(cy.nodes().filter((node) => !node.isParent()).map((node) => [node.id(), { ...node.position() }]));
  const XS = [...new Set([...home.values()].map((place) => place.x))];
  get("only").checked = home.size > MANY;
  get("only").addEventListener("change", arrange);

  // All boxes at their places, or those that the attack can reach, moved together: boundaries stand side by side where
  // they share no column.
  function arrange() {
    const reach = data.policies[policy].reach;
    const starts = new Set(path ? path.steps.flatMap((each) => each.boxes) : []);
    const stays = (id) => !get("only").checked || reach[id][0] !== "out" || starts.has(id) || box(id).is(".attack, .other");
    cy.batch(() => {
      for (const [id, place] of home) box(id).position(place).style("display", stays(id) ? "element" : "none");
      if (get("only").checked) pack([...home.keys()].filter(stays));
      cy.nodes(":parent").forEach((boundary) => {
        const shown = boundary.children().some((child) => stays(child.id()));
        boundary.style("display", shown ? "element" : "none");
      });
    });
    cytoscape.routed(cy);
    fitted(true);
  }

  function pack(ids) {
    const boundaries = new Map();
    for (const id of ids.sort((one, other) => home.get(one).y - home.get(other).y)) {
      const boundary = box(id).data("parent") || "";
      if (!boundaries.has(boundary)) boundaries.set(boundary, new Map());
      const columns = boundaries.get(boundary);
      const { x } = home.get(id);
      columns.set(x, [...(columns.get(x) || []), id]);
    }
    const free = new Map(); // for each column the first row that no boundary takes yet
    for (const columns of boundaries.values()) {
      const high = Math.max(...[...columns.values()].map((column) => column.length));
      const [left, right] = [Math.min(...columns.keys()), Math.max(...columns.keys())];
      const across = XS.filter((x) => x >= left && x <= right);
      const top = Math.max(...across.map((x) => free.get(x) || 0));
      for (const [x, column] of columns) {
        column.forEach((id, row) => box(id).position({ x, y: ROW * (top + ((row + 0.5) * high) / column.length) }));
      }
      across.forEach((x) => free.set(x, top + high + 1.3));
    }
  }

  // As high as the picture needs at this width, within a screen; what cannot be read whole is read piece by piece.
  let width = 0;
  function fitted(anew) {
    const board = get("graph");
    if (!anew && board.clientWidth === width) return;
    width = board.clientWidth;
    const all = cy.elements(":visible").boundingBox();
    const scale = Math.max(Math.min(1.2, (width - 32) / all.w), LEAST);
    board.style.height = `${Math.round(Math.min(Math.max(all.h * scale + 32, 200), Math.max(320, window.innerHeight * 0.85)))}px`;
    cy.resize();
    cy.fit(cy.elements(":visible"), 16);
    if (cy.zoom() < LEAST) {
      const level = Math.max(LEAST, Math.min(1, (width - 24) / all.w));
      cy.zoom(level);
      cy.pan({ x: 12 - all.x1 * level, y: 12 - all.y1 * level });
    }
  }
  new ResizeObserver(() => fitted(false)).observe(get("graph"));

  // ---- hints where something goes on beyond its frame

  cy.on("viewport resize", () => {
    const [see, all] = [cy.extent(), cy.elements(":visible").boundingBox()];
    get("partly").hidden = all.x1 >= see.x1 && all.x2 <= see.x2 && all.y1 >= see.y1 && all.y2 <= see.y2;
  });

  const sideways = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.previousElementSibling.hidden = target.scrollWidth <= target.clientWidth + 1;
    }
  });
  for (const wide of document.querySelectorAll(".wide")) {
    const hint = element("p", "Goes on to the right: scroll it sideways \u2192", "hint sideways");
    hint.hidden = true;
    wide.before(hint);
    sideways.observe(wide);
  }

  // ---- the walk along a path

  function buttons() {
    return [...get("steps").querySelectorAll("button")];
  }

  function go(step, focus) {
    if (!path) return;
    at = Math.max(-1, Math.min(step, path.steps.length - 1));
    buttons().forEach((button, place) => {
      if (place === at) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.tabIndex = place === Math.max(at, 0) ? 0 : -1;
    });
    const now = at >= 0 ? path.steps[at] : null;
    get("said").textContent = now
      ? `Step ${at + 1} of ${path.steps.length}, after ${now.when}: ${now.label}`
      : "";
    get("previous").disabled = at <= 0;
    get("next").disabled = at >= path.steps.length - 1;
    get("whole").disabled = at < 0;
    const button = buttons()[Math.max(at, 0)];
    if (focus) button.focus();
    if (now) seen(button);
    paint();
    if (now) follow(now.boxes);
  }

  // Scrolls the list of steps alone, never the page.
  function seen(button) {
    const list = get("steps");
    const top = button.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (top < 0) list.scrollTop += top;
    const below = top + button.offsetHeight - list.clientHeight;
    if (below > 0) list.scrollTop += below;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    get("play").textContent = "Play";
  }

  function play() {
    if (timer) return stop();
    if (!path) return;
    go(at >= path.steps.length - 1 ? 0 : at + 1);
    get("play").textContent = "Pause";
    timer = setInterval(() => {
      if (at >= path.steps.length - 1) return stop();
      go(at + 1);
    }, PAUSE);
  }

  get("previous").addEventListener("click", () => { stop(); go(at - 1); });
  get("next").addEventListener("click", () => { stop(); go(at + 1); });
  get("play").addEventListener("click", play);
  get("whole").addEventListener("click", () => { stop(); go(-1); whole(); });
  get("steps").addEventListener("keydown", (event) => {
    const there = buttons().indexOf(document.activeElement);
    const to = {
      ArrowDown: there + 1, ArrowRight: there + 1, ArrowUp: Math.max(there - 1, 0), ArrowLeft: Math.max(there - 1, 0),
      Home: 0, End: path ? path.steps.length - 1 : 0, Escape: -1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stop();
    go(to, true);
  });

  function step(what, place) {
    const button = element("button");
    button.type = "button";
    button.tabIndex = place === 0 ? 0 : -1;
    const when = element("span", what.when, "when");
    if (what.gap) when.append(element("span", what.gap, "gap"));
    const dot = element("span", undefined, "dot " + what.kind);
    const words = element("span", what.label);
    words.append(document.createElement("br"), element("span", what.what, "rule"));
    button.append(when, dot, words);
    button.addEventListener("click", () => { stop(); go(place); });
    const item = element("li");
    item.append(button);
    return item;
  }

  function choosePath(place) {
    stop();
    path = data.policies[policy].paths[place] || null;
    get("steps").replaceChildren(...(path ? path.steps.map(step) : []));
    for (const id of ["previous", "next", "play", "whole"]) get(id).disabled = !path;
    at = -1;
    if (path) go(-1);
    else {
      get("said").textContent = `No attack path was taken under ${data.policies[policy].name}.`;
      paint();
    }
  }

  function choosePolicy(place) {
    policy = place;
    const paths = data.policies[policy].paths;
    get("path").replaceChildren(...paths.map((one, number) => {
      const option = element("option", one.title);
      option.value = String(number);
      return option;
    }));
    get("path").disabled = !paths.length;
    choosePath(0);
    arrange();
  }

  get("path").addEventListener("change", () => choosePath(Number(get("path").value)));

  data.policies.forEach((one, place) => {
    const label = element("label");
    const radio = element("input");
    radio.type = "radio";
    radio.name = "policy";
    radio.value = String(place);
    radio.checked = place === data.inForce;
    radio.addEventListener("change", () => choosePolicy(place));
    label.append(radio, element("span", one.name + (place === data.inForce ? " (in force)" : "")));
    document.querySelector("#filter .chips").append(label);
  });

  dark.addEventListener("change", () => {
    cy.style(data.style[dark.matches ? "dark" : "light"]);
  });

  choosePolicy(data.inForce);
})();
