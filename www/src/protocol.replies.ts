// One of each answer of the coordinator, for `protocol.check.ts`: written by
// `UPDATE_EXPECT=1 node tests/page.mjs 'answers of the coordinator'`, never by hand.
import type { Ended, Failure, Imported, Outline, Shown, StudyRow } from './protocol'

export const outlined = [
  {
    "name": "seir",
    "model": "seir",
    "mode": "parallel",
    "sampler": "tpe",
    "trials": 1,
    "replicates": 1,
    "parameters": [
      {
        "parameter": "r0",
        "low": 1,
        "high": 1,
        "log": false,
        "choices": []
      },
      {
        "parameter": "infectious_days",
        "low": 1,
        "high": 1,
        "log": true,
        "choices": []
      },
      {
        "parameter": "reporting",
        "low": 1,
        "high": 1,
        "log": false,
        "choices": []
      }
    ],
    "targets": [
      "text",
      "text"
    ],
    "seed": "1"
  },
  {
    "name": "made",
    "model": "synthetic",
    "mode": "parallel",
    "sampler": "random",
    "trials": 1,
    "replicates": 1,
    "parameters": [
      {
        "parameter": "x0",
        "low": 1,
        "high": 1,
        "log": false,
        "choices": []
      }
    ],
    "targets": [
      "text"
    ],
    "seed": "3"
  }
] satisfies Outline[]

export const failed = [
  {
    "code": "bad_input",
    "message": "text",
    "problems": [
      {
        "file": "study.toml",
        "line": 1,
        "field": "name",
        "found": "text",
        "allowed": "text"
      },
      {
        "file": "study.toml",
        "line": 1,
        "field": "replicates",
        "found": "text",
        "allowed": "text"
      },
      {
        "file": "study.toml",
        "line": 1,
        "field": "budget",
        "found": "text",
        "allowed": "text"
      },
      {
        "file": "study.toml",
        "line": 1,
        "field": "model",
        "found": "text",
        "allowed": "text"
      },
      {
        "file": "study.toml",
        "line": 1,
        "field": "parameters",
        "found": "text",
        "allowed": "text"
      },
      {
        "file": "study.toml",
        "line": 1,
        "field": "targets",
        "found": "text",
        "allowed": "text"
      }
    ]
  }
] satisfies Failure[]

export const begun = [
  {
    "kind": "begun",
    "outline": {
      "name": "made",
      "model": "synthetic",
      "mode": "parallel",
      "sampler": "random",
      "trials": 1,
      "replicates": 1,
      "parameters": [
        {
          "parameter": "x0",
          "low": 1,
          "high": 1,
          "log": false,
          "choices": []
        }
      ],
      "targets": [
        "text"
      ],
      "seed": "3"
    },
    "workers": 1,
    "resumed": false,
    "study": "text"
  }
] satisfies Shown[]

export const ended = [
  {
    "kind": "done",
    "reason": "trials_done"
  }
] satisfies Ended[]

export const kept = [
  {
    "name": "made",
    "records": 1,
    "heldBy": null,
    "outline": {
      "name": "made",
      "model": "synthetic",
      "mode": "parallel",
      "sampler": "random",
      "trials": 1,
      "replicates": 1,
      "parameters": [
        {
          "parameter": "x0",
          "low": 1,
          "high": 1,
          "log": false,
          "choices": []
        }
      ],
      "targets": [
        "text"
      ],
      "seed": "3"
    },
    "told": 1,
    "best": 1,
    "finished": true,
    "bytes": 1,
    "changedUtcMs": 1
  }
] satisfies StudyRow[]

export const imported = [
  {
    "name": "made",
    "records": 1,
    "already": 1,
    "trials": 1
  }
] satisfies Imported[]
