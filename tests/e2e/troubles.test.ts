// When things go wrong in front of people: a second tab, a network that is gone for a while, a program that is killed.
// Nothing acknowledged is lost, nothing shows twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, openBrowser, openPage, Person } from "./desk.ts";

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
  const post = async (path: string, body: object) => (await (await fetch(desk.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json()) as any;
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
