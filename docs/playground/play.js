// The page of the playground. Python answers in two workers: `quick` for the answer, `slow` for proofs and comparisons.
// What is shown is always about the texts in the boxes: it is hidden when they change, and a late result is dropped.

const $ = (id) => document.getElementById(id);
const FIRST = "2026-01-05T09:00:00Z";
const LONGEST = 2_000_000;
const INPUTS = ["at", "operation", "destination", "to", "language", "audience"];
let lists = { policies: [], languages: [], kinds: [] };
let events = [], triggers = [], wantsExample = false, addressProblem = "";

// ── Elements ────────────────────────────────────────────────────────────────────────────────────────────────────

function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function offer(select, groups, chosen) {
  const options = groups.map(([label, entries]) => {
    const made = entries.map(([value, words]) => make("option", { value }, words));
    return label ? make("optgroup", { label }, ...made) : made;
  });
  select.replaceChildren(...options.flat());
  if (chosen && ![...select.options].some((each) => each.value === chosen))
    select.append(make("option", { value: chosen }, chosen.replace("security_event:", "").replaceAll("_", " ")));
  if (chosen) select.value = chosen;
}

function drawing(svg) {
  return document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
}

function trouble(text) {
  $("trouble").hidden = !text;
  $("trouble").textContent = text;
}

// ── Python ──────────────────────────────────────────────────────────────────────────────────────────────────────

class Python {
  constructor() {
    this.number = 0;
    this.waiting = new Map();
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.started = new Promise((resolve, reject) => {
      this.worker.onerror = (error) => reject(new Error(error.message || "the worker could not be loaded"));
      this.worker.onmessage = ({ data }) => {
        if (data.ready) resolve();
        else if (data.number === undefined) reject(new Error(data.failed));
        else this.take(data);
      };
    });
    this.started.catch(() => {});
  }
  take({ number, ...reply }) {
    this.waiting.get(number)(reply);
    this.waiting.delete(number);
  }
  ask(verb, asked) {
    const number = ++this.number;
    this.worker.postMessage({ number, verb, asked });
    return new Promise((resolve) => this.waiting.set(number, resolve));
  }
}

const quick = new Python();
let slow = null;

// ── The answer ──────────────────────────────────────────────────────────────────────────────────────────────────

function question() {
  return { policy: $("policy").value, rows: events.map((row) => ({ ...row })), question: Object.fromEntries(INPUTS.map((id) => [id, $(id).value])) };
}

let isAsking = false;
async function refresh() {
  for (const id of ["shown", "faults", "read"]) $(id).classList.add("stale");
  for (const came of document.querySelectorAll(".came")) came.classList.add("stale");
  remember();
  if (isAsking) return;
  isAsking = true;
  let asked, reply;
  do {
    asked = JSON.stringify(question());
    $("state").textContent = "Answering…";
    reply = await quick.ask("answer", JSON.parse(asked));
  } while (asked !== JSON.stringify(question()));
  isAsking = false;
  if (reply.failed) failed(reply.failed);
  else show(reply.result);
}

function failed(why) {
  $("words").replaceChildren(make("p", { className: "verdict denied" }, "There is no answer."));
  $("picture").replaceChildren();
  $("shown").classList.remove("stale");
  $("state").textContent = "";
  trouble(`The answer failed: ${why}`);
}

function show(result) {
  $("state").textContent = "Ready.";
  trouble(addressProblem);
  for (const stale of document.querySelectorAll(".came, #shown, #faults, #read")) stale.classList.remove("stale");
  showPolicy(result);
  (result.rows ?? []).forEach((told, index) => {
    const came = $("events").children[index].querySelector(".came");
    came.className = `came ${told.outcome}`;
    came.textContent = told.says;
  });
  if (!result.rows) document.querySelectorAll(".came").forEach((came) => { came.textContent = "waits for a policy"; });
  document.querySelectorAll("#events select[data-about=hold]").forEach((select) => {
    const row = events[select.dataset.index];
    offer(select, [["", [["", "the hold that waits for it"], ...(result.holds ?? []).map((id) => [id, id])]]], row.about);
  });
  $("next").disabled = !result.next;
  $("next").dataset.at = result.next ?? "";
  $("picture").replaceChildren(...(result.picture ? [drawing(result.picture)] : []));
  $("words").replaceChildren(...words(result));
  if (wantsExample && triggers.length) {
    wantsExample = false;
    add(triggers[0].what);
  }
}

