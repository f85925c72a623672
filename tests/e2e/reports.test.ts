// Reports and the floor in a real browser over a seeded month: narrow by a picker, choose dates by keys, open what stands behind a
// figure, save a view that outlives the session, take rows away; then from the floor's numbers to their lists.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { at, Desk, openBrowser, openPage, Person, ROOT } from "./desk.ts";

const NOW = "2026-03-31 15:10";
let desk: Desk, browser: Browser, owner: Person, page: Page;
const faults: string[] = [];
before(async () => {
  const folder = mkdtempSync(join(tmpdir(), "guiju-e2e-"));
  execFileSync(process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju"), ["demo", "--month", "--data", folder, "--seed", "6", "--now", NOW, "--agents", "6", "--conversations", "700"], { stdio: "ignore" });
  desk = await Desk.start(at(NOW), folder);
  owner = await Person.signIn(desk, "001", "guiju-demo");
  browser = await openBrowser();
  page = await openPage(browser, desk, owner, 1440, 900, faults);
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

test("reports: narrowed, drilled into, kept as a view, taken away", async () => {
  await page.goto(desk.url + "/reports/reception?from=2026-03-01&to=2026-03-31");
  await page.locator(".rtab tbody tr").first().waitFor();
  const all = Number((await page.locator(".rtab tfoot td").nth(1).textContent())!.replace(/,/g, ""));
  const row = page.locator(".rtab tbody tr").first(), name = (await row.locator("td").first().textContent())!.trim();

  // by a picker; it stands in the address
  const person = page.locator(".rpick select").first();
  await person.selectOption({ label: name });
  await page.waitForURL(/agent=/);
  await page.waitForFunction((n) => { const sum = document.querySelector(".rtab tfoot td:nth-child(2)"); return sum !== null && Number(sum.textContent!.replace(/,/g, "")) < n; }, all);
  const mine = Number((await page.locator(".rtab tfoot td").nth(1).textContent())!.replace(/,/g, ""));
  assert.ok(mine > 0 && mine < all);

  // what stands behind: as many rows as the figure, each opens its talk
  const figure = page.locator(".rtab tbody tr").first().locator("td").nth(1);
  await figure.locator("button").click();
  await page.locator("dialog .behind tbody tr").first().waitFor();
  while (await page.locator("dialog .behind > .btn").count()) {
    const had = await page.locator("dialog .behind tbody tr").count();
    await page.locator("dialog .behind > .btn").click();
    await page.waitForFunction((n) => document.querySelectorAll("dialog .behind tbody tr").length > n || !document.querySelector("dialog .behind > .btn"), had);
  }
  assert.ok((await page.locator("dialog .behind tbody tr").count()) > 0);
  assert.match((await page.locator("dialog .behind tbody tr a").first().getAttribute("href"))!, /^\/desk\/c/);
  await page.keyboard.press("Escape");

  // dates by keys alone: the calendar speaks the desk's language
  const from = page.locator(".dtf input").first();
  assert.equal(await from.inputValue(), "2026-03-01");
  await from.focus();
  await page.keyboard.press("ArrowDown");
  assert.equal((await page.locator(".dtf-h b").textContent())!, "2026年3月");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL(/from=2026-03-09/);
  // typed nonsense changes nothing and is said
  await from.fill("2026-02-30");
  await from.press("Tab");
  await page.locator(".dtf-w").waitFor();
  assert.match(page.url(), /from=2026-03-09/);
  await from.fill("3月2日");
  await from.press("Enter");
  await page.waitForURL(/from=2026-03-02/);

  // a view is kept with the person, not with the browser
  await page.locator(".svb").click();
  await page.locator(".svd form input").fill("三月里的一位");
  await page.locator(".svd form input").press("Enter");
  await page.getByRole("link", { name: "三月里的一位" }).waitFor();
  await page.waitForFunction(() => fetch("/api/v1/me").then((r) => r.json()).then((m) => JSON.stringify(m.prefs).includes("三月里的一位")));
  const other = await openPage(browser, desk, await Person.signIn(desk, "001", "guiju-demo"), 390, 844, faults);
  await other.goto(desk.url + "/reports/reception");
  await other.getByRole("link", { name: "三月里的一位" }).click();
  await other.waitForURL(/from=2026-03-02.*agent=|agent=.*from=2026-03-02/);
  assert.ok(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page is wider than a phone");
  await other.context().close();

  // rows taken away: a reason is asked for, the way is shown, the file is there
  await page.getByRole("button", { name: "导出明细" }).click();
  const go = page.getByRole("button", { name: "开始导出" });
  assert.equal(await go.isDisabled(), true, "no export without a reason");
  await page.getByPlaceholder("写清楚，会记在案").fill("月底核对");
  await go.click();
  const get = page.locator(".exjobs a[download]").first();
  await get.waitFor({ timeout: 20000 });
  const [file] = await Promise.all([page.waitForEvent("download"), get.click()]);
  assert.match(file.suggestedFilename(), /2026-03-02.*\.xlsx$/);
  await page.keyboard.press("Escape");
  const sheet = await owner.call("GET", "/reports/reception.xlsx?from=2026-03-01&to=2026-03-31");
  assert.equal(sheet.status, 200);
  // files speak the language of the page
  const links = () => page.locator("a[href*='/reception.']").evaluateAll((l) => l.map((a) => a.getAttribute("href")!));
  assert.deepEqual((await links()).map((h) => /language=(..)/.exec(h)?.[1]), ["zh", "zh"]);
});

test("two spans beside each other, one customer alone, and the conversion opened into talks and orders", async () => {
  await page.goto(desk.url + "/reports/reception?from=2026-03-16&to=2026-03-29");
  await page.locator(".rtab tbody tr").first().waitFor();
  const total = async (q: string) => (await owner.ok("GET", `/reports/reception?${q}`)).total;
  assert.equal(await page.locator(".rtab .was").count(), 0, "nothing stands beside unless asked");

  // the span before, then any other: small figures in every cell, both in the address
  await page.locator(".cmp select").selectOption("before");
  await page.waitForURL(/compare=1/);
  await page.locator(".rtab tfoot .was").first().waitFor();
  await page.locator(".cmp select").selectOption("own");
  await page.waitForURL(/compare_from=2026-03-0/);
  const from = page.locator(".cmp .dtf input").first();
  await from.fill("2026-03-03");
  await from.press("Enter");
  await page.waitForURL(/compare_from=2026-03-03/);
  const to = new URL(page.url()).searchParams.get("compare_to")!, other = await total(`from=2026-03-03&to=${to}`);
  await page.waitForFunction((n) => document.querySelector(".rtab tfoot td:nth-child(2) .was")?.textContent?.replace(/[^0-9]/g, "") === String(n), other.first.n);
  await page.locator(".cmp select").selectOption("");
  await page.waitForFunction(() => !document.querySelector(".rtab .was"));

  // the conversion: talks that ended in a deal with their orders, those that did not, the orders themselves
  const sum = await total("from=2026-03-16&to=2026-03-29");
  await page.locator(".rtab tfoot .lk").first().click();
  const shown = async () => {
    await page.locator("dialog .behind tbody tr").first().waitFor();
    while (await page.locator("dialog .behind > .btn").count()) {
      const had = await page.locator("dialog .behind tbody tr").count();
      await page.locator("dialog .behind > .btn").click();
      await page.waitForFunction((n) => document.querySelectorAll("dialog .behind tbody tr").length > n || !document.querySelector("dialog .behind > .btn"), had);
    }
    return page.locator("dialog .behind tbody tr").count();
  };
  assert.equal(await shown(), sum.deals);
  assert.ok((await page.locator("dialog .oneord a[href^='/orders/']").count()) > 0, "a deal shows its orders");
  await page.locator("dialog .seg").getByRole("button", { name: "订单" }).click();
  await page.locator("dialog .ords").waitFor();
  assert.equal(await shown(), sum.orders);
  assert.match((await page.locator("dialog .ords a[href^='/desk/']").first().getAttribute("href"))!, /^\/desk\/c/);
  await page.keyboard.press("Escape");

  // one customer, found by name with the keyboard
  const talk = (await owner.ok("GET", "/reports/conversations?from=2026-03-16&to=2026-03-29&what=first&limit=1")).items[0], all = sum.first.n;
  const someone = (await owner.ok("GET", `/customers?q=${encodeURIComponent(talk.customer.slice(0, 2))}&limit=1`)).items[0];
  await page.locator(".cpk input").fill(talk.customer.slice(0, 2));
  await page.locator(".cpk-l li.on").waitFor();
  await page.locator(".cpk input").press("Enter");
  await page.waitForURL(/customer=/);
  assert.equal(new URL(page.url()).searchParams.get("customer"), someone.id);
  const mine = (await total(`from=2026-03-16&to=2026-03-29&customer=${someone.id}`)).first.n;
  assert.ok(mine < all);
  if (mine) await page.waitForFunction((n) => document.querySelector(".rtab tfoot td:nth-child(2)")?.textContent?.replace(/[^0-9]/g, "") === String(n), mine);
  await page.locator(".cpk-on button").click();
  await page.waitForURL((u) => !u.search.includes("customer="));
});

test("a report of the rulebook: beside the span before, for one role, and what a filter does not reach is said", async () => {
  const at = "/reports/declared/" + encodeURIComponent("成交周报"), span = "from=2026-03-16&to=2026-03-22";
  await page.goto(`${desk.url}${at}?${span}`);
  await page.locator(".tbl tbody tr").first().waitFor();
  await page.locator(".cmp select").selectOption("before");
  await page.waitForURL(/compare=1/);
  await page.locator(".tbl .was").first().waitFor();
  const r = await owner.ok("GET", `${at}?${span}&compare=1`), old = new Map(r.before.rows.map((x: any) => [x.person, x]));
  const nth = r.rows.findIndex((x: any) => Number((old.get(x.person) as any)?.c0) > 0), one = old.get(r.rows[nth].person) as any;
  const texts = (await page.locator(`.tbl tbody tr:nth-child(${nth + 1}) .was`).allTextContents()).map((x) => x.replace("比的那段", "").trim());
  assert.deepEqual(texts, [one.c0, one.c1, one.c2]);
  await page.getByLabel("岗位").selectOption("组长");
  await page.waitForURL(/role=/);
  const leaders = (await owner.ok("GET", `${at}?${span}&role=${encodeURIComponent("组长")}`)).rows.length;
  await page.waitForFunction((n) => document.querySelectorAll(".tbl tbody tr").length === n, leaders);
  await page.goto(`${desk.url}${at}?${span}&channel=${encodeURIComponent("聊天窗")}`);
  await page.locator(".note.a").filter({ hasText: "按渠道筛不到这些列，它们空着：成交" }).waitFor();
  assert.match((await page.locator("a[href*='.xlsx']").getAttribute("href"))!, /channel=.*language=zh/);
  await page.locator(".nofig").filter({ hasText: "订单.成交没有渠道" }).first().waitFor();
});

test("the floor: its numbers open their lists, and what nobody took says so", async () => {
  await page.goto(desk.url + "/floor");
  await page.locator(".fopen a").first().waitFor();
  const f = await owner.ok("GET", "/floor");
  const links = await page.locator(".fopen a").evaluateAll((l) => l.map((a) => [a.textContent!, a.getAttribute("href")!]));
  assert.deepEqual(links.slice(0, 2).map((l) => l[1]), ["/desk?box=open", "/desk?box=waiting"]);
  const complaints = f.cases.filter((k: any) => k.type === "投诉").length;
  if (complaints) assert.ok(links.some((l) => l[0]!.includes(String(complaints)) && decodeURIComponent(l[1]!) === "/cases?type=投诉"), JSON.stringify(links));
  const unnamed = f.proposed.filter((s: any) => !s.person_name);
  for (const text of await page.locator(".fi > .ell:first-of-type, .fi > :nth-child(2)").allTextContents()) assert.doesNotMatch(text.trim(), /^\d/, "a slip with nobody's name: " + text);
  if (unnamed.length) await page.locator(".fi").filter({ hasText: "没有人接的会话" }).first().waitFor();
  assert.doesNotMatch((await page.locator(".fsay").textContent())!, /(\d\d:\d\d) 到 \1/);
  await page.locator(".fopen a").nth(0).click();
  await page.waitForURL(/\/desk\?box=open/);
  await page.locator(".qs [role=option]").first().waitFor();
  assert.equal(await page.locator(".qs [role=option]").count() > 0, true);
  assert.deepEqual(faults, []);
});
