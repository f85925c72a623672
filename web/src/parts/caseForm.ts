// Which control a declared field wants. Type names arrive in Chinese (as the rulebook writes them) or in English.
import type { CaseField } from '@/api/types'

export type Kind = 'text' | 'enum' | 'bool' | 'person' | 'customer' | 'order' | 'conversation' | 'product' | 'money' | 'number' | 'date' | 'instant' | 'file' | 'photo' | 'signature'
const kinds: Record<string, Kind> = {
  文: 'text', text: 'text', 人员: 'person', person: 'person', 客户: 'customer', customer: 'customer', 订单: 'order', order: 'order', 会话: 'conversation', conversation: 'conversation', 商品: 'product', product: 'product',
  钱: 'money', money: 'money', 数: 'number', count: 'number', number: 'number', ratio: 'number', 比率: 'number', 分: 'number', points: 'number', 日期: 'date', date: 'date', 时刻: 'instant', instant: 'instant',
  附件: 'file', file: 'file', attachment: 'file', 照片: 'photo', photo: 'photo', 签名: 'signature', signature: 'signature', 是否: 'bool', bool: 'bool', enum: 'enum',
}
export const fieldKind = (f: CaseField): Kind => (f.enum?.length ? 'enum' : kinds[f.type] ?? kinds[f.type.split(/[\s|]/)[0]!] ?? 'text')
export const isFilled = (v: unknown): boolean => (Array.isArray(v) ? v.length > 0 : v !== undefined && v !== null && String(v).trim() !== '')
/** Names of required fields that are still empty or too short. */
export const missingFields = (fields: CaseField[], values: Record<string, unknown>): string[] =>
  fields.filter((f) => (f.required && !isFilled(values[f.name])) || (f.min_chars && isFilled(values[f.name]) && [...String(values[f.name]).replace(/\s/g, '')].length < f.min_chars)).map((f) => f.name)
