import { describe, expect, it } from 'vitest'
import { kindsOf, ticksOf } from '@/outside/hooks'

describe('the events of a webhook', () => {
  it('come back from what is kept as they were ticked', () => {
    for (const [form, ticks, more] of [['guiju', ['conversation', 'order'], 'presence.changed, roster.published'], ['guiju', ['*'], ''], ['chatwoot', ['message_created'], '']] as const)
      expect(ticksOf(form, kindsOf(form, [...ticks], more))).toEqual({ ticks: [...ticks], more })
  })
  it('free words are taken apart at Chinese and English commas', () => {
    expect(kindsOf('guiju', [], '在线.变更，order.paid、 roster.published')).toEqual(['在线.变更', 'order.paid', 'roster.published'])
  })
})
