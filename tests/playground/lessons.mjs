// Takes the lessons with the playground's engine: a pupil who does what a step says, and one who only presses Run. Reads
// {lesson: [{changes: settings changed at this step, kind: the moves made then}, ...]}; writes how they fared.
import { readFileSync } from "node:fs";

const load = (name) => import(new URL(name, `${process.argv[2]}/`).href);
const { Session } = await load("engine/session.js");
const { Camera } = await load("engine/frames.js");
const { COURSE } = await load("lessons/course.js");
const { Attempt } = await load("lessons/lesson.js");

/** Moves that a pupil waits before giving up, and rounds between two frames. */
const PATIENCE = 2000;
const BETWEEN = 5;
/** Rounds that somebody plays who does nothing but press Run, and rounds between their frames. */
const IDLE = 160;
const SELDOM = 20;

/** Shows an attempt how a session stands; whether that completes a step. */
function see(attempt, session) {
  const frame = new Camera(session).take(0);
  return attempt.see({ frame, entries: session.entries, settings: session.settings });
}

/** Moves until a step is reached; the number of moves, or null after too many. */
function play(attempt, session, kind, most, between) {
  for (let moves = 0; moves <= most; moves++) {
    if (moves % between === 0 && see(attempt, session)) {
      return moves;
    }
    if (kind === "nothing") {
      break;
    } else if (kind === "round") {
      session.round();
    } else {
      session.step(kind);
    }
  }
  return null;
}

/** Whether a step is reached by somebody who presses Run in place of what it asks for. */
function reachedIdly(attempt, session) {
  const same = Session.restore(JSON.parse(JSON.stringify(session.save())));
  const other = Object.assign(new Attempt(attempt.lesson), attempt);
  return play(other, same, "round", IDLE, SELDOM) !== null;
}

function take(lesson, steps) {
  let session = new Session({ ...lesson.settings });
  const attempt = new Attempt(lesson);
  const atOnce = see(attempt, session);
  const fared = steps.map(({ changes, kind = "round" }) => {
    const early = see(attempt, session);
    const before = attempt.now;
    const idle = early || (changes !== undefined && reachedIdly(attempt, session));
    session = session.change(changes ?? {});
    return { before, idle, moves: play(attempt, session, kind, PATIENCE, kind === "round" ? BETWEEN : 1) };
  });
  return { steps: lesson.steps.length, atOnce, fared, done: attempt.step === null };
}

const given = JSON.parse(readFileSync(0, "utf8"));
const taken = COURSE.map((lesson) => [lesson.name, take(lesson, given[lesson.name])]);
process.stdout.write(JSON.stringify(Object.fromEntries(taken)));
