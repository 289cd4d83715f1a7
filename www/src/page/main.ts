// Where the page begins.
import '../style/page.css'
import { isolate } from '../isolate'
import { App } from './app'
import { connect } from './connect'

// Where a reload lets threads share memory, the page is reloaded before anything begins.
const why = await isolate()
document.body.append(new App(connect(why)).element)
