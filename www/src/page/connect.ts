import type { Port } from './port.ts'
export declare function port(): Port