function showPolicy({ policy, faults }) {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  $("read").textContent = policy ? `${policy.name}: ${policy.rules} ${policy.rules === 1 ? "rule" : "rules"}, no fault.` : `${count}. Choose one to go to its line.`;
  $("read").className = policy ? "note good" : "note bad";
  $("faults").replaceChildren(...faults.map(faultItem));
  if (!policy) return;
  triggers = policy.triggers;
  offer($("kind"), kinds(), [...triggers, ...lists.kinds].some(({ what }) => what === $("kind").value) ? $("kind").value : "");
  offer($("operation"), [["", policy.operations.map((each) => [each.name, each.words])]], $("operation").value);
  document.querySelectorAll("#events select[data-what]").forEach((select) => offer(select, kinds(), select.value));
}

function faultItem(fault) {
  const write = () => {
    const { begin, end, text } = fault.correction;
    $("policy").focus();
    $("policy").setRangeText(text, begin, end, "select");
    policyChanged();
  };
  return make("li", {},
    make("button", { type: "button", className: "fault", onclick: () => select(fault) }, `Line ${fault.line}: ${fault.says}`),
    ...fault.advice.map((advice) => make("div", {}, advice)),
    fault.correction && make("button", { type: "button", onclick: write, "aria-label": `Correct line ${fault.line}` }, "Correct it"));
}

function select({ line, begin, end }) {
  const box = $("policy");
  if (begin === end) {
    begin = box.value.lastIndexOf("\n", begin - 1) + 1;
    end = `${box.value}\n`.indexOf("\n", begin);
  }
  box.focus();
  box.setSelectionRange(begin, end);
  box.scrollTop = (line - 5) * parseFloat(getComputedStyle(box).lineHeight);
}

function words({ policy, problem, decision }) {
  if (!policy) return [make("p", { className: "verdict denied" }, "There is no answer, because the text is no policy.")];
  if (!decision) return [make("p", { className: "verdict denied" }, problem)];
  const [first, ...rest] = decision.answer;
  const told = make("div", { lang: $("language").value },
    make("p", { className: `verdict ${decision.allowed ? "allowed" : "denied"}` }, first),
    ...rest.map((line) => make("p", {}, line)),
    ...decision.holds.map((hold) => make("div", { className: "hold" },
      ...hold.why.map((line) => make("p", {}, line)),
      ...hold.steps.map((lines) => make("ul", {}, ...lines.map((line) => make("li", {}, line)))))));
  return [told];
}

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────

function kinds() {
  const about = (what) => lists.kinds.filter((each) => each.about === what).map((each) => [each.what, each.words]);
  return [["Security events of the policy", triggers.map((each) => [each.what, each.words])],
    ["About a hold", about("hold")], ["About the account", [...about(""), ...about("event")]]];
}

const aboutOf = (what) => lists.kinds.find((each) => each.what === what)?.about ?? "";

function later(at, hours) {
  const time = new Date(at.trim());
  return Number.isNaN(time.getTime()) ? at : new Date(time.getTime() + hours * 3_600_000).toISOString().replace(".000Z", "Z");
}

function add(what) {
  const last = events.at(-1);
  const at = last ? later(last.at, 1) : FIRST;
  const taken = new Set(events.map((row) => row.id));
  let number = events.length + 1;
  while (taken.has(`e${number}`)) number += 1;
  events.push({ id: `e${number}`, at, ...chosen(what) });
  if (!(new Date($("at").value) > new Date(at))) $("at").value = later(at, 1);
  eventsChanged();
}

function chosen(what) {
  return { what, about: aboutOf(what) === "event" ? events[0]?.id ?? "" : "", details: triggers.find((each) => each.what === what)?.details ?? "" };
}

