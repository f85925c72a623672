// How soon: figures are printed, never judged by the clock. What is judged: that only the rows in sight are drawn with 5,000 in the list, that
// the list can be walked to its end, and that a talk looked at before is shown without asking for it again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk, openBrowser, openPage, Person, ROOT } from "./desk.ts";

const middle = (l: number[]) => [...l].sort((a, b) => a - b)[l.length >> 1]!;
const say = (what: string, l: number[]) => console.log(`${what}: median ${middle(l).toFixed(0)} ms, worst ${Math.max(...l).toFixed(0)} ms of ${l.length}`);

test("first paint, opening, switching, and a list of 5,000", { timeout: 290_000 }, async (t) => {
  const faults: string[] = [], folder = mkdtempSync(join(tmpdir(), "guiju-instant-"));
  const made = spawnSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--month", "--plain", "--conversations", "5100", "--messages", "10400", "--data", folder, "--rulebooks", join(ROOT, "rulebooks")], { encoding: "utf8", timeout: 200_000 });
  assert.equal(made.status, 0, made.stdout + made.stderr);
  const desk = await Desk.start(undefined, folder, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]!.toFixed(1)}`);
  const owner = await Person.signIn(desk, "001", "guiju-demo");

  // first visit and next visit over 10 Mbit/s and 20 ms: until something stands there, and until the rows do
  for (const visit of ["first visit", "next visit"]) {
    const paints: number[] = [], rows: number[] = [];
    for (let i = 0; i < 3; i++) {
      const page = await openPage(browser, desk, owner, 1440, 900, faults);
      const line = await page.context().newCDPSession(page);
      await line.send("Network.enable");
      const slow = { offline: false, latency: 20, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
      if (visit === "next visit") { await page.goto(desk.url + "/desk?box=closed"); await page.locator(".qr").first().waitFor(); }
      await line.send("Network.emulateNetworkConditions", slow);
      await page.goto(desk.url + "/desk?box=closed");
      await page.locator(".qr").first().waitFor();
      const [paint, row] = await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, performance.now()]);
      paints.push(paint!); rows.push(row!);
      await page.context().close();
    }
    say(`${visit} at 10 Mbit/s, first paint`, paints);
    say(`${visit} at 10 Mbit/s, rows on the screen`, rows);
  }

  const page = await openPage(browser, desk, owner, 1440, 900, faults);
  await page.goto(desk.url + "/desk?box=closed");
  await page.locator(".qr").nth(9).waitFor();
  /** From the press to the frame in which the talk stands. */
  const open = (i: number) =>
    page.evaluate(async (n) => {
      const rows = [...document.querySelectorAll<HTMLElement>(".qr")], row = rows[n]!, name = row.querySelector("b")!.textContent, id = row.id.replace(/^row-/, ""), from = performance.now();
      row.click();
      for (;;) {
        await new Promise((r) => requestAnimationFrame(r));
        if (location.pathname.endsWith(id) && document.querySelector(".cv .pane-h b")?.textContent === name && document.querySelector(".cv .mg")) return performance.now() - from;
        if (performance.now() - from > 20_000) return NaN;
      }
    }, i);
  const opened: number[] = [], again: number[] = [];
  for (let i = 0; i < 9; i++) opened.push(await open(i));
  let asked = 0;
  page.on("request", (r) => { if (/\/conversations\/[^/?]+(\?|$)/.test(r.url()) && r.method() === "GET") asked++; });
  await page.context().setOffline(true); // what was looked at before stands there without the network
  for (let i = 0; i < 9; i++) again.push(await open(i));
  await page.context().setOffline(false);
  assert.ok([...opened, ...again].every(Number.isFinite), `a talk did not open: ${opened} ${again}`);
  say("a talk opened for the first time", opened);
  say("a talk seen before", again);
  console.log(`${asked} questions to the server while going back`);

  // 5,000 rows, to the end
  const height = () => page.locator(".qs .qv").evaluate((e) => e.clientHeight);
  const frames: number[] = [];
  let most = 0;
  for (let i = 0; i < 400 && (await height()) < 5000 * 52; i++) {
    frames.push(await page.locator(".qs").evaluate(async (e) => { const from = performance.now(); e.scrollTop = e.scrollHeight; await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))); return performance.now() - from; }));
    most = Math.max(most, await page.locator(".qr").count());
    await page.waitForTimeout(25);
  }
  assert.ok((await height()) >= 5000 * 52, `the list ends at ${Math.floor((await height()) / 52)} rows`);
  for (const part of [0, 0.25, 0.5, 0.75, 1, 0.1]) {
    frames.push(await page.locator(".qs").evaluate(async (e, p) => { const from = performance.now(); e.scrollTop = e.scrollHeight * p; await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))); return performance.now() - from; }, part));
    most = Math.max(most, await page.locator(".qr").count());
  }
  assert.ok(most < 60, `${most} rows drawn at once`);
  say(`two frames after a jump in ${Math.floor((await height()) / 52)} rows, at most ${most} of them drawn`, frames);
  assert.deepEqual(faults.filter((f) => !/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to fetch/.test(f)), []);
});
