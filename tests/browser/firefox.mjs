// Opens an exported page in Firefox and reads its pictures, for tests/browser/test_exported_page.py.
// Arguments: the path of the browser, the page's address, and numbers of samples. Writes JSON.
import puppeteer from "puppeteer-core";

const [executablePath, address, ...seeds] = process.argv.slice(2);
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
  await page.goto(address);
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
  console.log(JSON.stringify({ pictures, wrong, requests }));
} finally {
  await browser.close();
}
