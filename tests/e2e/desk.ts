// A real desk for the browser tests: the real binary on a fresh folder, its clock in the test's hand, and people who are
// signed in over HTTP. Nothing is mocked; the browser is the system's Chromium.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

export async function freePort(): Promise<number> {
  return await new Promise((done, fail) => {
    const s = createServer();
    s.on("error", fail);
    s.listen(0, "127.0.0.1", () => {
      const port = (s.address() as { port: number }).port;
      s.close(() => done(port));
    });
  });
}

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
  static async start(now?: number, folder = mkdtempSync(join(tmpdir(), "guiju-e2e-")), port = 0): Promise<Desk> {
    const binary = process.env.GUIJU_BINARY ?? join(ROOT, "build/src/app/guiju");
    if (!existsSync(binary)) throw new Error(`no program at ${binary}: ./dev build`);
    port ||= await freePort();
    const args = ["serve", ...(process.env.GUIJU_WEB ? ["--web", process.env.GUIJU_WEB] : []), "--data", folder, "--listen", `127.0.0.1:${port}`, "--rulebooks", join(ROOT, "rulebooks")];
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

  async stop(keep = false): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((r) => this.process.once("exit", r));
      this.process.kill("SIGTERM");
      await ended;
    }
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

/** A page in Chinese at a width, with a person's session, that fails the test on any error in its console. */
export async function openPage(browser: Browser, desk: Desk, who: Person | null, width = 1440, height = 900, faults: string[] = []) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" });
  if (who) {
    const [name, value] = who.cookie.split("=");
    await context.addCookies([{ name: name!, value: value!, url: desk.url }]);
  }
  const page = await context.newPage();
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) faults.push(m.text());
  });
  return page;
}
