// @ts-check
/** What can be made of a model, in words, and what can be chosen about it. */

/** @typedef {import("../parts/control.js").Field} Field */
/** @typedef {{of: keyof typeof GROUPS, name: string, what: string, make: string, options: Field[]}} Words */

/** What is made is the model itself, or comes out of it. */
export const GROUPS = { "the-model": "The model", "its-samples": "Samples from it" };

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
    of: "the-model",
    name: "Web page",
    what: "A single file with the generator in it, to give to anybody. It opens from the disk, needs no network and no "
      + "installation, and offers the seed plane, sliders, classes, interpolation and downloads.",
    make: "Make the page",
    options: [],
  },
  onnx: {
    of: "the-model",
    name: "ONNX",
    what: "The generator for other programs and languages, checked against PyTorch.",
    make: "Make the file",
    options: [],
  },
  card: {
    of: "the-model",
    name: "Model card",
    what: "What the model was trained on and for how long, how to use it, and what it is not for: the README that the "
      + "Hugging Face Hub shows.",
    make: "Get the card",
    options: [],
  },
  rows: {
    of: "its-samples",
    name: "Rows",
    what: "New rows of the table.",
    make: "Make the rows",
    options: [
      field("count", "Number of rows", "", { kind: "integer", value: 1000 }),
      field("format", "Format", "", { kind: "choice", value: "csv", choices: ["csv", "parquet"] }),
    ],
  },
  sheet: {
    of: "its-samples",
    name: "Contact sheet",
    what: "Many samples in one picture.",
    make: "Make the sheet",
    options: [
      field("seeds", "Seeds", "Numbers and ranges, such as 0-63,100.", { value: "0-63" }),
      field("columns", "Samples in a row", "", { kind: "integer", optional: true }),
      TRUNCATION,
      field("format", "Format", "", { kind: "choice", value: "png", choices: ["png", "jpg"] }),
    ],
  },
  film: {
    of: "its-samples",
    name: "Film",
    what: "An interpolation between samples and back to the first.",
    make: "Make the film",
    options: [
      field("seeds", "Seeds", "The samples that it passes through.", { value: "0,1,2,3" }),
      field("frames", "Frames per step", "", { kind: "integer", value: 24 }),
      TRUNCATION,
      field("format", "Format", "", { kind: "choice", value: "gif", choices: ["gif", "mp4"] }),
    ],
  },
};
