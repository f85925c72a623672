// A tag gets another name in the settings while an agent has a conversation with it open: her page follows; two are made one and parted again.
// And who types first letters into the command box finds a colleague and a customer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, setUp, stage, visit } from "./desk.ts";


test("tags renamed, merged and parted again under an open page; people and customers by first letters", async (t) => {
  const { desk, browser, faults } = await stage(t);
  const { owner, hire } = await setUp(desk), lin = await hire("林晓", "017", "客服", "online");
  const post = (path: string, body: object) => visit(desk, path, body);
  const visitor = await post("/w/start", { page: "https://shop.example/item/1", name: "单小满" });
  const id = (await post("/w/messages", { token: visitor.token, text: "想退货" })).conversation as string;
  for (const [name, colour] of [["退货", "amber"], ["退换", "pine"]]) await owner.ok("PUT", `/tags/${encodeURIComponent(name!)}`, { group: "售后", colour });
  await lin.ok("POST", `/conversations/${id}/tags`, { tags: ["退货", "退换"] });

  const agent = await openPage(browser, desk, lin, 1440, 900, faults), boss = await openPage(browser, desk, owner, 1440, 900, faults);
  await agent.goto(`${desk.url}/desk/${id}`);
  await agent.locator(".cvh, .cv").getByText("退货", { exact: true }).first().waitFor();
  await boss.goto(desk.url + "/settings/tags");

  const row = (name: string) => boss.locator(".tgr").filter({ has: boss.locator("b", { hasText: new RegExp(`^${name}$`) }) });

  const gone = (name: string) => agent.waitForFunction((n) => ![...document.querySelectorAll("*")].some((x) => [...x.childNodes].some((c) => c.nodeType === 3 && c.textContent!.trim() === n)), name);

  // another name
  await row("退货").getByRole("button", { name: "给“退货”改名" }).click();
  await boss.locator(".tgn input").fill("想退货的");
  await boss.locator(".tgn input").press("Enter");
  await row("想退货的").waitFor();
  await agent.getByText("想退货的", { exact: true }).first().waitFor();
  await gone("退货");

  // into the other: said before it is done, both become one
  await row("想退货的").getByRole("button", { name: "给“想退货的”改名" }).click();
  await boss.locator(".tgn input").fill("退换");
  await boss.locator(".tgn").getByText(/已有“退换”/).waitFor();
  await boss.screenshot({ path: "test-results/tags-merge.png" }).catch(() => {});
  await boss.locator(".tgn").getByRole("button", { name: "并入“退换”" }).click();
  await row("想退货的").waitFor({ state: "detached" });
  for (let i = 0; (await owner.ok("GET", `/conversations/${id}`)).tags.length !== 1; i++) assert.ok(i < 100);
  await gone("想退货的");

  // and back, from the list of what was done
  await boss.locator(".tgm", { hasText: "并入" }).getByRole("button", { name: "撤销" }).click();
  await row("想退货的").waitFor();
  await agent.getByText("想退货的", { exact: true }).first().waitFor();
  assert.deepEqual((await owner.ok("GET", `/conversations/${id}`)).tags.sort(), ["想退货的", "退换"].sort());

  // first letters: a colleague, and a customer whose surname is said as a surname
  await boss.keyboard.press("Control+k");
  await boss.locator("[role=combobox]").first().fill("lx");
  await boss.locator("#pal-list, [role=listbox]").getByText(/林晓/).first().waitFor();
  await boss.locator("[role=combobox]").first().fill("sxm");
  await boss.locator("#pal-list, [role=listbox]").getByText(/单小满/).first().waitFor();
  assert.deepEqual(faults, []);
});
