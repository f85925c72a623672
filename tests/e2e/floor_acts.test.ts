// A leader on the floor and two agents, in real browsers: watch, whisper, take over by two at once, set somebody away, take what somebody left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, Person, setUp, stage } from "./desk.ts";


test("a leader watches, whispers, takes over; of two leaders one wins; a handover is taken as a whole", async (t) => {
  const { desk, browser, faults } = await stage(t);
  const { owner, hire } = await setUp(desk);
  const lin = await hire("林晓", "017", "客服"), su = await hire("苏琪", "018", "客服"), chen = await hire("陈嘉", "003", "组长"), fang = await hire("方宁", "002", "主管");
  const me = async (p: Person) => (await p.ok("GET", "/me")).person.id as string;
  await lin.ok("POST", "/presence", { state: "online" });

  const shop = await openPage(browser, desk, null, 390, 844, faults);
  await shop.goto(desk.url + "/shop");
  await shop.locator("button.go").click();
  await shop.locator("section.w textarea").fill("三天了还没发货");
  await shop.locator("section.w button.bt").first().click();
  const agent = await openPage(browser, desk, lin, 1440, 900, faults);
  await agent.goto(desk.url + "/desk");
  await agent.locator(".qr").first().click();
  await agent.locator(".mg").getByText("三天了还没发货", { exact: true }).waitFor();
  const id = agent.url().split("/desk/")[1]!.split("?")[0]!;

  // watch: opened by the leader, nothing reaches the customer
  const leader = await openPage(browser, desk, chen, 1440, 900, faults);
  await leader.goto(`${desk.url}/desk/${id}`);
  await leader.locator(".mg").getByText("三天了还没发货", { exact: true }).waitFor();
  // whisper: stands over the agent's composer until it is put away, also after a reload it stays away
  await leader.locator(".tb.wh").click();
  await leader.locator("textarea.ta").fill("先道歉，再查物流");
  await leader.locator("button.whb").click();
  await agent.locator(".whs").getByText("先道歉，再查物流").waitFor();
  await agent.screenshot({ path: "test-results/whisper-agent.png" }).catch(() => {});
  await agent.locator(".whs button").click();
  await agent.locator(".whs").waitFor({ state: "detached" });
  await agent.reload();
  await agent.locator(".mg.wh").getByText("先道歉，再查物流").waitFor();
  assert.equal(await agent.locator(".whs").count(), 0);
  assert.equal(await shop.getByText("先道歉").count(), 0, "the customer sees nothing of it");
  // an agent has no whisper button
  await su.ok("POST", "/presence", { state: "online" });
  const other = await openPage(browser, desk, su, 1440, 900, faults);
  await other.goto(`${desk.url}/desk/${id}`);
  await other.locator(".mg").getByText("三天了还没发货", { exact: true }).waitFor();
  assert.equal(await other.locator(".tb.wh").count(), 0);
  assert.equal(await other.locator(".mg.wh").count(), 0);

  // two leaders take over at once, both seeing the same holder
  const boss = await openPage(browser, desk, fang, 1440, 900, faults);
  await boss.goto(`${desk.url}/desk/${id}`);
  for (const p of [leader, boss]) {
    await p.locator(".cvh .btn", { hasText: "接管" }).click();
    await p.locator("dialog[open] input, dialog[open] textarea, [role=dialog] input, [role=dialog] textarea").first().fill("顾客催了三次");
  }
  const go = (p: typeof leader) => p.locator("[role=dialog], dialog[open]").locator("button.p").click();
  await Promise.all([go(leader), go(boss)]);
  const holder = async () => (await owner.ok("GET", `/conversations/${id}`)).agent as string;
  for (let i = 0; i < 100 && (await holder()) === (await me(lin)); i++) await leader.waitForTimeout(50);
  const won = await holder();
  assert.ok([await me(chen), await me(fang)].includes(won), "one of them has it");
  const lost = won === (await me(chen)) ? boss : leader;
  await lost.locator(".toast, [role=status], [role=alert]").getByText(/刚刚接手了这段会话|你的接管没有做/).first().waitFor();

  // set away on the floor, with a reason the agent sees; back to the floor for what somebody leaves
  await leader.goto(desk.url + "/floor");
  const row = leader.locator(".pr", { hasText: "林晓" });
  await row.locator(".pmn button").first().click();
  const whole = await row.locator(".mnp .mi").evaluateAll((all) => all.every((e) => { const b = e.getBoundingClientRect(), hit = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2); return !!hit && e.contains(hit); }));
  assert.ok(whole, "the menu is not cut by the panel of a small team");
  await row.getByText("设为离席").first().click();
  await leader.locator("[role=dialog] input, [role=dialog] textarea, dialog[open] input, dialog[open] textarea").first().fill("支援仓库");
  await leader.locator("[role=dialog], dialog[open]").locator("button.p").click();
  await leader.locator(".pr", { hasText: "林晓" }).getByText("支援仓库").waitFor();
  await agent.locator("button.aw").waitFor();
  await agent.locator("button.aw").click();
  await agent.locator("button.aw").waitFor({ state: "detached" });

  // an answered talk of who goes is a handover: the colleague takes all of it
  await fetch(`${desk.url}/api/v1/health`);
  const winner = won === (await me(chen)) ? chen : fang;
  await winner.ok("POST", `/conversations/${id}/transfer`, { to: await me(lin), reason: "还给你" });
  await lin.ok("POST", `/conversations/${id}/messages`, { text: "已经发出" });
  await lin.ok("POST", "/presence", { state: "offline" });
  await leader.locator(".hov").getByText(/林晓/).waitFor();
  await leader.screenshot({ path: "test-results/floor-handover.png" }).catch(() => {});
  await other.goto(desk.url + "/desk");
  await other.locator(".hov").getByText(/请你接下/).waitFor();
  await other.locator(".hov button.p").click();
  await other.locator(".qr").first().waitFor();
  assert.equal(await holder(), await me(su));
  await leader.locator(".hov").waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});
