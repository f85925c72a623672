// When things go wrong in front of people: a second tab, a network that is gone for a while, a program that is killed.
// Nothing acknowledged is lost, nothing shows twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, openBrowser, openPage, Person, stage, visit } from "./desk.ts";

const PASSWORD = "troubles-2026";

async function ready(desk: Desk) {
  await fetch(desk.url + "/api/v1/setup", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ shop: "青禾家居", template: "c14", owner: { name: "周远", job_number: "001", password: PASSWORD } }),
  });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  await owner.ok("POST", "/people", { name: "林晓", job_number: "017", role: "客服", base_wage_fen: 450000, password: PASSWORD });
  const lin = await Person.signIn(desk, "017", PASSWORD);
  await lin.ok("POST", "/presence", { state: "online" });
  return lin;
}

async function visitor(desk: Desk) {
  const post = (path: string, body: object) => visit(desk, path, body);
  const { token } = await post("/w/start", { name: "阿树" });
  return { say: (text: string) => post("/w/messages", { token, text }), heard: async () => ((await (await fetch(`${desk.url}/w/messages?token=${encodeURIComponent(token)}&since=0`)).json()) as any) };
}

test("two tabs, a lost network and a killed program lose nothing and double nothing", async (t) => {
  const faults: string[] = [];
  let desk = await Desk.start();
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await desk.stop();
  });
  const lin = await ready(desk);
  const guest = await visitor(desk);
  const { conversation } = await guest.say("第一句");

  // two tabs of one person
  const one = await openPage(browser, desk, lin, 1440, 900, faults);
  const two = await one.context().newPage();
  for (const page of [one, two]) {
    await page.goto(`${desk.url}/desk/${conversation}`);
    await page.locator("textarea.ta").waitFor();
  }
  await one.locator("textarea.ta").fill("从第一页答");
  await one.locator("textarea.ta").press("Enter");
  await two.getByText("从第一页答", { exact: true }).first().waitFor();
  assert.equal(await two.locator(".cv, main").getByText("从第一页答", { exact: true }).count() >= 1, true);
  await two.close();

  // the network goes while both sides are talking
  await one.context().setOffline(true);
  await guest.say("断网时说的一");
  await guest.say("断网时说的二");
  await one.locator("textarea.ta").fill("断网时写的答复");
  await one.locator("textarea.ta").press("Enter");
  await one.waitForTimeout(1500);
  await one.context().setOffline(false);
  await one.getByText("断网时说的二", { exact: true }).first().waitFor({ timeout: 40000 });
  for (let i = 0; ; i++) {
    const texts = (await lin.ok("GET", `/conversations/${conversation}`)).messages.map((m: any) => m.text);
    const answers = texts.filter((x: string) => x === "断网时写的答复").length;
    assert.ok(answers <= 1, "sent once");
    if (answers === 1) break;
    assert.ok(i < 120, "the unsent answer goes out when the network is back: " + JSON.stringify(texts));
    await one.waitForTimeout(250);
  }

  // the program is killed and comes back on the same folder
  await desk.kill();
  desk = await Desk.start(undefined, desk.folder, desk.port);
  const after = (await lin.ok("GET", `/conversations/${conversation}`)).messages.map((m: any) => m.text);
  for (const text of ["第一句", "从第一页答", "断网时说的一", "断网时说的二", "断网时写的答复"]) assert.equal(after.filter((x: string) => x === text).length, 1, text);
  await guest.say("重启以后");
  await one.getByText("重启以后", { exact: true }).first().waitFor({ timeout: 40000 });
  assert.deepEqual(faults.filter((f) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket|Failed to fetch|NetworkError/.test(f)), []);
});

