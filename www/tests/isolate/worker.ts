// Says whether it may share memory.

import { canShareMemory } from '../../src/share'

postMessage(canShareMemory())
