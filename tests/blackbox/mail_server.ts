// A real mail server for the tests: Exim takes letters and delivers them, Dovecot shows the folders. Both are children of the test, on
// loopback ports and folders of their own, as a plain user (nobody when the test is root); no service of the system is touched.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/free_port.ts'
import { pause } from './service.js'

const root = process.getuid!() === 0
const uid = root ? 65534 : process.getuid!(), gid = root ? 65534 : process.getgid!()
const user = root ? 'nobody' : userInfo().username
const group = root ? 'nogroup' : execFileSync('id', ['-gn']).toString().trim()
/** Who has a folder; letters to anybody else lie in `others`. */
const people = ['desk', 'ben', 'cat', 'dan', 'fay', 'gil', 'hal', 'ida', 'robot1', 'robot2', 'robot3', 'robot4', 'robot5', 'second', 'amy', 'bob', 'eve', 'other', 'late', 'robot', 'loop', 'big', 'after', 'flood', 'killa', 'killb', 'killc', 'killd', 'both', 'copy', 'new', 'recall', 'point1', 'point2', 'point3', 'held', 'huge', 'busy', 'slow', 'wait', 'carbon']
export const secret = 'geheim 7 密'

export interface Letter { raw: string; head: Record<string, string>; body: string }

export class MailServer {
  readonly dir = mkdtempSync(join(tmpdir(), 'guiju-mail-'))
  smtp = 0; imap = 0; imaps = 0
  private children: Record<'exim' | 'dovecot', ChildProcess | undefined> = { exim: undefined, dovecot: undefined }
  /** Ends both servers and takes their folder away when this process is gone, however it went: its line to us is then closed. */
  private watch?: ChildProcess

