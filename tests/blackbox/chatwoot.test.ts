// An unmodified Chatwoot client from npm (@figuro/chatwoot-sdk) talks to this desk: its client API as a customer's page would, its
// application API as a program with a key.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import sdk from '@figuro/chatwoot-sdk'
import { Client, Service } from './service.ts'

const service = new Service()
type ApiError = { status: number; body: unknown }
const ChatwootClient: any = (sdk as any).default ?? sdk
let owner: Client, agent: Client, publicApi: any, robot: any, person: any
const key = async (of: Client, scopes: string[], more: object = {}) => {
  const r = await of.post('/keys', { name: 'Chatwoot', scopes, ...more })
  assert.equal(r.status, 200, r.text)
  return r.body.key as string
}
const client = (token: string) => new ChatwootClient({ config: { basePath: service.origin, with_credentials: true, credentials: 'include', token } })
const inbox = 'widget'
let contact: any, conversation: any

before(async () => {
  await service.start('--no-limits')
  owner = await service.setUp()
  agent = await service.person(owner, '林晓', '018', '客服')
  await agent.post('/presence', { state: 'online' })
  publicApi = client('')
  robot = client(await key(owner, ['会话', '客户', '密钥']))
  person = client(await key(owner, ['会话', '客户'], { acts_as_me: true }))
})
after(() => service.end())

test('a contact is made, seen and changed', async () => {
  contact = await publicApi.client.contacts.create({ inboxIdentifier: inbox, data: { name: '阿树', email: 'shu@example.com' } })
  assert.equal(contact.name, '阿树')
  assert.equal(contact.email, 'shu@example.com')
  assert.match(contact.source_id, /^[0-9a-f]{64}$/)
  const changed: any = await publicApi.client.contacts.update({ inboxIdentifier: inbox, contactIdentifier: contact.source_id, data: { phone_number: '+86 138 1234 2046' } })
  assert.equal(changed.phone_number, '+86 138 1234 2046')
  const seen: any = await publicApi.client.contacts.get({ inboxIdentifier: inbox, contactIdentifier: contact.source_id })
  assert.equal(seen.id, contact.id)
})

test('a conversation is opened, spoken in and answered', async () => {
  conversation = await publicApi.client.conversations.create({ inboxIdentifier: inbox, contactIdentifier: contact.source_id })
  assert.equal(typeof conversation.id, 'number')
  const where = { inboxIdentifier: inbox, contactIdentifier: contact.source_id, conversationId: conversation.id }
  const said: any = await publicApi.client.messages.create({ ...where, data: { content: '桌子到了吗？', echo_id: 'x1' } })
  assert.equal(said.content, '桌子到了吗？')
  assert.equal(said.echo_id, 'x1')
  assert.equal(said.conversation_id, conversation.id)
  const answered = await agent.post(`/conversations/c${conversation.id}/messages`, { text: '今天送到' })
  assert.equal(answered.status, 200, answered.text)
  const list: any[] = await publicApi.client.messages.list(where)
  assert.deepEqual(list.map((m) => [m.content, m.message_type]), [['桌子到了吗？', 0], ['今天送到', 1]])
  assert.equal(list[1].sender.name, '林晓')
  const own: any[] = await publicApi.client.conversations.list({ inboxIdentifier: inbox, contactIdentifier: contact.source_id })
  assert.deepEqual(own.map((c) => c.id), [conversation.id])
})

test('a note stays inside, and nobody reads another’s conversation', async () => {
  const where = { inboxIdentifier: inbox, contactIdentifier: contact.source_id, conversationId: conversation.id }
  await agent.post(`/conversations/c${conversation.id}/messages`, { text: '老顾客，客气些', note: true })
  const list: any[] = await publicApi.client.messages.list(where)
  assert.ok(!list.some((m) => m.content.includes('老顾客')))
  const other: any = await publicApi.client.contacts.create({ inboxIdentifier: inbox, data: { name: '别人' } })
  await assert.rejects(publicApi.client.messages.list({ ...where, contactIdentifier: other.source_id }), (e: ApiError) => e.status === 404)
  await assert.rejects(publicApi.client.contacts.get({ inboxIdentifier: inbox, contactIdentifier: 'a'.repeat(64) }), (e: ApiError) => e.status === 401)
  await assert.rejects(publicApi.client.contacts.create({ inboxIdentifier: 'nonsense', data: {} }), (e: ApiError) => e.status === 404)
})

