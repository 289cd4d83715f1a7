// For the compiler alone: whether the types of `protocol.ts` are those of the core. The samples say
// with `satisfies` that they have every key of the types and no other; here it is checked that every
// alternative that the types allow is in the samples too.
import type { outlines, views } from './protocol.sample'
import type { BestTrial, Outline, Source, TrialRow, View } from './protocol'

type Leaf = string | number | boolean | null

type Element<S> = S extends readonly (infer E)[] ? E : never

/** What any of the alternatives `S` has under `K`. */
type Under<S, K> = S extends unknown ? (K extends keyof S ? S[K] : string extends K ? S[keyof S] : never) : never

/** What `T` allows and the sample `S` never has. */
type Missing<S, T> =
  | Exclude<Extract<T, Leaf>, S>
  | (T extends readonly (infer E)[] ? Missing<Element<S>, E> : never)
  | (T extends readonly unknown[] | Leaf ? never : { [K in keyof T]-?: Missing<Under<S, K>, T[K]> }[keyof T])

/** No type but `never` is accepted. */
type None<M extends never> = M

type Views = typeof views

/** What is said of the best trial alone: of its row, much is never `null`. */
type OfBest = Omit<BestTrial, keyof TrialRow>

type Sources = Under<Element<Under<Element<Views>, 'changed'>>, 'source'>

export type Checked = [
  None<Missing<typeof outlines, Outline[]>>,
  None<Missing<Views, Omit<View, 'best'>[]>>,
  None<Missing<Under<Element<Views>, 'best'>, OfBest | null>>,
  None<Exclude<Source['kind'], Under<Sources, 'kind'>>>,
]