function eventsChanged() {
  $("no-events").hidden = events.length > 0;
  $("events").replaceChildren(...events.map(eventItem));
  refresh();
}

function eventItem(row, index) {
  const name = `event ${index + 1}`;
  const edit = (member) => (input) => { row[member] = input.target.value; refresh(); };
  const what = make("select", { "aria-label": `What ${name} is`, "data-what": "", onchange: () => {
    Object.assign(row, chosen(what.value));
    eventsChanged();
    $("events").children[index].querySelector("select").focus();
  } });
  offer(what, kinds(), row.what);
  const remove = () => {
    events.splice(index, 1);
    eventsChanged();
    ($("events").children[Math.min(index, events.length - 1)]?.querySelector("input") ?? $("kind")).focus();
  };
  const kind = aboutOf(row.what);
  const about = make("select", { id: `about-${index}`, "data-about": kind, "data-index": index, onchange: edit("about") });
  offer(about, [["", kind === "event" ? events.slice(0, index).map((each, at) => [each.id, `event ${at + 1}`])
    : [["", "the hold that waits for it"]]]], row.about);
  return make("li", { "aria-label": name },
    make("div", { className: "row" },
      make("input", { "aria-label": `Instant of ${name}, in UTC`, value: row.at, spellcheck: false, oninput: edit("at") }),
      what, make("button", { type: "button", onclick: remove, "aria-label": `Remove ${name}` }, "Remove")),
    make("p", { className: "came" }),
    make("details", { open: kind === "event" || row.details !== "" },
      make("summary", {}, `More about ${name}`),
      make("div", { className: "grid" },
        kind ? make("p", {}, make("label", { htmlFor: `about-${index}` }, kind === "hold" ? "Which hold" : "Which report"), about) : null,
        make("p", {}, make("label", { htmlFor: `details-${index}` }, "Further members, as JSON"),
          make("input", { id: `details-${index}`, value: row.details, spellcheck: false, oninput: edit("details") })))));
}

function replay(rows, at, asked = {}) {
  events = rows.map((row) => ({ ...row }));
  $("at").value = at;
  for (const [id, value] of Object.entries(asked)) {
    if (id === "operation") offer($(id), [["", [...$(id).options].map((each) => [each.value, each.text])]], value);
    $(id).value = value;
  }
  eventsChanged();
  $("answer").scrollIntoView();
  $("answer").focus({ preventScroll: true });
}

function replayButton(each) {
  if (!each.rows) return null;
  return make("button", { type: "button", onclick: () => replay(each.rows, each.at, each.question) },
    each.rows.length === 1 ? "Show its event above" : `Show its ${each.rows.length} events above`);
}

// ── Proofs and comparisons ──────────────────────────────────────────────────────────────────────────────────────

// Each press of a button and each change of a text is a number; a run of an older number is overtaken.
let newest = 0;

function stopSlow() {
  newest += 1;
  if (slow?.waiting.size) {
    slow.worker.terminate();
    slow = null;
  }
  for (const id of ["proof-state", "diff-state"]) if ($(id).textContent.endsWith("…")) $(id).textContent = "Stopped, because something else was asked.";
}

async function long(verb, asked, current, says, state, shown, render) {
  stopSlow();
  shown.replaceChildren();
  state.textContent = slow ? `${says}…` : `Starting a second Python, then ${says.toLowerCase()}…`;
  slow ??= new Python();
  const run = newest, begun = performance.now();
  const reply = await slow.started.then(() => {
    if (run !== newest) return null;
    state.textContent = `${says}…`;
    return slow.ask(verb, asked);
  }).catch((error) => ({ failed: error.message }));
  if (run !== newest || JSON.stringify(asked) !== JSON.stringify(current())) return;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const problem = reply.failed ? `It failed: ${reply.failed}` : reply.result.problem;
  state.textContent = problem ?? `Done in ${seconds} s.`;
  if (!problem) shown.replaceChildren(...render(reply.result));
}

