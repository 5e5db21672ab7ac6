// @ts-check
/** What run it is, how far it is, and the buttons that steer it. */

import { post } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { alarm, announce, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { done, left } from "../core/runs.js";
import { duration, number } from "../core/words.js";
import { ask } from "../parts/ask.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {"pause" | "resume" | "snapshot" | "stop"} Action */

/** What buttons say until the training has heard. */
const MEANWHILE = { pause: "Pausing", resume: "Going on", snapshot: "Drawing", stop: "Stopping" };

const ANNOUNCED = { pause: "Pausing at the end of the round.", resume: "Going on.", snapshot: "Drawing a snapshot.",
  stop: "Stopping; all is saved." };

const MINUTES = 5; // that a run at its end is asked to train longer, until somebody says otherwise

/** @param {RunRecord} record */
export function makeControls(record) {
  const path = record.path;
  /** @type {Action | null} */
  let asked = null; // and not yet done
  let before = "";
  const wrong = h("p", { class: "problem", role: "alert", hidden: true, data: { testid: "control-wrong" } });
  const title = h("h1", { data: { testid: "run-title" } });
  const facts = h("dl", { class: "facts train-facts", data: { testid: "run-facts" } });
  const bar = h("progress", { max: 1, "aria-label": "How much of the planned length is done",
    data: { testid: "run-progress" } });
  const key = (/** @type {string} */ testid, /** @type {() => void} */ act) =>
    h("button", { type: "button", data: { testid }, on: { click: act } });
  const pause = key("pause", () => turn());
  const snapshot = key("snapshot", () => send("snapshot"));
  const stop = key("stop", () => askToStop());
  const explore = h("a", { class: "button", data: { testid: "to-explore" } }, icon("explore"), "Explore");
  const element = h("header", { class: "train-head stack" }, h("div", { class: "row train-name" }, title, facts,
    h("div", { class: "row train-keys" }, pause, snapshot, stop, explore)), bar, wrong);

  const running = () => record.state === "training" || record.state === "paused";
  /** @param {Action} action */
  const send = async (action, more = {}) => {
    asked = action;
    before = record.state;
    wrong.hidden = true;
    show();
    try {
      await post(`${path}/control`, { action, ...more });
      announce(ANNOUNCED[action]);
      record.refresh();
    } catch (error) {
      asked = null;
      say(error instanceof Error ? error.message : String(error));
    }
    show();
  };
  const say = (/** @type {string} */ text) => {
    wrong.hidden = false;
    wrong.textContent = text;
    alarm(text);
  };
  const turn = () => {
    if (record.state === "training") {
      send("pause");
    } else if (record.state === "paused" || (record.detail.canResume && !record.detail.atEnd)) {
      send("resume");
    } else if (record.detail.canResume) {
      askForLonger();
    }
  };
  const askToStop = () => ask({ testid: "stop", title: "Stop the training?", yes: "Stop",
    body: [h("p", null, "The round is played to its end and all is saved. The run can go on from there at any time.")],
    meanwhile: "Saving.", act: () => send("stop") });
  const askForLonger = () => {
    const minutes = h("input", { type: "number", min: 0.1, step: "any", value: String(MINUTES), id: "longer",
      required: true, data: { testid: "longer" } });
    ask({ testid: "longer-ask", title: "Train for longer?", yes: "Train on",
      body: [h("p", null, "The run has trained for as long as it was asked to. It goes on from its newest checkpoint."),
        h("div", { class: "field" }, h("label", { for: "longer" }, "Minutes more"), minutes)],
      act: () => post(`${path}/control`, { action: "resume", minutes: Number(minutes.value) })
        .then(() => record.refresh()) });
  };

  const show = () => {
    const { detail, state } = record;
    if (asked && state !== before) {
      asked = null;
    }
    fill(title, detail.recipe ? `${detail.data} by ${detail.recipe}` : detail.id);
    fill(facts, factsOf(record).map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
    const share = done(/** @type {any} */ ({ ...detail, samples: record.samples, seconds: secondsOf(record) }));
    bar.hidden = !running() || share === null;
    bar.value = share ?? 0;
    const paused = state !== "training";
    const busy = asked === "pause" || asked === "resume" || asked === "stop";
    look(pause, paused ? "play" : "pause", busy && asked ? MEANWHILE[asked] : state === "starting" ? "Starting"
      : !paused ? "Pause" : detail.atEnd ? "Train longer" : "Go on");
    pause.hidden = !running() && state !== "starting" && !detail.canResume;
    pause.disabled = busy || state === "starting";
    pause.classList.toggle("primary", state === "paused");
    look(snapshot, "camera", asked === "snapshot" ? MEANWHILE.snapshot : "Snapshot");
    look(stop, "stop", "Stop");
    snapshot.hidden = stop.hidden = !running();
    snapshot.disabled = asked === "snapshot";
    stop.disabled = asked === "stop";
    explore.hidden = !detail.model;
    explore.href = addressOf("explore", record.run);
    if (state === "failed" && detail.error && wrong.hidden) {
      wrong.hidden = false;
      wrong.textContent = detail.error;
    } else if (state === "training") {
      wrong.hidden = true;
    }
  };
  return {
    element,
    show,
    turn,
    /** A snapshot has come: what was asked for is done. */
    drawn: () => {
      asked = asked === "snapshot" ? null : asked;
      show();
    },
    snapshot: () => running() && send("snapshot"),
  };
}

/**
 * @param {HTMLButtonElement} button
 * @param {import("../core/icons.js").IconName} name
 * @param {string} words
 */
function look(button, name, words) {
  if (button.textContent !== words || button.dataset.look !== name) {
    button.dataset.look = name;
    fill(button, icon(name), words);
  }
}

/** @param {RunRecord} record */
function secondsOf({ detail, progress }) {
  return Math.max(detail.seconds, Number(progress.of("seconds").at(-1) ?? 0));
}

/**
 * @param {RunRecord} record
 * @returns {[string, string][]}
 */
function factsOf(record) {
  const { detail, state, progress } = record;
  const seconds = secondsOf(record);
  const now = /** @type {any} */ ({ ...detail, samples: record.samples, seconds });
  const rest = left(now);
  const speed = progress.of("samples_per_second").at(-1) ?? detail.speed;
  /** @type {[string, string | null][]} */
  const facts = [["samples seen", number(record.samples)], ["trained", duration(seconds)],
    ["left", state === "training" && rest !== null ? duration(rest) : null],
    ["samples a second", speed ? number(speed) : null]];
  return /** @type {[string, string][]} */ (facts.filter(([, value]) => value !== null));
}
