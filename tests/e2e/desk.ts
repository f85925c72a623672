// A real desk for the browser tests: the real binary on a fresh folder, its clock in the test's hand, and people who are
// signed in over HTTP. Nothing is mocked; the browser is the system's Chromium.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { freePort } from "../support/free_port.ts";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** An instant of the desk's zone (Asia/Shanghai) in UTC milliseconds. */
export function at(text: string): number {
  return Date.parse(text.replace(" ", "T") + (text.length === 16 ? ":00" : "") + "+08:00");
}

export interface Answer {
  status: number;
  body: any;
}

export class Desk {
  constructor(
    readonly url: string,
    readonly folder: string,
    readonly port: number,
    private process: ChildProcess,
    private log: string[],
  ) {}

  /** Start a desk. `now`: the instant its clock stands at; it moves only by tick(). Without it, real time. */
  static async start(now?: number, folder = mkdtempSync(join(tmpdir(), "guiju-e2e-")), port = 0, more: string[] = []): Promise<Desk> {
    const binary = process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju");
    if (!existsSync(binary)) throw new Error(`no program at ${binary}: ./dev build`);
    port ||= await freePort();
    const args = ["serve", ...(process.env.GUIJU_WEB ? ["--web", process.env.GUIJU_WEB] : []), "--data", folder, "--listen", `127.0.0.1:${port}`, "--rulebooks", join(ROOT, "rulebooks"), ...more];
    if (now !== undefined) {
      writeFileSync(join(folder, "clock"), String(now));
      args.push("--clock", join(folder, "clock"));
    }
    const log: string[] = [];
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout!.on("data", (d) => log.push(String(d)));
    child.stderr!.on("data", (d) => log.push(String(d)));
    const desk = new Desk(`http://127.0.0.1:${port}`, folder, port, child, log);
    for (let i = 0; ; i++) {
      if (child.exitCode !== null) throw new Error("the desk ended: " + log.join(""));
      const ok = await fetch(desk.url + "/api/v1/health").then((r) => r.ok, () => false);
      if (ok) return desk;
      if (i > 400) throw new Error("the desk does not answer: " + log.join(""));
      await new Promise((r) => setTimeout(r, 25));
    }
  }

  /** Move the clock to an instant and let everything that is due happen. */
  async tick(now: number): Promise<void> {
    const file = join(this.folder, "clock");
    writeFileSync(file + ".new", String(now));
    renameSync(file + ".new", file);
    for (let i = 0; i < 4000; i++) {
      if (existsSync(file + ".done") && readFileSync(file + ".done", "utf8").trim() === String(now)) return;
      await new Promise((r) => setTimeout(r, 5));
    }
    throw new Error("the clock did not move: " + this.log.join(""));
  }

  /** A power cut. The folder stays. */
  async kill(): Promise<void> {
    const ended = new Promise((r) => this.process.once("exit", r));
    this.process.kill("SIGKILL");
    await ended;
  }

  /** In good order: a desk that crashed, or ends with anything but 0, fails the test. One that was killed on purpose has ended already. */
  async stop(keep = false): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((r) => this.process.once("exit", r));
      this.process.kill("SIGTERM");
      await ended;
    }
    const { exitCode, signalCode } = this.process;
    if (exitCode !== 0 && signalCode !== "SIGKILL") throw new Error(`the desk ended with ${exitCode ?? signalCode}: ${this.log.join("").slice(-4000)}`);
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  output(): string {
    return this.log.join("");
  }
}

/** A person signed in over HTTP. */
export class Person {
  cookie = "";
  csrf = "";
  id = "";
  private credentials?: { job_number: string; password: string };
  constructor(readonly desk: Desk) {}

  static async signIn(desk: Desk, job_number: string, password: string): Promise<Person> {
    const p = new Person(desk);
    p.credentials = { job_number, password };
    await p.renew();
    return p;
  }

  /** Sign in again: a session does not outlive a long absence. */
  async renew(): Promise<void> {
    this.cookie = this.csrf = "";
    const r = await this.send("POST", "/login", this.credentials);
    if (r.status !== 200) throw new Error(`sign-in of ${this.credentials?.job_number}: ${r.status} ${JSON.stringify(r.body)}`);
    await this.me();
  }

  async me(): Promise<any> {
    const r = await this.send("GET", "/me");
    this.csrf = r.body.csrf;
    this.id = r.body.person.id;
    return r.body;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const r = await this.send(method, path, body, headers);
    if (r.status !== 401 || !this.credentials) return r;
    await this.renew();
    return await this.send(method, path, body, headers);
  }

