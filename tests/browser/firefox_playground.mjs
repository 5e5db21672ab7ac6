// Takes the first lesson of the playground's page in Firefox, for tests/browser/test_playground_file.py.
// Arguments: the path of the browser and the page's address.
import { visit } from "./firefox.mjs";

const [executablePath, address] = process.argv.slice(2);
await visit(executablePath, address, async (page) => {
  const press = (testid) => page.locator(`[data-testid=${testid}]`).click();
  const reached = (count) => document.querySelectorAll(".lesson-reached").length === count;
  const done = (count) => page.waitForFunction(reached, {}, count);
  const text = (testid) => page.$eval(`[data-testid=${testid}]`, (element) => element.textContent);

  await page.waitForSelector("main[data-ready=playground]");
  await press("lesson-players");
  for (let move = 0; move < 4; move++) {
    await press("step-d");
  }
  await done(1);
  for (let move = 0; move < 3; move++) {
    await press("step-g");
  }
  await done(2);
  await press("run");
  await done(3);
  const [count, status, round] = [await text("lessons-done"), await text("lesson-status"), await text("reading-round")];
  await page.waitForFunction(() => location.hash.includes("done=players"));
  return { count, status, round };
});
