// The floor of a shop with a month behind it: the day so far with its few stars, clocks kept about several people in one line, and
// proposed entries confirmed together, person by person, those left out and those appealed untouched.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk, openBrowser, openPage, Person, ROOT, settled } from "./desk.ts";

test("a leader sees how the day went and confirms several entries at once", { timeout: 200_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "guiju-floor-"));
  const done = spawnSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--month", "--conversations", "900", "--now", "2026-03-09 18:40", "--data", folder, "--rulebooks", join(ROOT, "rulebooks")], { encoding: "utf8", timeout: 120_000 });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  const desk = await Desk.start(Date.parse("2026-03-09T18:40:00+08:00"), folder), browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  const leader = await Person.signIn(desk, "003", "guiju-demo"), faults: string[] = [];
  const page = await openPage(browser, desk, leader, 1440, 900, faults);
  await page.goto(desk.url + "/floor");
  await page.locator(".fday dl").waitFor();
  await settled(page);

  // the day so far says what the report says, and every talk with few stars is there to open
  const total = (await leader.ok("GET", "/reports/reception?from=2026-03-09&to=2026-03-09")).total;
  assert.ok(total.received > 0, "the day has conversations");
  const said = (await page.locator(".fday dl").innerText()).replace(/\s+/g, " ");
  assert.match(said, new RegExp(`接待 ${total.received} 段 办结 ${total.ended} 段`));
  const low = ((await leader.ok("GET", "/reports/conversations?from=2026-03-09&to=2026-03-09&what=stars&limit=100")).items as any[]).filter((k) => k.stars <= 3);
  assert.equal(await page.locator(".fdl").count(), Math.min(5, low.length));

  // what one person keeps about several people is one line that names them
  const meetings = ((await leader.ok("GET", "/floor")).clocks as any[]).filter((c) => c.title === "例会" && c.object?.person && c.state !== "paused");
  const ends = new Set(meetings.map((c) => c.due_ms));
  assert.ok(meetings.length > ends.size, "the month keeps a meeting about several");
  assert.equal(await page.locator(".cr", { hasText: "例会：" }).count(), ends.size);

  // together, without one of them
  const open = async () => (await leader.ok("GET", "/floor")).proposed as any[];
  const able = (await open()).filter((s) => s.may_judge && s.person && ["proposed", "open"].includes(s.seal) && !(s.fen_max && s.fen_max !== s.fen));
  const people = [...new Set(able.map((s) => s.person_name as string))];
  assert.ok(people.length > 1, "several people have entries");
  const spared = people[0]!, left = able.filter((s) => s.person_name !== spared);
  await page.getByRole("button", { name: `一起确认 ${able.length} 笔` }).click();
  await page.locator(".fmany li", { hasText: spared }).locator("input").uncheck();
  await page.locator("dialog[open]").getByRole("button", { name: new RegExp(`^确认 ${left.length} 笔`) }).click();
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.getByText(`已确认 ${left.length} 笔`).waitFor();
  const still = new Set(((await leader.ok("GET", "/ledger/open?mine=1&limit=500")).items as any[]).map((s) => s.id));
  for (const s of left) assert.ok(!still.has(s.id), `${s.person_name}: ${s.title} is confirmed`);
  for (const s of able.filter((x) => x.person_name === spared)) assert.ok(still.has(s.id), "left out, left alone");
  // the approvals page counts what is left, and offers the same
  const owed = ((await leader.ok("GET", "/ledger/open?mine=1&limit=500")).items as any[]).filter((s) => ["proposed", "open", "appealed"].includes(s.seal));
  await page.goto(desk.url + "/approvals");
  await page.getByText(`${owed.length} 笔款项等你确认`).first().waitFor();
  await page.getByRole("button", { name: /^一起确认 \d+ 笔$/ }).waitFor();
  assert.deepEqual(faults, []);
});