function renderProof({ findings, promises }) {
  const looks = { proved: "good", refuted: "bad", unknown: "soso", error: "bad", warning: "soso", note: "" };
  const promised = promises.map((each) => make("li", {}, make("strong", { className: looks[each.answer] }, `${each.promise}: `), `${each.says} `, replayButton(each)));
  const found = findings.map((each) => make("li", {}, make("span", { className: looks[each.severity] }, `${each.says} `), replayButton(each)));
  return [make("h3", {}, "Promises"), make("ul", {}, ...promised), make("h3", {}, "Lint"),
    found.length ? make("ul", {}, ...found) : make("p", {}, "No finding.")];
}

function renderDiff(result) {
  const list = (head, lines) => (lines.length ? [make("h3", {}, head), make("ul", {}, ...lines.map((line) => make("li", {}, line)))] : []);
  const look = result.verdict === "equal" ? "" : result.verdict === "stricter" ? "good" : "bad";
  return [
    make("p", { className: `verdict ${look}` }, `${result.names[0]} → ${result.names[1]}: ${result.verdict}`),
    result.same_version ? make("p", { className: "bad" }, "Warning: both policies have the same id and version, and different contents.") : "",
    make("p", {}, `Looser for somebody: ${result.looser}. Stricter for somebody: ${result.stricter}. (${result.counts})`),
    ...list("What changed", result.changes),
    ...(result.witnesses.length ? [make("h3", {}, "Shown by these events")] : []),
    ...result.witnesses.map(witness),
    ...list("For each kind of request", result.requests),
    ...list("Not known", result.unknown),
  ];
}

function witness(each) {
  const pictures = make("details", {}, make("summary", {}, "Both sides as timelines"));
  pictures.addEventListener("toggle", () => {
    pictures.append(...each.pictures.map(({ policy, picture }) => make("div", {}, make("h3", {}, `Under ${policy}`), make("div", { className: "picture", role: "region", "aria-label": `Timeline under ${policy}`, tabIndex: 0 }, drawing(picture)))));
  }, { once: true });
  return make("div", { className: "witness" },
    make("p", {}, make("strong", { className: each.way === "looser" ? "bad" : "good" }, `${each.way}: `), `${each.says}. ${each.people}`),
    replayButton(each), pictures);
}

const proofInput = () => ({ policy: $("policy").value });
const diffInput = () => ({ old: $("old").value, new: $("policy").value });
const prove = () => long("examine", proofInput(), proofInput, "Proving", $("proof-state"), $("proof"), renderProof);
const compare = () => long("compare", diffInput(), diffInput, "Comparing", $("diff-state"), $("diff"), renderDiff);

function forget(...panels) {
  stopSlow();
  for (const panel of panels) {
    if ($(panel).childElementCount) $(`${panel}-state`).textContent = "The text has changed since. Press the button again.";
    $(panel).replaceChildren();
  }
}

function policyChanged() {
  forget("proof", "diff");
  $("published").value = "";
  addressProblem = "";
  refresh();
}

function oldChanged() {
  forget("diff");
  $("published-old").value = "";
  remember();
}

// ── The address ─────────────────────────────────────────────────────────────────────────────────────────────────