test("ten tabs and a program that is killed under them: every tab says it is cut off, then how much it caught up, and shows each word once", { timeout: 200_000 }, async (t) => {
  const faults: string[] = [];
  let desk = await Desk.start(undefined, undefined, 0, ["--no-limits"]);
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await desk.stop();
  });
  const lin = await ready(desk), guest = await visitor(desk);
  const { conversation } = await guest.say("开头");
  const first = await openPage(browser, desk, lin, 1000, 700, faults);
  const tabs = [first, ...(await Promise.all(Array.from({ length: 9 }, () => first.context().newPage())))];
  for (const page of tabs) {
    await page.goto(`${desk.url}/desk/${conversation}`);
    await page.locator("textarea.ta").waitFor();
  }
  // the network of all ten goes; twelve words are said meanwhile; a reply is written in one of them and sent twice by an impatient hand
  await first.context().setOffline(true);
  for (const page of tabs) await page.locator(".strp.am").waitFor({ timeout: 20000 });
  const words = Array.from({ length: 12 }, (_, i) => `断线时的第 ${i + 1} 句`);
  for (const text of words) await guest.say(text);
  await first.locator("textarea.ta").fill("十个页面只答一次");
  await first.locator("textarea.ta").press("Enter");
  await first.locator(".mg.a").filter({ hasText: "十个页面只答一次" }).waitFor();
  assert.match(await first.locator(".mg.a").last().innerText(), /送出中|没送出/, "what is not sent is marked");
  await first.context().setOffline(false);
  await first.locator(".strp.gr").getByText(/补回 \d+ 条/).waitFor({ timeout: 40000 });
  for (const page of tabs)
    for (const text of [words[0]!, words[11]!]) await page.locator(".mg").getByText(text, { exact: true }).first().waitFor({ timeout: 40000 });
  for (const page of tabs) for (const text of words) assert.equal(await page.locator(".mg").getByText(text, { exact: true }).count(), 1, text);

  // the program dies under all ten and comes back on the same folder; what had been acknowledged is there, once
  await guest.say("死之前的一句");
  await desk.kill();
  for (const page of tabs.slice(0, 3)) await page.locator(".strp.am").waitFor({ timeout: 30000 });
  desk = await Desk.start(undefined, desk.folder, desk.port, ["--no-limits"]);
  await guest.say("活过来的一句");
  for (const page of tabs) for (const text of ["死之前的一句", "活过来的一句"]) await page.locator(".mg").getByText(text, { exact: true }).first().waitFor({ timeout: 60000 });
  for (let i = 0; ; i++) {
    const texts = (await lin.ok("GET", `/conversations/${conversation}`)).messages.map((m: any) => m.text);
    for (const text of ["开头", ...words, "死之前的一句", "活过来的一句"]) assert.equal(texts.filter((x: string) => x === text).length, 1, text);
    const answers = texts.filter((x: string) => x === "十个页面只答一次").length;
    assert.ok(answers <= 1, "answered once");
    if (answers === 1) break;
    assert.ok(i < 200, "the answer written without a network goes out");
    await first.waitForTimeout(200);
  }
  for (const page of tabs) {
    await page.locator(".mg.a").getByText("十个页面只答一次", { exact: true }).first().waitFor({ timeout: 20000 });
    for (const text of ["十个页面只答一次", "死之前的一句", "活过来的一句"]) assert.equal(await page.locator(".mg").getByText(text, { exact: true }).count(), 1, text);
  }
  assert.deepEqual(faults.filter((f) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_NETWORK|WebSocket|Failed to fetch|NetworkError/.test(f)), []);
});

test("what a customer says after the page was read and before its line stands is shown all the same", async (t) => {
  const { desk, browser, faults } = await stage(t);
  const lin = await ready(desk);
  const guest = await visitor(desk);
  const { conversation } = await guest.say("第一句");
  const page = await openPage(browser, desk, lin, 1440, 900, faults);
  // the feed's line stands only when the test lets it
  await page.addInitScript(() => {
    const Real = WebSocket;
    let open!: () => void;
    const may = new Promise<void>((r) => { open = r; });
    (window as any).letLine = open;
    (window as any).WebSocket = class {
      onmessage: unknown; onclose: unknown; readyState = 0; real?: WebSocket;
      constructor(url: string) { void may.then(() => { const s = (this.real = new Real(url)); s.onmessage = (m) => (this.onmessage as any)?.(m); s.onclose = (e) => { this.readyState = 3; (this.onclose as any)?.(e); }; s.onopen = () => { this.readyState = 1; }; }); }
      send(x: string) { this.real?.send(x); }
      close() { this.real?.close(); }
    };
  });
  await page.goto(`${desk.url}/desk/${conversation}`);
  await page.locator(".mg").getByText("第一句", { exact: true }).first().waitFor();
  await guest.say("没有线时说的");
  await page.evaluate(() => (window as any).letLine());
  await page.locator(".mg").getByText("没有线时说的", { exact: true }).first().waitFor();
  await page.locator(".it").getByText("没有线时说的").waitFor();
  assert.equal(await page.locator(".mg").getByText("没有线时说的", { exact: true }).count(), 1);
  assert.equal(await page.locator(".strp.gr").count(), 0, "no break is told of");
  assert.deepEqual(faults, []);
});
