// The customer's phone in a train: its network comes and goes while both sides talk. In the end every word stands in the window and at the
// desk, once, and in the order in which each side said it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, openBrowser, openPage, setUp } from "./desk.ts";


test("a phone network that comes and goes loses no word and doubles none", { timeout: 200_000 }, async (t) => {
  const desk = await Desk.start();
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await desk.stop();
  });
  const { hire } = await setUp(desk), lin = await hire("林晓", "017", "客服", "online");
  const phone = await openPage(browser, desk, null, 390, 844);
  const network = (on: boolean) => phone.context().setOffline(!on);
  await phone.goto(desk.url + "/shop");
  await phone.locator("button.go").click();
  const box = phone.locator("section.w"), words = box.locator("textarea");
  const say = async (text: string) => { await words.fill(text); await box.locator("button.bt").first().click(); };
  const asked: string[] = ["在吗"], answered: string[] = [];
  await say("在吗");
  let id = "";
  for (let i = 0; !id; i++) {
    assert.ok(i < 200, "the first words arrive");
    id = (await lin.ok("GET", "/conversations?box=mine")).items[0]?.id ?? "";
    if (!id) await phone.waitForTimeout(50);
  }
  const answer = async (text: string) => { answered.push(text); await lin.ok("POST", `/conversations/${id}/messages`, { text }); };
  await answer("在的，您说");
  await box.getByText("在的，您说", { exact: true }).waitFor();

  for (let round = 1; round <= 5; round++) {
    await network(false);
    for (const part of round % 2 ? ["甲"] : ["甲", "乙"]) { asked.push(`没网时的第${round}${part}句`); await say(asked.at(-1)!); }
    await answer(`第${round}次，她听不见`);
    await network(true);
    // back for a moment only, sometimes before anything was caught up; then away again
    if (round % 2) await box.getByText(`第${round}次，她听不见`, { exact: true }).waitFor({ timeout: 40_000 });
    asked.push(`有网时的第${round}句`);
    await say(asked.at(-1)!);
  }
  await network(true);
  const there = async () => (await lin.ok("GET", `/conversations/${id}`)).messages as any[];
  for (let i = 0; (await there()).filter((m) => m.by.type === "customer").length < asked.length; i++) {
    assert.ok(i < 400, "what was said without a network arrives");
    await phone.waitForTimeout(100);
  }
  const messages = await there();
  assert.deepEqual(messages.filter((m) => m.by.type === "customer").map((m) => m.text), asked);
  assert.deepEqual(messages.filter((m) => m.by.type === "agent").map((m) => m.text), answered);
  // and her window shows the same: each once
  for (const text of [...asked, ...answered]) {
    await box.getByText(text, { exact: true }).first().waitFor({ timeout: 40_000 });
    assert.equal(await box.getByText(text, { exact: true }).count(), 1, text);
  }
});