  async start() {
    this.watch ??= spawn('sh', ['-c', `
      groups=
      while read -r sign group; do
        if [ "$sign" = + ]; then groups="$groups $group"; else kept=; for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done; groups=$kept; fi
      done
      for g in $groups; do kill -9 "-$g"; done
      rm -rf "$1"`, 'watch', this.dir], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    this.watch.unref()
    this.smtp ||= await freePort(); this.imap ||= await freePort(); this.imaps ||= await freePort()
    for (const d of ['', 'spool', 'spool/input', 'spool/msglog', 'spool/db', 'mail', 'run', 'state']) this.own(join(this.dir, d), true)
    if (!existsSync(this.at('key.pem'))) execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', this.at('key.pem'), '-out', this.at('cert.pem')], { stdio: 'ignore' })
    this.own(this.at('key.pem')); this.own(this.at('cert.pem'))
    writeFileSync(this.at('users'), ['desk', 'second', 'amy', 'bob'].map((u) => `${u}@shop.test:{PLAIN}${secret}\n`).join('')); this.own(this.at('users'))
    writeFileSync(this.at('names'), people.map((n) => `${n}: ${n}\n`).join('')); this.own(this.at('names'))
    const [before, behind] = this.exim().split('GBK\n') as [string, string] // 用户 as many servers in China say it
    writeFileSync(this.at('exim.conf'), Buffer.concat([Buffer.from(before), Buffer.from([0xd3, 0xc3, 0xbb, 0xa7, 0x0a]), Buffer.from(behind)])); this.own(this.at('exim.conf'))
    writeFileSync(this.at('dovecot.conf'), this.dovecot()); this.own(this.at('dovecot.conf'))
    await this.startExim(); await this.startDovecot()
    return this
  }
  at(name: string) { return join(this.dir, name) }
  private own(path: string, folder = false) {
    if (folder) mkdirSync(path, { recursive: true })
    chmodSync(path, folder ? 0o755 : 0o644)
    if (root) chownSync(path, uid, gid)
  }
  private run(name: 'exim' | 'dovecot', program: string, args: string[]) {
    const child = spawn(program, args, { uid, gid, cwd: this.dir, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    let said = ''
    child.stderr!.on('data', (d) => { said += d })
    child.once('exit', (code) => { if (code && this.children[name] === child) console.error(`${name} ended with ${code}: ${said}`) })
    this.children[name] = child
    this.watch!.stdin!.write(`+ ${child.pid}\n`)
  }
  get pids() { return Object.values(this.children).map((c) => c?.pid).filter((p): p is number => !!p) }
  async startExim() { this.run('exim', '/usr/sbin/exim4', ['-C', this.at('exim.conf'), '-bdf', '-q1s', '-oX', `127.0.0.1.${this.smtp}`]); await answers(this.smtp) }
  async startDovecot() { this.run('dovecot', '/usr/sbin/dovecot', ['-F', '-c', this.at('dovecot.conf')]); await answers(this.imap) }
  /** Ends one of the two at once, as a power cut would: its whole group of processes, and no other. */
  async kill(name: 'exim' | 'dovecot') {
    const child = this.children[name]
    this.children[name] = undefined
    if (!child || child.exitCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    try { process.kill(-child.pid!, 'SIGKILL') } catch { /* gone already */ }
    await gone
    this.watch!.stdin!.write(`- ${child.pid}\n`)
    rmSync(this.at('run/master.pid'), { force: true })
  }
  async end() { await this.kill('exim'); await this.kill('dovecot'); this.watch?.stdin!.end(); rmSync(this.dir, { recursive: true, force: true }) }

  /** Letters in somebody's folder, oldest first. */
  box(name: string): Letter[] {
    const files: string[] = []
    for (const part of ['new', 'cur']) {
      const d = join(this.dir, 'mail', name, 'Maildir', part)
      if (existsSync(d)) files.push(...readdirSync(d).map((f) => join(d, f)))
    }
    return files.sort((a, b) => Number(/(\d+)\.[HM]/.exec(a)?.[1] ?? 0) - Number(/(\d+)\.[HM]/.exec(b)?.[1] ?? 0)).map((f) => parse(readFileSync(f).toString('latin1')))
  }
  async until(name: string, count: number, ms = 20000): Promise<Letter[]> {
    const end = Date.now() + ms
    for (;;) {
      const all = this.box(name)
      if (all.length >= count) return all
      if (Date.now() > end) throw new Error(`${name} has ${all.length} letters, not ${count}; ${this.logs()}`)
      await pause(60)
    }
  }
  /** Somebody's letters by Message-ID: a letter that went twice over the wire lies there twice. */
  copies(name: string): Map<string, number> {
    const by = new Map<string, number>()
    for (const l of this.box(name)) by.set(l.head['message-id'] ?? '', (by.get(l.head['message-id'] ?? '') ?? 0) + 1)
    return by
  }
  /** What it says to copies for busy@ and slow@: come later, welcome, or never. */
  busy(how: 'later' | 'room' | 'shut') { for (const f of ['room', 'shut']) if (f === how) { writeFileSync(this.at(f), ''); this.own(this.at(f)) } else rmSync(this.at(f), { force: true }) }
  logs() { return ['exim.mainlog', 'exim.paniclog', 'dovecot.log'].map((f) => existsSync(this.at(f)) ? readFileSync(this.at(f)).toString().slice(-1500) : '').join('\n') }

  /** Hands a letter to the server as another server would. */
  async send(from: string, to: string, letter: string | Buffer) {
    const s: Socket = connect(this.smtp, '127.0.0.1')
    let said = ''
    s.on('data', (d) => { said += d.toString('latin1') })
    const expect = async (code: string) => {
      const end = Date.now() + 20000
      while (!new RegExp(`^${code} .*\\r\\n$`, 'm').test(said)) { if (Date.now() > end || /^[45]\d\d /m.test(said)) throw new Error(`SMTP said ${said}`); await pause(3) }
      said = ''
    }
    await expect('220')
    for (const line of ['EHLO tests.example', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`]) { s.write(line + '\r\n'); await expect('250') }
    s.write('DATA\r\n'); await expect('354')
    const bytes = Buffer.isBuffer(letter) ? letter : Buffer.from(letter.replace(/\r?\n/g, '\r\n'), 'utf8')
    s.write(Buffer.from(bytes.toString('latin1').replace(/^\./gm, '..'), 'latin1')); s.write('\r\n.\r\n'); await expect('250')
    s.on('error', () => {}) // it is taken over: how the line ends does not matter any more
    s.end('QUIT\r\n')
  }

  private exim() {
    return `
exim_user = ${user}
exim_group = ${group}
spool_directory = ${this.at('spool')}
log_file_path = ${this.at('exim.%slog')}
primary_hostname = mx.shop.test
domainlist local_domains = shop.test : buyer.test
acl_smtp_rcpt = rcpt
acl_smtp_data = data
tls_advertise_hosts = *
tls_certificate = ${this.at('cert.pem')}
tls_privatekey = ${this.at('key.pem')}
auth_advertise_hosts = *
message_size_limit = 80M
never_users =
trusted_users = ${user}
host_lookup =
rfc1413_query_timeout = 0s
pid_file_path = ${this.at('exim.pid')}
remote_max_parallel = 1
deliver_drop_privilege = true
smtp_accept_max = 50
keep_environment =
begin acl
rcpt:
  deny local_parts = unknown
       message = no such mailbox here
  deny local_parts = gbk
       message = GBK
  deny local_parts = busy : slow
       condition = \${if exists{${this.at('shut')}}}
       message = moved away
  defer local_parts = busy : slow
       condition = \${if !exists{${this.at('room')}}}
       message = come back later
  accept domains = +local_domains
  deny message = relay not permitted
data:
  accept
begin routers
robot:
  driver = accept
  local_parts = robot
  condition = \${if !eq{$sender_address}{}}
  transport = robot_answers
  unseen
late:
  driver = redirect
  local_parts = late
  data = :fail: the mailbox was given up
  allow_fail
  forbid_file = false
folders:
  driver = accept
  domains = +local_domains
  local_part_suffix = +*
  local_part_suffix_optional
  transport = folder
begin transports
folder:
  driver = appendfile
  maildir_format
  directory = ${this.at('mail')}/\${lookup{$local_part}lsearch{${this.at('names')}}{$value}{others}}/Maildir
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
  user = ${user}
  group = ${group}
robot_answers:
  driver = autoreply
  user = ${user}
  from = robot@buyer.test
  to = $sender_address
  subject = "I am away: $h_subject:"
  headers = "In-Reply-To: $h_message-id:"
  text = "I shall be back on Monday."
begin retry
* * F,1h,1s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{match{$auth2}{@shop.test\\$}}{eq{$auth3}{${secret}}}}}
  server_set_id = $auth2
`
  }
  private dovecot() {
    return `
protocols = imap
listen = 127.0.0.1
base_dir = ${this.at('run')}
state_dir = ${this.at('state')}
log_path = ${this.at('dovecot.log')}
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
disable_plaintext_auth = no
auth_mechanisms = plain
ssl = yes
ssl_cert = <${this.at('cert.pem')}
ssl_key = <${this.at('key.pem')}
mail_location = maildir:~/Maildir
first_valid_uid = 1
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = ${this.at('users')}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${this.at('mail')}/%n
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${this.imap}
  }
  inet_listener imaps {
    port = ${this.imaps}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service auth {
  user = ${user}
}
service auth-worker {
  user = ${user}
}
`
  }
}

async function answers(port: number) {
  const end = Date.now() + 15000
  for (;;) {
    const good = await new Promise<boolean>((done) => {
      const s = connect(port, '127.0.0.1')
      s.setTimeout(2000, () => { s.destroy(); done(false) })
      s.once('data', () => { s.destroy(); done(true) })
      s.once('error', () => done(false))
    })
    if (good) return
    if (Date.now() > end) throw new Error(`nothing answers at port ${port}`)
    await pause(50)
  }
}

export function parse(raw: string): Letter {
  const cut = raw.search(/\r?\n\r?\n/), head: Record<string, string> = {}
  for (const line of raw.slice(0, cut).replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const at = line.indexOf(':')
    if (at > 0) head[line.slice(0, at).toLowerCase()] ??= line.slice(at + 1).trim()
  }
  return { raw, head, body: raw.slice(cut).trim() }
}
/** RFC 2047 words to text, enough for what our own letters hold. */
export const words = (s: string) => s.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, said) =>
  how.toLowerCase() === 'b' ? Buffer.from(said, 'base64').toString('latin1') : said.replace(/_/g, ' ').replace(/=([0-9a-f]{2})/gi, (_x: string, h: string) => String.fromCharCode(parseInt(h, 16)))).replace(/[\x80-\xff]+/g, (b) => Buffer.from(b, 'latin1').toString('utf8'))
/** The parts of a letter as bytes (only base64 and plain parts are made by us). */
export function parts(l: Letter): { type: string; name: string; bytes: Buffer }[] {
  const found: { type: string; name: string; bytes: Buffer }[] = []
  const walk = (p: Letter) => {
    const type = p.head['content-type'] ?? 'text/plain', boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
    if (boundary) { for (const one of p.raw.slice(p.raw.search(/\r?\n\r?\n/)).split('--' + boundary).slice(1, -1)) walk(parse(one.replace(/^\r?\n/, ''))); return }
    const name = /filename\*?="?(?:utf-8'[^']*')?([^";]+)/i.exec(p.head['content-disposition'] ?? '')?.[1] ?? ''
    found.push({ type: type.split(';')[0]!, name: decodeURIComponent(words(name)), bytes: p.head['content-transfer-encoding'] === 'base64' ? Buffer.from(p.body, 'base64') : Buffer.from(p.body, 'latin1') })
  }
  walk(l)
  return found
}
