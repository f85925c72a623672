// Everybody can use every page: axe-core finds no serious or critical fault on any page, for an agent, a leader and the owner, in Chinese and
// light at 1440 px, in English and dark on a phone; nothing scrolls sideways at 200 % zoom; every page has a name and a heading; nothing of
// the catalogue is left raw; no Chinese is left in the program's own words of an English page.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Desk, openBrowser, openPage, Person, ROOT, settled } from "./desk.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES: Record<string, string[]> = {
  "101": ["/desk", "TALK", "/cases", "CASE", "/orders", "ORDER", "/handover", "/shifts", "/my", "/rules", "/fund", "/find?q=发货", "/settings", "/settings/password", "/settings/phrases", "/settings/tags", "/nowhere", "/m", "/m/today", "/m/my", "/m/find"],
  "003": ["/floor", "/approvals", "/roster", "/review", "/reports", "/reports/workload", "/phrases/review"],
  "001": ["/book/read", "/book/edit", "/book/figures", "/book/versions", "/people", "/settle", "/settings/routing", "/settings/presence", "/settings/channels", "/settings/window", "/settings/wages", "/settings/calendar", "/settings/keys", "/settings/webhooks", "/products", "/reports/declared"],
};

interface Fault { id: string; impact: string; where: string[] }
async function faultsOf(page: Page): Promise<Fault[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () =>
    ((await (globalThis as any).axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations as any[]).map((v) => ({ id: v.id, impact: v.impact, where: v.nodes.slice(0, 3).map((n: any) => n.html.slice(0, 160)) })),
  );
}
/** A key of the catalogue that was left raw begins with one of these. */
const folders = readdirSync(join(ROOT, "web/src")).filter((f) => existsSync(join(ROOT, "web/src", f, "words.ts")));
/** What no page may show, whatever its content, in its text or in its labels. */
const broken = (page: Page) =>
  page.evaluate((names) => {
    const d = document, out: string[] = [];
    const labels = [...d.querySelectorAll("[aria-label],[title],[placeholder],[alt]")].flatMap((e) => ["aria-label", "title", "placeholder", "alt"].map((n) => e.getAttribute(n) ?? ""));
    const text = d.body.innerText + "\n" + labels.join("\n");
    const keys = text.match(new RegExp(`(?<![\\w./-])(?:${names.join("|")})\\.[a-z]\\w*(?:\\.\\w+)*(?![\\w/]|\\.(?:example|com))`, "g"));
    if (keys) out.push("raw keys: " + keys.join(" "));
    const odd = /.{0,20}(undefined|\bNaN\b|\[object).{0,20}/.exec(text);
    if (odd) out.push("not said: " + odd[0]);
    const wide = d.scrollingElement!.scrollWidth - innerWidth;
    if (wide > 1) out.push(`scrolls sideways by ${wide} px`);
    return out;
  }, folders);

test("no page has a serious fault of access, a raw word, or a sideways scroll at 200 %", { timeout: 290_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "guiju-access-"));
  const made = spawnSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--month", "--conversations", "240", "--data", folder, "--rulebooks", join(ROOT, "rulebooks")], { encoding: "utf8", timeout: 120_000 });
  assert.equal(made.status, 0, made.stdout + made.stderr);
  const desk = await Desk.start(undefined, folder, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await desk.stop();
  });
  const found: string[] = [];
  let looked = 0;
  for (const [number, paths] of Object.entries(PAGES)) {
    const who = await Person.signIn(desk, number, "guiju-demo");
    const talk = (await who.ok("GET", "/conversations?box=closed&limit=5")).items[0], order = (await who.ok("GET", "/orders?limit=5")).items[0], kase = (await who.ok("GET", "/cases?limit=5")).items[0];
    const real = (p: string) => (p === "TALK" ? talk && `/desk/${talk.id}?box=closed` : p === "ORDER" ? order && `/orders/${order.no}` : p === "CASE" ? kase && `/cases/${kase.number ?? kase.id}` : p);
    for (const [width, height, lang, theme] of [[1440, 900, "zh", "light"], [390, 844, "en", "dark"]] as const) {
      await who.ok("PUT", "/me/prefs", { lang, theme });
      const faults: string[] = [], page = await openPage(browser, desk, who, width, height, faults);
      for (const p of paths) {
        const path = real(p);
        if (!path) continue;
        await page.goto(desk.url + path);
        await settled(page);
        looked++;
        const at = `${number} ${p} ${width} ${lang} ${theme}`;
        for (const f of await faultsOf(page)) if (f.impact === "serious" || f.impact === "critical" || f.id === "page-has-heading-one" || f.id === "landmark-one-main") found.push(`${at}: ${f.impact} ${f.id}\n    ${f.where.join("\n    ")}`);
        for (const b of await broken(page)) found.push(`${at}: ${b}`);
        assert.notEqual(await page.title(), "", at);
        if (width === 1440) {
          await page.setViewportSize({ width: 720, height: 450 }); // 1440 px at 200 %
          for (const b of await broken(page)) found.push(`${at} at 200 %: ${b}`);
          await page.setViewportSize({ width, height });
        }
      }
      found.push(...faults.map((f) => `${number} ${width}: ${f}`));
      await page.context().close();
    }
  }
  console.log(`${looked} pages looked at`);
  assert.ok(looked >= 56, `only ${looked} pages were looked at`);
  assert.deepEqual(found, []);
});