  private async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const r = await fetch(this.desk.url + "/api/v1" + path, {
      method,
      headers: {
        ...(body === undefined || typeof body === "string" || body instanceof Uint8Array ? {} : { "Content-Type": "application/json" }),
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(this.csrf ? { "X-CSRF": this.csrf } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : body instanceof Uint8Array ? (body as any) : JSON.stringify(body),
    });
    const set = /(?:^|,\s*)(gj=[^;,]+)/.exec(r.headers.get("set-cookie") ?? "");
    if (set) this.cookie = set[1]!;
    const text = await r.text();
    let parsed: any = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      /* a file or a page */
    }
    return { status: r.status, body: parsed };
  }

  /** Like call, but anything but success is a fault of the test. */
  async ok(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<any> {
    const r = await this.call(method, path, body, headers);
    if (r.status >= 300) throw new Error(`${method} ${path}: ${r.status} ${JSON.stringify(r.body)}`);
    return r.body;
  }
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

const open = new WeakMap<Page, Set<object>>();

/** The page has asked for nothing more and drawn what came. Half a second a page quicker than waiting for an idle network. */
export async function settled(page: Page): Promise<void> {
  const asked = open.get(page)!;
  for (let quiet = 0, tries = 0; quiet < 3; tries++) {
    if (tries > 500) throw new Error(`${page.url()} does not settle`);
    await page.waitForTimeout(20);
    quiet = asked.size === 0 && (await page.evaluate(() => !document.querySelector(".skel.shown, .boot"))) ? quiet + 1 : 0;
  }
}

/** A page in Chinese at a width, with a person's session, that fails the test on any error in its console. */
export async function openPage(browser: Browser, desk: Desk, who: Person | null, width = 1440, height = 900, faults: string[] = []) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" });
  if (who) {
    const [name, value] = who.cookie.split("=");
    await context.addCookies([{ name: name!, value: value!, url: desk.url }]);
  }
  const page = await context.newPage(), asked = new Set<object>();
  open.set(page, asked);
  page.on("request", (r) => { if (r.isNavigationRequest() && r.frame() === page.mainFrame()) asked.clear(); asked.add(r); });
  page.on("requestfinished", (r) => asked.delete(r));
  page.on("requestfailed", (r) => asked.delete(r));
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) faults.push(m.text());
  });
  return page;
}

export const PASSWORD = "correct horse 9";

/** A rulebook of three posts, for tests that need people and nothing else of it. */
export const SMALL_BOOK = `# 小店办法\n\n\`\`\`guiju\n制度 small “小店办法”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长 上级 经理\n岗位 经理\n排班 客服 由 组长: 每 周 休 1天\n\`\`\`\n`;

/** The first run: a shop with its rulebook (c14 unless another is given) and its owner, who takes people on. */
export async function setUp(desk: Desk, book: { source: string } | { template: string } = { template: "c14" }) {
  await new Person(desk).ok("POST", "/setup", { shop: "青禾家居", ...book, owner: { name: "周远", job_number: "001", password: PASSWORD } });
  const owner = await Person.signIn(desk, "001", PASSWORD);
  await nobodyIdles(owner);
  /** Somebody signed in; with `presence` also there. */
  const hire = async (name: string, job_number: string, role = "客服", presence?: string) => {
    await owner.ok("POST", "/people", { name, job_number, role, password: PASSWORD });
    const p = await Person.signIn(desk, job_number, PASSWORD);
    if (presence) await p.ok("POST", "/presence", { state: presence, presence });
    return p;
  };
  return { owner, hire };
}

/** A desk and a browser that end with the test, and the list of what pages complain of. */
export async function stage(t: TestContext, ...start: Parameters<typeof Desk.start>): Promise<{ desk: Desk; browser: Browser; faults: string[] }> {
  const desk = await Desk.start(...start), browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await desk.stop();
  });
  return { desk, browser, faults: [] };
}

/** The clock of a test leaps and nobody moves a mouse meanwhile: without this everybody is away "for not moving" as soon as the desk looks. */
export const nobodyIdles = (owner: Person): Promise<any> => owner.ok("PUT", "/settings/desk/idle_minutes", { value: 0 });

/** What the chat window asks of the desk. */
export const visit = async (desk: Desk, path: string, body: object): Promise<any> => (await fetch(desk.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
