// Starts the real program on a directory of its own, and speaks HTTP and WebSocket to it as a page, a widget or a machine would.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import { freePort } from '../support/free_port.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
export const password = 'correct horse 9'

export interface Answer { status: number; headers: Headers; body: any; text: string }
export interface Ask { body?: unknown; raw?: BodyInit; headers?: Record<string, string>; csrf?: string | null; key?: string }

export class Service {
  port = 0
  log = ''
  private child?: ChildProcess
  readonly dir = mkdtempSync(join(tmpdir(), 'guiju-test-'))
  get origin() { return `http://127.0.0.1:${this.port}` }

  async start(...options: string[]): Promise<this> {
    this.port ||= await freePort()
    const child = spawn(binary, ['serve', '--data', join(this.dir, 'data'), '--listen', `127.0.0.1:${this.port}`, ...options], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LANG: 'en_US.UTF-8' } })
    this.child = child
    child.stderr!.on('data', (d) => { this.log += d })
    await new Promise<void>((done, fail) => {
      child.stdout!.once('data', () => done())
      child.once('exit', (code) => fail(new Error(`the program ended with ${code}: ${this.log}`)))
    })
    return this
  }
  /** A desk whose clock stands where the test puts it. */
  async startAt(now: number, ...options: string[]): Promise<this> {
    mkdirSync(join(this.dir, 'data'), { recursive: true })
    writeFileSync(join(this.dir, 'clock'), String(now))
    return this.start('--clock', join(this.dir, 'clock'), ...options)
  }
  /** Moves that clock, and lets everything due happen. */
  async tick(now: number): Promise<void> {
    const file = join(this.dir, 'clock')
    writeFileSync(file + '.new', String(now))
    renameSync(file + '.new', file)
    for (let i = 0; i < 2000; i++) {
      if (existsSync(file + '.done') && readFileSync(file + '.done', 'utf8').trim() === String(now)) return
      await new Promise((r) => setTimeout(r, 5))
    }
    throw new Error('the clock did not move: ' + this.log)
  }
  /** The program ends by itself. */
  ended(): Promise<void> {
    const child = this.child!
    return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((done) => child.once('exit', () => { this.child = undefined; done() }))
  }
  get pid() { return this.child!.pid! }
  /** Ends the program; SIGKILL is a power cut. A program that does not end in good order, or had ended before, fails the test. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.child
    this.child = undefined
    if (!child) return null
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill(signal)
      await ended
    }
    if (signal === 'SIGTERM' && child.exitCode !== 0) throw new Error(`the program ended with ${child.exitCode ?? child.signalCode}: ${this.log.slice(-4000)}`)
    return child.exitCode
  }
  async end() { try { await this.stop() } finally { rmSync(this.dir, { recursive: true, force: true }) } }

  /** A desk with rulebook c14 and its owner signed in. */
  async setUp(): Promise<Client> {
    const owner = new Client(this)
    const r = await owner.post('/setup', { shop: '试验小店', template: 'c14', owner: { name: '老板', job_number: '001', password } })
    if (r.status !== 200) throw new Error(`set-up: ${r.status} ${r.text}`)
    owner.signedIn(r)
    return owner
  }
  /** Somebody with a role, signed in. */
  async person(owner: Client, name: string, job_number: string, role: string): Promise<Client> {
    const r = await owner.post('/people', { name, job_number, role, password })
    if (r.status !== 200) throw new Error(`people: ${r.status} ${r.text}`)
    const c = new Client(this)
    await c.login(job_number)
    return c
  }
  /** Bytes on a socket, and whatever comes back until it ends or `ms` passed in silence. */
  raw(bytes: string | Buffer, ms = 1500): Promise<string> {
    return new Promise((done) => {
      const s: Socket = connect(this.port, '127.0.0.1', () => s.write(bytes))
      let out = ''
      s.setTimeout(ms, () => s.destroy())
      s.on('data', (d) => { out += d.toString('latin1') })
      s.on('error', () => {})
      s.on('close', () => done(out))
    })
  }
}

export class Client {
  cookie = ''
  csrf = ''
  bearer = ''
  me: any
  constructor(readonly service: Service) {}

