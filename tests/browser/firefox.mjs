// Opens a file in Firefox, without a network, for tests. What is found out there, and what went wrong, becomes JSON.
import puppeteer from "puppeteer-core";

/**
 * Visits a page and writes what `look` finds, with the errors that it had and all that it asked for.
 * @param {string} executablePath of the browser
 * @param {string} address
 * @param {(page: import("puppeteer-core").Page) => Promise<object>} look
 */
export async function visit(executablePath, address, look) {
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
    console.log(JSON.stringify({ ...(await look(page)), wrong, requests }));
  } finally {
    await browser.close();
  }
}
