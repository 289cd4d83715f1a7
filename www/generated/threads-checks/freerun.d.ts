/* tslint:disable */
/* eslint-disable */

/**
 * A study being run.
 */
export class Run {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Says `pause`, `resume`, `stop` or `abandon`.
     *
     * # Errors
     * For anything else.
     */
    command(command: string): void;
    /**
     * Begins to run what `request` says. `report` gets what there is to show; `pool` is needed for the
     * engine `messages`, and has as many workers; `watch` names a channel for lost threads.
     */
    constructor(request: any, pool: any | null | undefined, watch: string | null | undefined, report: Function, clock?: Function | null);
    /**
     * Takes that the thread of `slot` is lost, for the engine `threads`.
     */
    threadLost(slot: number, reason: string): void;
    /**
     * Takes what the worker of `slot` told, for the engine `messages`.
     *
     * # Errors
     * When it cannot be read.
     */
    workerTold(slot: number, told: string): void;
    /**
     * Resolves with how the run ended; rejects with a failure.
     */
    readonly ended: Promise<any>;
}

/**
 * A worker's end: an instance of the module that only simulates.
 */
export class Simulator {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * A simulator of the study, which is written as in a journal.
     *
     * # Errors
     * When it cannot be read, or its model cannot be made.
     */
    constructor(study: string);
    /**
     * Runs what `order` says; `tell` gets a text for each attempt that begins and ends.
     *
     * # Errors
     * When it cannot be read.
     */
    run(order: string, tell: Function): void;
}

/**
 * A writer whose steps are told one by one.
 */
export class StoreWriter {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Appends so many records as one group; gives the number of records.
     */
    append(count: number): Promise<any>;
    /**
     * Claims the study as `about`; gives its number of records.
     */
    claim(about: string): Promise<any>;
    /**
     * Deletes the study.
     */
    delete(): Promise<any>;
    /**
     * A writer of `study` that has not claimed it.
     */
    constructor(database: string, study: string);
    /**
     * Gives the study back.
     */
    release(): Promise<any>;
}

/**
 * A study being watched.
 */
export class Watching {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Ends it.
     */
    stop(): void;
    /**
     * Resolves with `null` when it was stopped; rejects with a failure.
     */
    readonly ended: Promise<any>;
}

/**
 * Derives the study again from its records; gives a sentence if all of it is as it was.
 */
export function auditStudy(name: string): Promise<any>;

/**
 * Reads and checks a study file; gives its outline.
 *
 * # Errors
 * Every mistake in it.
 */
export function check(source: any): any;

/**
 * Checks every promise of a store against the database called `database`, which is new; a broken one
 * is a panic with a sentence.
 */
export function checkStore(database: string, with_locks: boolean): Promise<any>;

/**
 * Deletes the study, unless somebody runs it.
 */
export function deleteStudy(name: string): Promise<any>;

/**
 * The whole study as one text.
 */
export function exportStudy(name: string): Promise<any>;

/**
 * Adds what is missing of an exported study, under its own name or another.
 */
export function importStudy(text: string, name?: string | null): Promise<any>;

export function initThreadPool(num_threads: number): Promise<any>;

/**
 * Has `call` told the sentence of a panic at home, which a trap follows.
 */
export function onPanic(call: Function): void;

/**
 * Has `call` told of a trap, which leaves the module unusable.
 */
export function onTrap(call: Function): void;

/**
 * The studies in this browser, by name.
 */
export function studies(): Promise<any>;

/**
 * Appends `count` records to a new study in groups of `group`, and reads them.
 */
export function throughput(database: string, count: number, group: number, strict: boolean): Promise<any>;

/**
 * Wakes the home thread from another one `count` times, each time with an answer; gives microseconds
 * for one round trip.
 */
export function wakeRoundTrip(count: number): Promise<any>;

/**
 * Shows the study called `name` to `report`, as a run of it would.
 */
export function watchStudy(name: string, report: Function): Watching;

export class wbg_rayon_PoolBuilder {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    build(): void;
    numThreads(): number;
    receiver(): number;
}

