// Where the page begins.
import '../style/page.css'
import { isolate } from '../isolate.ts'
import { App } from './app.ts'
import { connect } from './connect.ts'

// Where a reload lets threads share memory, the page is reloaded before anything begins.
const why = await isolate()
document.body.append(new App(connect(why)).element)
