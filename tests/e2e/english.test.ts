// An English desk speaks English: with an English rulebook, English names and English words of customers, no page of an agent, a leader
// or the owner holds a Chinese letter, neither in its text nor in its labels, hints and titles; what names a language in itself is
// marked as such.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { at, Desk, openBrowser, openPage, Person, ROOT, settled } from "./desk.ts";

const password = "correct horse 9";
const PAGES: Record<string, string[]> = {
  agent: ["/desk", "TALK", "/cases", "CASE", "/orders", "/orders/260305001", "/handover", "/shifts", "/my", "WHY", "/rules", "/fund", "/find?q=table", "/settings", "/settings/password", "/settings/phrases", "/settings/tags", "/settings/shop", "/settings/wages", "/m", "/m/today", "/m/my", "/m/find", "/nowhere"],
  leader: ["/floor", "/approvals", "/roster", "/review", "/reports", "/reports/workload", "/phrases/review", "/m", "CASE"],
  owner: ["/book/read", "/book/edit", "/book/figures", "/book/versions", "/book/try", "/people", "/settle", "/products", "/settings/routing", "/settings/presence", "/settings/chats", "/settings/channels", "/settings/window", "/settings/wages", "/settings/calendar", "/settings/keys", "/settings/webhooks", "/reports/attendance"],
};

/** Every Chinese letter of a page with what stands around it; text in an element marked as Chinese is left out. */
const chinese = (page: Page) => page.evaluate(() => {
  const han = /[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]/, out: string[] = [];
  const marked = (e: Element | null) => !!e?.closest('[lang^="zh"]');
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement, text = n.textContent!.trim();
    if (han.test(text) && !marked(e) && e!.checkVisibility()) out.push(`${e!.className || e!.tagName}: ${text.slice(0, 80)}`);
  }
  for (const e of document.body.querySelectorAll("[aria-label],[title],[placeholder],[alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) { const text = e.getAttribute(name); if (text && han.test(text) && !marked(e)) out.push(`${name} of ${e.className || e.tagName}: ${text.slice(0, 80)}`); }
  if (han.test(document.title)) out.push(`title: ${document.title}`);
  return [...new Set(out)];
});

test("no Chinese letter on any page of an English desk", { timeout: 280_000 }, async (t) => {
  const desk = await Desk.start(at("2026-03-05 10:00"), undefined, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => { await browser.close(); await desk.stop(); });
  let owner = new Person(desk);
  await owner.ok("POST", "/setup", { shop: "Green Oak", source: readFileSync(join(ROOT, "tests/data/books/english.md"), "utf8"), owner: { name: "Max", job_number: "001", password } });
  owner = await Person.signIn(desk, "001", password);
  await owner.ok("POST", "/people", { name: "Leo", job_number: "003", role: "leader", password });
  await owner.ok("POST", "/people", { name: "Amy", job_number: "101", role: "agent", password });
  const leader = await Person.signIn(desk, "003", password), agent = await Person.signIn(desk, "101", password);
  for (const p of [owner, leader, agent]) await p.ok("PUT", "/me/prefs", { lang: "en", theme: "light" });

  // a day: a customer served late, a complaint, an order, a tag, a phrase, a note, leave asked for
  await agent.ok("POST", "/presence", { state: "online" });
  const visitor = async (path: string, body: object) => (await (await fetch(`${desk.url}/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json()) as any;
  const { token } = await visitor("/w/start", { page: "https://shop.example/" });
  await visitor("/w/messages", { token, text: "Is the table in stock?" });
  await desk.tick(at("2026-03-05 10:01"));
  const talk = (await agent.ok("GET", "/conversations?box=mine")).items[0];
  await agent.ok("POST", `/conversations/${talk.id}/messages`, { text: "Yes, it is" });
  await agent.ok("POST", `/conversations/${talk.id}/messages`, { text: "asks for the 45 cm one", note: true });
  await leader.call("PUT", "/tags/stock", { group: "goods", colour: "pine" });
  await agent.call("PUT", `/conversations/${talk.id}/tags`, { tags: ["stock"] });
  await owner.call("POST", "/phrases", { scope: "desk", group: "Greeting", keys: "hi", text: "Hello {customer}" });
  const kase = await agent.call("POST", "/cases", { type: "complaint", fields: { customer: talk.customer.id, cause: "service", person: agent.id } });
  const slips = (await agent.ok("GET", "/my/2026-03")).slips as any[];
  assert.ok(slips.length > 0, "the late answer costs something");

  const found: string[] = [];
  let looked = 0;
  for (const [role, who] of Object.entries({ agent, leader, owner })) {
    const faults: string[] = [], page = await openPage(browser, desk, who, 1440, 900, faults);
    for (const p of PAGES[role]!) {
      const path = p === "TALK" ? `/desk/${talk.id}` : p === "WHY" ? `/why/${slips[0].id}` : p === "CASE" ? (kase.status < 300 ? `/cases/${kase.body.number ?? kase.body.id}` : "") : p;
      if (!path) continue;
      await page.goto(desk.url + path);
      await settled(page);
      looked++;
      for (const c of await chinese(page)) found.push(`${role} ${p}: ${c}`);
    }
    found.push(...faults.map((f) => `${role}: ${f}`));
    await page.context().close();
  }
  // the customer's side
  const customer = await openPage(browser, desk, null, 390, 780);
  await customer.goto(desk.url + "/login");
  await customer.getByRole("button", { name: "English" }).click();
  for (const c of await chinese(customer)) found.push(`login: ${c}`);
  assert.deepEqual(found, []);
  assert.ok(looked >= 48, `only ${looked} pages were looked at`);
});