async function through(stream, data) {
  const reader = new Blob([data]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    size += step.value.length;
    if (size > LONGEST) throw new Error("is too long");
    parts.push(step.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function written(state) {
  const bytes = await through(new CompressionStream("deflate-raw"), JSON.stringify(state));
  const signs = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function readBack(text) {
  const signs = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = await through(new DecompressionStream("deflate-raw"), Uint8Array.from(signs, (sign) => sign.charCodeAt(0)));
  const state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const row = (each) => ["id", "at", "what", "about", "details"].every((name) => typeof each[name] === "string");
  const isWhole = typeof state.policy === "string" && typeof state.old === "string" && Array.isArray(state.rows)
    && state.rows.length <= 500 && state.rows.every(row) && INPUTS.every((id) => typeof state.question[id] === "string");
  if (!isWhole) throw new Error("is incomplete");
  return state;
}

let remembering = 0, own = "";
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(address, 300);
}

async function address() {
  clearTimeout(remembering);
  own = `#s=${await written({ ...question(), old: $("old").value, names: [$("published").value, $("published-old").value] })}`;
  history.replaceState(null, "", own);
}

async function textOf(name) {
  const answer = await fetch(`policies/${name}.yaml`);
  if (!answer.ok) throw new Error(`${name} cannot be loaded`);
  return answer.text();
}

// The name in an address counts only if the text beside it is the published one.
const nameOf = async (name, text) => lists.policies.some((each) => each.name === name) && (await textOf(name)) === text ? name : "";

async function load(hash) {
  const [, key, value] = /^#(\w+)=(.*)$/s.exec(hash) ?? [];
  let state = null;
  addressProblem = "";
  try {
    if (key === "s") state = await readBack(value);
    else if (hash.length > 1 && !(key === "policy" && lists.policies.some((each) => each.name === value))) throw new Error("is unknown");
  } catch {
    addressProblem = "The address cannot be read: it is cut off or changed. The page begins with Binance's rule instead.";
  }
  const name = !state && !addressProblem && key === "policy" ? value : "binance";
  const text = state?.policy ?? await textOf(name), old = state?.old ?? "";
  const names = [await nameOf(state ? state.names?.[0] : name, text), await nameOf(state?.names?.[1], old)];
  [$("published").value, $("published-old").value] = names;
  [$("policy").value, $("old").value] = [text, old];
  events = state?.rows ?? [];
  wantsExample = !state;
  const usual = { at: later(FIRST, 3), operation: "withdrawal", destination: "new", to: "", language: "en", audience: "user" };
  for (const id of INPUTS) {
    $(id).value = state?.question[id] ?? usual[id];
    if (id === "operation") offer($(id), [["", []]], state?.question[id] ?? usual[id]);
    else if (!$(id).value) $(id).value = usual[id];
  }
  forget("proof", "diff");
  eventsChanged();
}

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────

async function choose(select, box, changed) {
  const name = select.value;
  if (!name) return;
  const text = await textOf(name);
  if (select.value !== name) return;
  box.value = text;
  changed();
  select.value = name;
}

async function begin() {
  lists = await (await fetch("lists.json")).json();
  const published = [["", [["", "a text of your own"]]], ["Published by", lists.policies.map(({ name, author }) => [name, `${name}: ${author}`])]];
  offer($("published"), published);
  offer($("published-old"), published);
  offer($("language"), [["", lists.languages.map((tag) => [tag, new Intl.DisplayNames([tag], { type: "language" }).of(tag)])]], "en");
  $("policy").addEventListener("input", policyChanged);
  $("old").addEventListener("input", oldChanged);
  $("published").addEventListener("change", () => choose($("published"), $("policy"), policyChanged));
  $("published-old").addEventListener("change", () => choose($("published-old"), $("old"), oldChanged));
  $("copy-old").addEventListener("click", () => { $("old").value = $("policy").value; oldChanged(); });
  for (const id of INPUTS) $(id).addEventListener("input", refresh);
  $("add").addEventListener("click", () => {
    add($("kind").value);
    $("events").lastElementChild.querySelector("input").focus({ preventScroll: true });
  });
  for (const button of document.querySelectorAll("[data-hours]"))
    button.addEventListener("click", () => { $("at").value = later($("at").value, Number(button.dataset.hours)); refresh(); });
  $("next").addEventListener("click", () => { $("at").value = $("next").dataset.at; refresh(); });
  $("examine").addEventListener("click", prove);
  $("compare").addEventListener("click", compare);
  $("share").addEventListener("click", async () => {
    await address();
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    $("shared").textContent = copied ? "Copied." : "Copy it from the address bar: it is up to date.";
  });
  addEventListener("hashchange", ({ newURL }) => new URL(newURL).hash === own || load(new URL(newURL).hash));
  await load(location.hash);
  await quick.started;
}

begin().catch((error) => {
  $("state").textContent = "";
  trouble(`The page could not be started: ${error.message}`);
});
