// Writes the lessons' texts, and what there is for them to name: layers, speeds and controls of the page.
import { readFileSync } from "node:fs";

const load = (name) => import(new URL(name, `${process.argv[2]}/`).href);
const { COURSE } = await load("lessons/course.js");
const { FIELDS } = await load("engine/settings.js");
const { PENALTIES } = await load("engine/penalties.js");

const text = (name) => readFileSync(new URL(name, `${process.argv[2]}/`), "utf8");
const tested = ["toolbar.js", "data.js", "readings.js"].flatMap((name) =>
  [...text(name).matchAll(/(?:testid: |button\()"([\w-]+)"/g)].map((found) => found[1]));
const layers = [...text("stage.js").matchAll(/^ {4}\["(\w+)", "/gm)].map((found) => found[1]);
const speeds = /SPEEDS = \[([\d, ]+)\]/.exec(text("board.js"))[1].split(", ").map(Number);

process.stdout.write(JSON.stringify({
  lessons: COURSE,
  layers,
  speeds,
  controls: [...tested, ...FIELDS.map(({ key }) => `setting-${key}`),
    ...Object.keys(PENALTIES).map((name) => `penalty-${name}`)],
}));
