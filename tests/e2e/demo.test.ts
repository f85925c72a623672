// A demo desk made to live: whoever looks sees customers come and played colleagues answer, the pages say that they are played, the
// visitor's own customers are left to the visitor; a desk not made so stays still.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { at, Desk, openBrowser, openPage, Person, ROOT } from "./desk.ts";

function made(...more: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "guiju-demo-"));
  const done = spawnSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--month", "--conversations", "120", ...more, "--data", folder, "--rulebooks", join(ROOT, "rulebooks")], { encoding: "utf8", timeout: 120_000 });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return folder;
}

// In the middle of a day; and on the first of a month in the dead of night, when nobody is on shift.
for (const when of ["2026-03-18 15:00", "2026-12-01 04:40"]) test(`${when}: a visitor sees the shop at work, and knows that it is played`, { timeout: 280_000 }, async (t) => {
  let now = at(when);
  const folder = made("--live", "--now", when), begun = now;
  const desk = await Desk.start(now, folder), browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  const leader = await Person.signIn(desk, "003", "guiju-demo"), agent = await Person.signIn(desk, "101", "guiju-demo"), faults: string[] = [];
  const page = await openPage(browser, desk, agent, 1440, 900, faults);
  await page.goto(desk.url + "/desk");
  await page.getByText("没有人登录的客服和来的顾客由程序扮演").waitFor();
  /** Lets the desk's time pass until something is so. */
  const until = async <T>(what: () => Promise<T | undefined | false>): Promise<T> => {
    for (let i = 0; i < 200; i++) {
      const so = await what();
      if (so) return so;
      await desk.tick(now += 2_000);
      await page.waitForTimeout(400);
    }
    throw new Error("did not come about");
  };
  // customers come for the visitor, and for the others, who answer theirs
  const open = async () => (await leader.ok("GET", "/conversations?box=open&limit=100")).items as any[];
  await until(async () => (await open()).some((c) => c.agent === agent.id && c.last?.at > begun));
  await page.locator(".qr").first().waitFor();
  await until(async () => (await open()).some((c) => c.agent && c.agent !== agent.id && c.last?.type === "agent"));
  for (const c of (await open()).filter((x) => x.agent === agent.id)) {
    const said = (await leader.ok("GET", `/conversations/${c.id}/messages`)).items as any[];
    assert.ok(said.every((m) => m.by.id !== agent.id || m.at < begun), "nobody speaks for who is there");
  }
  await page.getByRole("button", { name: "收起这句话" }).click();
  await page.reload();
  await page.locator(".qr").first().waitFor();
  assert.equal(await page.getByText("由程序扮演").count(), 0, "put away for this visit");
  assert.deepEqual(faults, []);
});

test("a desk not made to live says nothing and stays still", async (t) => {
  const desk = await Desk.start(undefined, made());
  t.after(() => desk.stop());
  assert.equal((await (await fetch(desk.url + "/api/v1/health")).json() as any).demo, false);
});