  async ask(method: string, path: string, o: Ask = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...o.headers }
    if (this.cookie) headers.Cookie = this.cookie
    if (this.bearer) headers.Authorization = `Bearer ${this.bearer}`
    const csrf = o.csrf === undefined ? this.csrf : o.csrf
    if (method !== 'GET' && csrf) headers['X-CSRF'] = csrf
    if (o.key) headers['Idempotency-Key'] = o.key
    let body = o.raw
    if (o.body !== undefined) { headers['Content-Type'] ??= 'application/json'; body = JSON.stringify(o.body) }
    const address = this.service.origin + (path.startsWith('/w/') || path.startsWith('//') ? path.replace(/^\/\//, '/') : '/api/v1' + path)
    const r = await fetch(address, { method, headers, body, redirect: 'manual' })
    const text = await r.text()
    let json: any
    try { json = JSON.parse(text) } catch { json = undefined }
    return { status: r.status, headers: r.headers, body: json, text }
  }
  get(path: string, o?: Ask) { return this.ask('GET', path, o) }
  post(path: string, body: unknown = {}, o: Ask = {}) { return this.ask('POST', path, { ...o, body }) }

  signedIn(r: Answer) {
    const cookie = /gj=[^;]*/.exec(r.headers.get('set-cookie') ?? '')
    this.cookie = cookie![0]
    this.me = r.body.me
    this.csrf = r.body.me.csrf
  }
  async login(job_number: string, word = password) {
    const r = await this.post('/login', { job_number, password: word })
    if (r.status === 200) this.signedIn(r)
    return r
  }
  feed(since?: number, o: { headers?: Record<string, string> } = {}) {
    const query = since === undefined ? '' : `?since=${since}`
    const headers: Record<string, string> = { ...o.headers }
    if (this.cookie) headers.Cookie ??= this.cookie
    if (this.bearer) headers.Authorization ??= `Bearer ${this.bearer}`
    return Feed.open(this.service.origin.replace('http', 'ws') + '/api/v1/feed' + query, headers)
  }
}

/** A feed with everything it has said so far. */
export class Feed {
  said: any[] = []
  closed?: number
  private wake: (() => void)[] = []
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (d) => { this.said.push(JSON.parse(d.toString())); this.stir() })
    socket.on('close', (code) => { this.closed = code; this.stir() })
    socket.on('error', () => { this.closed ??= 1006; this.stir() })
  }
  private stir() { for (const w of this.wake.splice(0)) w() }
  static open(url: string, headers: Record<string, string> = {}) { return new Feed(new WebSocket(url, { headers, perMessageDeflate: false })) }
  async until<T>(what: (f: Feed) => T | undefined | false, ms = 5000): Promise<T> {
    const end = Date.now() + ms
    for (;;) {
      const found = what(this)
      if (found) return found
      const left = end - Date.now()
      if (left <= 0) throw new Error(`nothing came; said: ${JSON.stringify(this.said).slice(0, 2000)}; closed: ${this.closed}`)
      await new Promise<void>((done) => { const t = setTimeout(done, left); this.wake.push(() => { clearTimeout(t); done() }) })
    }
  }
  hello() { return this.until((f) => f.said.find((m) => m.hello)?.hello as { now: number; seq: number }) }
  event(kind: string, ms?: number) { return this.until((f) => f.said.find((m) => m.kind === kind), ms) }
  end(ms?: number) { return this.until((f) => f.closed, ms) }
  get events() { return this.said.filter((m) => m.kind) }
  send(m: unknown) { this.socket.send(JSON.stringify(m)) }
  close() { this.socket.close() }
}

/** A visitor of the shop's page. */
export class Visitor {
  token = ''
  client: Client
  constructor(readonly service: Service) { this.client = new Client(service) }
  async start(o: Record<string, unknown> = {}) {
    const r = await this.client.post('/w/start', { page: 'https://shop.example/item/1', ...(this.token ? { token: this.token } : {}), ...o })
    if (r.status === 200) this.token = r.body.token
    return r
  }
  say(text: string, key?: string) { return this.client.post('/w/messages', { token: this.token, text }, { key }) }
  messages(since = 0) { return this.client.get(`/w/messages?token=${this.token}&since=${since}`) }
  feed(since?: number) { return Feed.open(`${this.service.origin.replace('http', 'ws')}/w/feed?token=${this.token}${since === undefined ? '' : `&since=${since}`}`) }
}

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
