// @ts-check
/** All lessons, in their order. */

import { collapse } from "./collapse.js";
import { copies } from "./copies.js";
import { drawing } from "./drawing.js";
import { figure } from "./figure.js";
import { half } from "./half.js";
import { leash } from "./leash.js";
import { oscillation } from "./oscillation.js";
import { players } from "./players.js";
import { quality } from "./quality.js";
import { saturation } from "./saturation.js";

/** @type {import("./lesson.js").Lesson[]} */
export const COURSE = [players, figure, saturation, collapse, oscillation, half, copies, leash, quality, drawing];
