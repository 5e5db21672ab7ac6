// Takes the lessons with the playground's engine, as pupils who do what a step says, or who only press Run; writes how they
// fared. Reads {lesson: {seed, changes: [settings changed at each step, ...], moves: [...]}}.
import { readFileSync } from "node:fs";

const load = (name) => import(new URL(name, `${process.argv[2]}/`).href);
const { Session } = await load("engine/session.js");
const { Camera } = await load("engine/frames.js");
const { COURSE } = await load("lessons/course.js");
const { Attempt } = await load("lessons/lesson.js");

/** Rounds that a pupil waits before giving up. */
const PATIENCE = 4000;
/** Rounds that somebody plays who does nothing but press Run. */
const IDLE = 250;
/** Rounds between two frames. */
const BETWEEN = 5;

class Pupil {
  constructor(lesson, seed) {
    this.lesson = lesson;
    this.session = new Session({ ...lesson.settings, ...(seed === null ? {} : { seed }) });
    this.attempt = new Attempt(lesson);
  }

  see() {
    const { session } = this;
    const frame = new Camera(session).take(0);
    return this.attempt.see({ frame, entries: session.entries, settings: session.settings });
  }

  move(kind) {
    if (kind === "round") {
      this.session.round();
    } else if (kind !== "nothing") {
      this.session.step(kind);
    }
  }

  /** Moves until a step is reached; the number of moves, or null after too many. */
  play(kind, most) {
    const between = kind === "round" ? BETWEEN : 1;
    for (let moves = 0; moves <= most; moves++) {
      if (moves % between === 0 && this.see()) {
        return moves;
      }
      if (kind === "nothing") {
        return null;
      }
      this.move(kind);
    }
    return null;
  }
}

/** What a step comes to for who does nothing but press Run, where it asks for something else. */
function idle(pupil, changes) {
  if (Object.keys(changes).length === 0) {
    return null;
  }
  const other = Object.assign(Object.create(Pupil.prototype), { session: Session.restore(
    JSON.parse(JSON.stringify(pupil.session.save()))), attempt: Object.assign(new Attempt(pupil.lesson), pupil.attempt) });
  return other.play("round", IDLE);
}

const given = JSON.parse(readFileSync(0, "utf8"));
const answer = {};
for (const lesson of COURSE) {
  const { seeds = [null], steps } = given[lesson.name] ?? { steps: [] };
  answer[lesson.name] = seeds.map((seed) => {
    const pupil = new Pupil(lesson, seed);
    const atOnce = pupil.see();
    const told = pupil.attempt.now;
    const fared = steps.map(({ changes = {}, kind = "round" }) => {
      const lazy = idle(pupil, changes);
      pupil.session = pupil.session.change(changes);
      return { lazy, moves: pupil.play(kind, PATIENCE), now: pupil.attempt.now };
    });
    return { steps: lesson.steps.length, atOnce, told, fared, done: pupil.attempt.step === null };
  });
}
process.stdout.write(JSON.stringify(answer));
