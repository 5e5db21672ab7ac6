// @ts-check
/** What can be made of a model, in words, and what can be chosen about it. */

/** @typedef {import("../parts/control.js").Field} Field */
/** @typedef {{name: string, what: string, make: string, options: Field[]}} Words */

/**
 * @param {string} name
 * @param {string} label
 * @param {string} help
 * @param {Partial<Field>} rest
 * @returns {Field}
 */
function field(name, label, help, rest) {
  return { name, label, help, kind: "text", value: null, ...rest };
}

const TRUNCATION = field("truncation", "Truncation", "The smaller, the more typical and the less varied.",
  { kind: "number", optional: true });

/** @type {{[to: string]: Words}} */
export const WORDS = {
  html: {
    name: "One web page",
    what: "A single file with the generator in it. It opens from the disk, with no network and nothing installed, and "
      + "has the seed plane, sliders, classes and downloads: to give to anybody.",
    make: "Make the page",
    options: [],
  },
  onnx: {
    name: "ONNX",
    what: "The generator for other programs and languages. It is compared with PyTorch before you get it.",
    make: "Make the file",
    options: [],
  },
  rows: {
    name: "Rows",
    what: "New rows of the table, as many as you like.",
    make: "Make the rows",
    options: [
      field("count", "How many", "", { kind: "integer", value: 1000 }),
      field("format", "As", "", { kind: "choice", value: "csv", choices: ["csv", "parquet"] }),
    ],
  },
  sheet: {
    name: "Contact sheet",
    what: "Many samples in one picture.",
    make: "Make the sheet",
    options: [
      field("seeds", "Samples", "Numbers and ranges, as in 0-63,100.", { value: "0-63" }),
      field("columns", "In a row", "", { kind: "integer", optional: true }),
      TRUNCATION,
      field("format", "As", "", { kind: "choice", value: "png", choices: ["png", "jpg"] }),
    ],
  },
  film: {
    name: "Film",
    what: "A way through the latents, from sample to sample and back.",
    make: "Make the film",
    options: [
      field("seeds", "From sample to sample", "Their numbers.", { value: "0,1,2,3" }),
      field("frames", "Pictures from one to the next", "", { kind: "integer", value: 24 }),
      TRUNCATION,
      field("format", "As", "", { kind: "choice", value: "gif", choices: ["gif", "mp4"] }),
    ],
  },
  card: {
    name: "Model card",
    what: "What the model was trained on and for how long, how to use it, and what it is not for: the README that the "
      + "Hub shows.",
    make: "Get the card",
    options: [],
  },
};
