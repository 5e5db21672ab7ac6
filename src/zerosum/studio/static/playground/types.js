// @ts-check
/** What the page offers to lessons, which set up a game, watch it and point at the controls. */

/** @typedef {import("./engine/settings.js").Settings} Settings */
/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./engine/session.js").Entry} Entry */

/**
 * @typedef {object} Playground
 * @property {() => Settings} settings complete, a copy
 * @property {(asked: Partial<Settings>, options?: {restart?: boolean}) => void} apply without `restart`, what is named
 *   changes on the next move, and a new game begins only where other weights are needed; with it, a new game begins,
 *   paused, with the defaults and what is asked over them. Throws a `SettingError` for what cannot be.
 * @property {() => void} reset the same settings from round 0
 * @property {(on: boolean) => void} run
 * @property {() => boolean} running
 * @property {(factor: number) => void} speed one of `SPEEDS`: times 8 rounds a second
 * @property {(player: "discriminator" | "generator" | "both") => void} step one move, after a pause
 * @property {() => Frame | null} frame the newest
 * @property {() => Entry[]} entries records at fixed rounds: the same for the same settings and seed, whatever the
 *   speed
 * @property {(listener: (frame: Frame) => void) => () => void} onFrame after a frame was drawn, never one of a game
 *   before
 *   the last restart; gives back what ends it
 * @property {(listener: () => void) => () => void} onSettings settings were changed, by anybody
 * @property {(listener: () => void) => () => void} onBegin a new game was begun
 * @property {(layers: string[]) => void} show only these layers of the stage
 * @property {(testid: string) => HTMLElement | null} element of the page, by its data-testid
 * @property {(key: string) => string | null} noted a word in the page's address, beside the settings
 * @property {(key: string, value: string | null) => void} note puts it there, so that share links keep it
 */

export {};
