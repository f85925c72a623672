// Leave in real browsers: the head agrees to it on the page of approvals; when it begins, the colleague is asked on her desk and takes all
// of it with one press, and the leader's floor shows it until then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, openPage, setUp, stage, visit } from "./desk.ts";

const DAY = "2026-03-05";

test("an approved leave hands over open work, and somebody says yes to it", async (t) => {
  let now = at(`${DAY} 10:00`);
  const { desk, browser, faults } = await stage(t, now);
  const pass = (ms: number) => desk.tick((now += ms));
  const { owner, hire } = await setUp(desk);
  const lin = await hire("林晓", "017", "客服"), su = await hire("苏琪", "018", "客服"), chen = await hire("陈嘉", "003", "组长"), fang = await hire("方宁", "002", "部门经理");
  const shift = (await chen.ok("GET", `/roster?from=${DAY}&to=${DAY}`)).shifts.find((s: any) => s.start <= "10:00" && s.end > "12:00" && !s.next_day);
  await owner.ok("PUT", "/roster", { from: DAY, to: DAY, cells: [lin, su].map((p) => ({ person: p.id, date: DAY, shift: shift.name })) });
  await lin.ok("POST", "/presence", { state: "online" });
  const visitor = async (name: string, text: string) => {
    const post = (path: string, body: object) => visit(desk, path, body);
    const { token } = await post("/w/start", { page: "https://shop.example/item/1", name });
    return (await post("/w/messages", { token, text })).conversation as string;
  };
  const ids = [await visitor("甘棠", "什么时候发货"), await visitor("季夏", "能改地址吗")];
  for (const id of ids) await lin.ok("POST", `/conversations/${id}/messages`, { text: "马上帮您看" });
  await su.ok("POST", "/presence", { state: "online" });
  await lin.ok("POST", "/cases", { type: "请假", fields: { 申请人: lin.id, 起时: at(`${DAY} 10:30`), 止时: at(`${DAY} ${shift.end}`), 种类: "事假", 事由: "接孩子" } });

  // the head agrees in the browser
  const head = await openPage(browser, desk, fang, 1440, 900, faults);
  await head.goto(desk.url + "/approvals");
  await head.getByText("接孩子").first().waitFor();
  await head.locator(".apc", { hasText: "接孩子" }).locator(".apa button.p").click();
  for (let i = 0; (await lin.ok("GET", "/cases?type=" + encodeURIComponent("请假"))).items[0].state !== "批准"; i++) {
    assert.ok(i < 200, "the leave is agreed to");
    await head.waitForTimeout(100);
  }

  const colleague = await openPage(browser, desk, su, 1440, 900, faults), leader = await openPage(browser, desk, chen, 1440, 900, faults);
  await colleague.goto(desk.url + "/desk");
  await leader.goto(desk.url + "/floor");
  await leader.locator(".pr", { hasText: "林晓" }).waitFor();
  await leader.locator(".pr", { hasText: "林晓" }).getByText(/10:30 到 \d\d:\d\d 请假/).waitFor();
  assert.equal(await leader.locator(".hov").count(), 0);
  await pass(29 * 60_000);
  assert.equal(await colleague.locator(".hov").count(), 0, "not before it begins");
  await pass(2 * 60_000);
  await colleague.locator(".hov").getByText(/请你接下/).waitFor();
  await leader.locator(".hov").getByText(/林晓/).waitFor();
  await leader.locator(".hov").getByText(/请假/).first().waitFor();
  await leader.locator(".pr", { hasText: "林晓" }).getByText(`请假到 ${shift.end}`).waitFor();
  for (const id of ids) assert.equal((await owner.ok("GET", `/conversations/${id}`)).agent, lin.id, "until she has said yes it stays");
  await colleague.locator(".hov button.p").click();
  await colleague.locator(".qr").nth(1).waitFor();
  for (const id of ids) assert.equal((await owner.ok("GET", `/conversations/${id}`)).agent, su.id);
  await leader.locator(".hov").waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});
