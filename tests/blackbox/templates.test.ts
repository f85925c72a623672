// Every shipped rulebook opens a desk: the first-run page offers it with a sentence about itself, a desk starts on it, and the
// pages' reads answer for the owner and for somebody in every other role of the book.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, Service, password } from './service.ts'

const running: Service[] = []
after(() => Promise.all(running.map((s) => s.end())))
const reads = ['/rulebook', '/today', '/case-types', '/checklists', '/ledger', '/approvals', '/cases', '/conversations', '/phrases', '/products', '/calendar']

const first = new Service()
running.push(first)
const templates = (await (await first.start()) && (await new Client(first).get('/setup')).body.templates) as { id: string; title: string; summary: string }[]
test('nine books, each says what it is', () => {
  assert.ok(templates.length >= 9, `${templates.length}`)
  for (const t of templates) {
    assert.match(t.title, /\p{Script=Han}{4}/u)
    assert.ok([...t.summary].length >= 20 && !/检查没有错误/.test(t.summary), `${t.id}: ${t.summary}`)
  }
})

for (const template of templates) {
  test(`a desk on ${template.id}`, async () => {
    const service = new Service()
    running.push(service)
    await service.start()
    const owner = new Client(service)
    const r = await owner.post('/setup', { shop: '试验', template: template.id, owner: { name: '老板', job_number: '001', password } })
    assert.equal(r.status, 200, r.text)
    owner.signedIn(r)
    const book = (await owner.get('/rulebook')).body
    assert.equal(book.id, template.id)
    for (const path of [...reads, '/floor', '/people', '/reports']) assert.equal((await owner.get(path)).status, 200, path)
    const roles = [...new Set<string>((await owner.get('/people')).body.roles?.map((x: any) => x.name ?? x) ?? [])].slice(0, 12)
    let n = 100
    for (const role of roles) {
      const person = await service.person(owner, `员工${n}`, String(n++), role)
      for (const path of reads) assert.ok([200, 403].includes((await person.get(path)).status), `${role} ${path}`)
    }
    await service.stop('SIGKILL')
    await service.start()
    assert.equal((await owner.get('/rulebook')).body.id, template.id)
    await service.end()
  })
}
