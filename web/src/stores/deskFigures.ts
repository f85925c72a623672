// How many conversations I hold and how many I may: told by the workbench, shown in the top bar.
import { defineStore } from 'pinia'
import { ref } from 'vue'
export const useDeskFigures = defineStore('deskFigures', () => ({ open: ref<number | null>(null), cap: ref<number | null>(null) }))