test('a program reads conversations and contacts; personal data stays masked', async () => {
  const list: any = await robot.conversations.list({ accountId: 1, status: 'open' })
  const mine = list.data.payload.find((c: any) => c.id === conversation.id)
  assert.equal(mine.meta.sender.name, '阿树')
  assert.equal(mine.meta.sender.phone_number.includes('1234'), false)
  assert.equal(mine.meta.assignee.name, '林晓')
  assert.ok(list.data.meta.all_count >= 1)
  const one: any = await robot.conversations.get({ accountId: 1, conversationId: conversation.id })
  assert.ok(one.messages.some((m: any) => m.private && m.content === '老顾客，客气些'))
  const found: any = await robot.contacts.search({ accountId: 1, q: '阿树' })
  assert.deepEqual(found.payload.map((c: any) => c.id), [contact.id])
  const shown: any = await robot.contacts.get({ accountId: 1, id: contact.id })
  assert.equal(shown.payload.name, '阿树')
  assert.equal(((await robot.contacts.listConversations({ accountId: 1, id: contact.id })) as any).payload[0].id, conversation.id)
})

test('what a program says is an automatic answer; a key that speaks for somebody gives theirs', async () => {
  const auto: any = await robot.messages.create({ accountId: 1, conversationId: conversation.id, data: { content: '系统提示：已发货' } })
  assert.equal(auto.message_type, 3)
  const note: any = await robot.messages.create({ accountId: 1, conversationId: conversation.id, data: { content: '内部一句', private: true } })
  assert.equal(note.private, true)
  const own: any = await person.messages.create({ accountId: 1, conversationId: conversation.id, data: { content: '我是老板，给您道歉' } })
  assert.equal(own.message_type, 1)
  assert.equal(own.sender.name, '老板')
  const thread = (await agent.get(`/conversations/c${conversation.id}`)).body.messages as any[]
  assert.equal(thread.find((m) => m.text === '系统提示：已发货').by.type, 'auto')
  assert.equal(thread.find((m) => m.text === '我是老板，给您道歉').by.type, 'agent')
})

test('labels, transfer and the end', async () => {
  await robot.conversationLabels.add({ accountId: 1, conversationId: conversation.id, data: { labels: ['退货'] } })
  assert.deepEqual(((await robot.conversationLabels.list({ accountId: 1, conversationId: conversation.id })) as any).payload, ['退货'])
  const agents: any[] = await robot.agents.list({ accountId: 1 })
  assert.ok(agents.some((a) => a.name === '林晓' && a.availability_status === 'available'))
  const toggled: any = await person.conversations.toggleStatus({ accountId: 1, conversationId: conversation.id, data: { status: 'resolved' } })
  assert.equal(toggled.payload.current_status, 'resolved')
  const again: any = await publicApi.client.messages.create({ inboxIdentifier: inbox, contactIdentifier: contact.source_id, conversationId: conversation.id, data: { content: '还有一个问题' } })
  assert.notEqual(again.conversation_id, conversation.id, 'a new conversation follows a closed one')
})

test('webhooks over its API', async () => {
  const made: any = await robot.webhooks.create({ accountId: 1, data: { url: 'https://example.com/hook', subscriptions: ['message_created'] } })
  const id = made.payload.webhook.id
  const list: any = await robot.webhooks.list({ accountId: 1 })
  assert.deepEqual(list.payload.webhooks.map((w: any) => [w.id, w.subscriptions]), [[id, ['message_created']]])
  const changed: any = await robot.webhooks.update({ accountId: 1, webhookId: id, data: { subscriptions: ['conversation_created'] } })
  assert.deepEqual(changed.payload.webhook.subscriptions, ['conversation_created'])
  await robot.webhooks.delete({ accountId: 1, webhookId: id })
  assert.equal(((await robot.webhooks.list({ accountId: 1 })) as any).payload.webhooks.length, 0)
})

test('what does not map says so, and a key does no more than its scopes', async () => {
  const few = client(await key(owner, ['客户.查看']))
  await assert.rejects(few.conversations.list({ accountId: 1 }), (e: ApiError) => e.status === 403)
  await assert.rejects(robot.conversations.list({ accountId: 2 }), (e: ApiError) => e.status === 404)
  await assert.rejects(robot.conversations.create({ accountId: 1, data: {} }), (e: ApiError) => e.status === 400 && /client API/.test(JSON.stringify(e.body)))
  await assert.rejects(robot.messages.create({ accountId: 1, conversationId: conversation.id, data: { content: 'x', message_type: 'incoming' } }), (e: ApiError) => e.status === 400)
  await assert.rejects(client('gk_wrong').conversations.list({ accountId: 1 }), (e: ApiError) => e.status === 401)
})
