// Reads the pictures of an exported page in Firefox, for tests/browser/test_exported_page.py.
// Arguments: the path of the browser, the page's address, and numbers of samples.
import { visit } from "./firefox.mjs";

const [executablePath, address, ...seeds] = process.argv.slice(2);
await visit(executablePath, address, async (page) => {
  const pictures = [];
  for (const seed of seeds) {
    await page.evaluate((s) => (location.hash = `s=${s}`), seed);
    await page.waitForFunction(
      (s) => new RegExp(`^Sample ${s}\\b`).test(document.querySelector("[data-testid=caption]")?.textContent ?? ""),
      {},
      seed,
    );
    const pixels = await page.evaluate(() => {
      const canvas = document.querySelector("[data-testid=picture]");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return [...data];
    });
    pictures.push(pixels);
  }
  return { pictures };
});
