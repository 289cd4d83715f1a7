// Says how simulations would run here.

import { Freerun } from './client'
import { isolate } from './isolate'

const why = await isolate()
const freerun = new Freerun()
document.title = freerun.engine
document.body.textContent = `Freerun: ${freerun.engine}${why === undefined ? '' : `, because ${why}`}`