export function wbg_rayon_start_worker(receiver: number): void;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly __wbg_run_free: (a: number, b: number) => void;
    readonly __wbg_simulator_free: (a: number, b: number) => void;
    readonly __wbg_storewriter_free: (a: number, b: number) => void;
    readonly __wbg_watching_free: (a: number, b: number) => void;
    readonly __wbg_wbg_rayon_poolbuilder_free: (a: number, b: number) => void;
    readonly auditStudy: (a: number, b: number) => any;
    readonly check: (a: any) => [number, number, number];
    readonly checkStore: (a: number, b: number, c: number) => any;
    readonly deleteStudy: (a: number, b: number) => any;
    readonly exportStudy: (a: number, b: number) => any;
    readonly importStudy: (a: number, b: number, c: number, d: number) => any;
    readonly initThreadPool: (a: number) => any;
    readonly onPanic: (a: any) => void;
    readonly onTrap: (a: any) => void;
    readonly run_command: (a: number, b: number, c: number) => [number, number];
    readonly run_ended: (a: number) => any;
    readonly run_new: (a: any, b: number, c: number, d: number, e: any, f: number) => [number, number, number];
    readonly run_threadLost: (a: number, b: number, c: number, d: number) => void;
    readonly run_workerTold: (a: number, b: number, c: number, d: number) => [number, number];
    readonly simulator_new: (a: number, b: number) => [number, number, number];
    readonly simulator_run: (a: number, b: number, c: number, d: any) => [number, number];
    readonly storewriter_append: (a: number, b: number) => any;
    readonly storewriter_claim: (a: number, b: number, c: number) => any;
    readonly storewriter_delete: (a: number) => any;
    readonly storewriter_new: (a: number, b: number, c: number, d: number) => number;
    readonly storewriter_release: (a: number) => any;
    readonly studies: () => any;
    readonly throughput: (a: number, b: number, c: number, d: number, e: number) => any;
    readonly wakeRoundTrip: (a: number) => any;
    readonly watchStudy: (a: number, b: number, c: any) => number;
    readonly watching_ended: (a: number) => any;
    readonly watching_stop: (a: number) => void;
    readonly wbg_rayon_poolbuilder_build: (a: number) => void;
    readonly wbg_rayon_poolbuilder_numThreads: (a: number) => number;
    readonly wbg_rayon_poolbuilder_receiver: (a: number) => number;
    readonly wbg_rayon_start_worker: (a: number) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___js_sys_90ec0c90903cdd97___Function_fn_wasm_bindgen_4fdc824d69aceb0a___JsValue_____wasm_bindgen_4fdc824d69aceb0a___sys__Undefined___js_sys_90ec0c90903cdd97___Function_fn_wasm_bindgen_4fdc824d69aceb0a___JsValue_____wasm_bindgen_4fdc824d69aceb0a___sys__Undefined_______true_: (a: number, b: number, c: any, d: any) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___wasm_bindgen_4fdc824d69aceb0a___JsValue__core_8e6791fc9379ab9d___result__Result_____wasm_bindgen_4fdc824d69aceb0a___JsError___true_: (a: number, b: number, c: any) => [number, number];
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___web_sys_b33c0a5b04aff25a___features__gen_IdbVersionChangeEvent__IdbVersionChangeEvent__core_8e6791fc9379ab9d___result__Result_____wasm_bindgen_4fdc824d69aceb0a___JsValue___true_: (a: number, b: number, c: any) => [number, number];
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___wasm_bindgen_4fdc824d69aceb0a___JsValue______true_: (a: number, b: number, c: any) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___wasm_bindgen_4fdc824d69aceb0a___JsValue______true__35: (a: number, b: number, c: any) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___wasm_bindgen_4fdc824d69aceb0a___JsValue______true__37: (a: number, b: number, c: any) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke___web_sys_b33c0a5b04aff25a___features__gen_Event__Event______true_: (a: number, b: number, c: any) => void;
    readonly wasm_bindgen_4fdc824d69aceb0a___convert__closures_____invoke_______true_: (a: number, b: number) => void;
    readonly memory: WebAssembly.Memory;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_destroy_closure: (a: number, b: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_thread_destroy: (a?: number, b?: number, c?: number) => void;
    readonly __wbindgen_start: (a: number) => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput, memory?: WebAssembly.Memory, thread_stack_size?: number }} module - Passing `SyncInitInput` directly is deprecated.
 * @param {WebAssembly.Memory} memory - Deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput, memory?: WebAssembly.Memory, thread_stack_size?: number } | SyncInitInput, memory?: WebAssembly.Memory): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput>, memory?: WebAssembly.Memory, thread_stack_size?: number }} module_or_path - Passing `InitInput` directly is deprecated.
 * @param {WebAssembly.Memory} memory - Deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput>, memory?: WebAssembly.Memory, thread_stack_size?: number } | InitInput | Promise<InitInput>, memory?: WebAssembly.Memory): Promise<InitOutput>;
