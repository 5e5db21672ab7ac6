// Opens the playground's page in Firefox and takes its first lesson, for tests/browser/test_playground_file.py.
// Arguments: the path of the browser and the page's address. Writes JSON.
import puppeteer from "puppeteer-core";

const [executablePath, address] = process.argv.slice(2);
const nowhere = { "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 9 };
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: { ...nowhere, "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 9 },
  protocolTimeout: 120_000,
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const wrong = [];
  const requests = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  const press = (testid) => page.locator(`[data-testid=${testid}]`).click();
  const reached = (count) => document.querySelectorAll(".lesson-reached").length === count;
  const done = (count) => page.waitForFunction(reached, {}, count);
  const text = (testid) => page.$eval(`[data-testid=${testid}]`, (element) => element.textContent);

  await page.goto(address);
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
  console.log(JSON.stringify({ count, status, round, wrong, requests }));
} finally {
  await browser.close();
}
