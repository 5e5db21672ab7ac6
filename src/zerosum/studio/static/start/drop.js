// @ts-check
/** Files and folders that are dropped anywhere on the page. */

import { h } from "../core/dom.js";

/**
 * A file and where it lies in what was given.
 * @typedef {{path: string, file: File}} Given
 */

/**
 * @param {(given: Given[]) => void} onGiven
 * @returns {() => void} ends it
 */
export function acceptDrops(onGiven) {
  const veil = h("div", { class: "veil", "aria-hidden": "true", hidden: true, data: { testid: "veil" } },
    h("p", null, "Drop it here: a folder of pictures, a .zip of one, or a table"));
  document.body.append(veil);
  let depth = 0; // elements that the pointer is within, one in the other
  const listeners = {
    dragenter: (/** @type {DragEvent} */ event) => {
      if (holdsFiles(event)) {
        depth += 1;
        veil.hidden = false;
      }
    },
    dragleave: (/** @type {DragEvent} */ event) => {
      if (holdsFiles(event)) {
        depth -= 1;
        veil.hidden = depth <= 0;
      }
    },
    dragover: (/** @type {DragEvent} */ event) => holdsFiles(event) && event.preventDefault(),
    drop: (/** @type {DragEvent} */ event) => {
      if (holdsFiles(event) && event.dataTransfer) {
        event.preventDefault();
        depth = 0;
        veil.hidden = true;
        givenByDrop(event.dataTransfer).then(onGiven);
      }
    },
  };
  const all = /** @type {[string, (event: any) => void][]} */ (Object.entries(listeners));
  all.forEach(([name, listener]) => document.addEventListener(name, listener));
  return () => {
    all.forEach(([name, listener]) => document.removeEventListener(name, listener));
    veil.remove();
  };
}

/**
 * @param {DragEvent} event
 * @returns {boolean}
 */
function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * All files of a drop, those in folders too.
 * @param {DataTransfer} transfer
 * @returns {Promise<Given[]>}
 */
async function givenByDrop(transfer) {
  // The list is emptied when the handler returns, so that entries are taken before anything is waited for. A picture
  // that is dragged out of another page is a file, and no entry of a disk.
  const given = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const entries = given.filter((one) => one !== null);
  const found = await Promise.all(entries.map(within));
  return together(found.flat());
}

/**
 * @param {FileSystemEntry | File} entry
 * @returns {Promise<Given[]>} the file, or those in the folder and its folders
 */
async function within(entry) {
  if (entry instanceof File) {
    return [{ path: entry.name, file: entry }];
  }
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => {
      /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject);
    });
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    // A reader gives a part of the folder at a time, and nothing at its end.
    const part = await new Promise((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (!part.length) {
      return (await Promise.all(found.map(within))).flat();
    }
    found.push(...part);
  }
}

/**
 * All files that were chosen in a dialog.
 * @param {FileList} files
 * @returns {Given[]}
 */
export function givenByChoice(files) {
  return together([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/**
 * Leaves hidden files out, and puts loose files into one folder, so that what is given has one name.
 * @param {Given[]} given
 * @returns {Given[]}
 */
function together(given) {
  const seen = given.filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
  const tops = new Set(seen.map(({ path }) => path.split("/")[0]));
  return tops.size < 2 ? seen : seen.map(({ path, file }) => ({ path: `pictures/${path}`, file }));
}
