// @ts-check
// The shapes of what the page's modules hand each other; nothing here runs.

/**
 * How latents are distributed, and drawn from a sample's stream.
 * @typedef {object} Prior
 * @property {"normal" | "uniform" | "codes"} kind
 * @property {number} dimension
 * @property {number[]} categorical How many values each categorical code has; empty but for codes.
 * @property {number} continuous How many continuous codes there are.
 */

/**
 * What samples can be told to be: one of some classes, or a combination of attributes.
 * @typedef {object} Known
 * @property {"classes" | "attributes"} kind
 * @property {string[]} names Of the classes, or of the attributes.
 * @property {number[]} frequencies Share of each class, or of each combination, in the data.
 * @property {string} combinations Of attributes: base64 of a 0 or 1 for each name, one combination behind the other.
 */

/**
 * The space that the page moves in.
 * @typedef {object} Space
 * @property {"z" | "w"} name The prior's latents, or styles.
 * @property {boolean} spherical Whether paths follow a sphere.
 * @property {number} layers How often a latent's vector comes: once in z, once a layer in w.
 * @property {number} width Of the vector.
 * @property {string | null} center Base64 of the mean style, float32; null in z.
 */

/**
 * @typedef {object} Directions
 * @property {"pca" | "sefa"} method How they were found.
 * @property {string} vectors Base64 of float32 numbers, `width` for each direction.
 * @property {number[]} spread What a strength of 1 is.
 * @property {number[]} shares Of what varies, for each.
 */

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {string[]} inputs
 */

/**
 * All that the page knows of its model.
 * @typedef {object} Description
 * @property {string} title
 * @property {string} kind "image" or "points".
 * @property {number[]} shape Of a sample.
 * @property {Network[]} networks The last one makes samples; one before it makes styles.
 * @property {Prior} prior
 * @property {Known | null} known
 * @property {Space} space
 * @property {Directions} directions
 * @property {{neutral: number, largest: number} | null} truncation
 * @property {number[]} center Of points.
 * @property {number[]} scale Of points.
 */

/**
 * What a person wants samples to be: an index of a class, wanted values of attributes by index, or nothing.
 * @typedef {number | {[attribute: number]: 0 | 1} | null} Wish
 */

/**
 * What one sample is told, as networks are: a class's index, or a vector; null where nothing is told.
 * @typedef {number | Float32Array | null} Told
 */

/**
 * A place among latents, and what is to be there.
 * @typedef {object} Latent
 * @property {Float32Array} values
 * @property {Told} told What styles have in them already.
 */

/**
 * Everything that a person can set; with the model it decides what is shown.
 * @typedef {object} State
 * @property {number[]} corners Numbers of the samples at the plane's corners: above, left to right, then below.
 * @property {number} x How far right, on [0, 1].
 * @property {number} y How far down, on [0, 1].
 * @property {number} end Number of the sample that the strip leads to, from the first corner's.
 * @property {number | null} way How far on that way the picture is, on [0, 1]; null where it is on the plane.
 * @property {Wish} wish
 * @property {number} truncation
 * @property {number[]} moves Strength along each direction.
 */

export {};
