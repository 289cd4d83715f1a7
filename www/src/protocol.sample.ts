// One of everything that the core shows, for `protocol.check.ts`: written by
// `UPDATE_EXPECT=1 cargo test -p freerun --test it page_types`, never by hand.
import type { Outline, View } from './protocol'

export const outlines = [
  {
    "name": "sample",
    "model": "none",
    "mode": "parallel",
    "sampler": "random",
    "trials": 8,
    "replicates": 2,
    "parameters": [
      { "parameter": "rate", "low": 0.01, "high": 1.0, "log": true, "choices": [] },
      { "parameter": "share", "low": 0.0, "high": 1.0, "log": false, "choices": [] },
      {
        "parameter": "kind",
        "low": null,
        "high": null,
        "log": false,
        "choices": [ "slow", true, false, 3 ]
      }
    ],
    "targets": [ "cases" ],
    "seed": "7"
  },
  {
    "name": "sample",
    "model": "none",
    "mode": "parallel",
    "sampler": "random",
    "trials": 8,
    "replicates": 2,
    "parameters": [
      { "parameter": "rate", "low": 0.01, "high": 1.0, "log": true, "choices": [] },
      { "parameter": "share", "low": 0.0, "high": 1.0, "log": false, "choices": [] },
      {
        "parameter": "kind",
        "low": null,
        "high": null,
        "log": false,
        "choices": [ "slow", true, false, 3 ]
      }
    ],
    "targets": [ "cases" ],
    "seed": null
  }
] satisfies Outline[]

export const views = [
  {
    "best": null,
    "changed": [],
    "failures": { "failed_attempts": [], "lost_attempts": [], "retries": 0, "trials": [] },
    "progress": { "best": null, "finished": false, "idle_slot_seconds": 0.0, "in_flight": [], "last_changed_us": 0, "mean_staleness": null, "paused": false, "replicates_budget": 0, "replicates_done": 0, "run_time_us": 9000000, "slots": 0, "stopped": false, "study": "", "time_left_us": null, "timeouts": 0, "trials_asked": 0, "trials_budget": 0, "trials_failed": 0, "trials_imported": 0, "trials_pending": 0, "trials_per_minute": null, "trials_told": 0, "utilisation": null },
    "records": 0
  },
  {
    "best": null,
    "changed": [
      {
        "asked_at_us": 0,
        "attempts": 0,
        "finished_at_us": null,
        "loss": null,
        "notes": [],
        "parameters": { "kind": "slow", "rate": 0.01, "share": 1.0 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": null,
        "source": { "kind": "start", "position": 0 },
        "started_at_us": null,
        "state": "pending",
        "targets": [],
        "trial": 0
      }
    ],
    "failures": { "failed_attempts": [], "lost_attempts": [], "retries": 0, "trials": [] },
    "progress": {
      "best": null,
      "finished": false,
      "idle_slot_seconds": 18.0,
      "in_flight": [
        { "replicates_done": 0, "trial": 0 }
      ],
      "last_changed_us": 0,
      "mean_staleness": 0.0,
      "paused": true,
      "replicates_budget": 16,
      "replicates_done": 0,
      "run_time_us": 9000000,
      "slots": 2,
      "stopped": true,
      "study": "sample",
      "time_left_us": null,
      "timeouts": 0,
      "trials_asked": 1,
      "trials_budget": 8,
      "trials_failed": 0,
      "trials_imported": 0,
      "trials_pending": 1,
      "trials_per_minute": null,
      "trials_told": 0,
      "utilisation": 0.0
    },
    "records": 6
  },
  {
    "best": {
      "asked_at_us": 2000001,
      "at_bounds": [
        { "bound": "high", "parameter": "share" }
      ],
      "attempts": 0,
      "finished_at_us": 2000001,
      "loss": 9.0,
      "notes": [ "a note" ],
      "parameters": { "kind": "slow", "rate": 0.2, "share": 1.0 },
      "reason": null,
      "replicates_done": 0,
      "run_times_us": [],
      "se": null,
      "source": { "kind": "imported", "program": "optuna" },
      "spans": [
        { "high": 0.2, "low": 0.2, "parameter": "rate" },
        { "high": 1.0, "low": 1.0, "parameter": "share" }
      ],
      "started_at_us": null,
      "state": "complete",
      "targets": [
        {
          "factors": [ 0.5 ],
          "loss": 9.0,
          "se": null,
          "target": "cases"
        }
      ],
      "ties": [],
      "trial": 0
    },
    "changed": [
      {
        "asked_at_us": 2000001,
        "attempts": 0,
        "finished_at_us": 2000001,
        "loss": 9.0,
        "notes": [ "a note" ],
        "parameters": { "kind": "slow", "rate": 0.2, "share": 1.0 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": null,
        "source": { "kind": "imported", "program": "optuna" },
        "started_at_us": null,
        "state": "complete",
        "targets": [
          {
            "factors": [ 0.5 ],
            "loss": 9.0,
            "se": null,
            "target": "cases"
          }
        ],
        "trial": 0
      }
    ],
    "failures": { "failed_attempts": [], "lost_attempts": [], "retries": 0, "trials": [] },
    "progress": {
      "best": { "found_at_us": 2000001, "loss": 9.0, "se": null, "trial": 0 },
      "finished": true,
      "idle_slot_seconds": 0.0,
      "in_flight": [],
      "last_changed_us": 2000001,
      "mean_staleness": null,
      "paused": false,
      "replicates_budget": 16,
      "replicates_done": 0,
      "run_time_us": 2000001,
      "slots": 0,
      "stopped": false,
      "study": "sample",
      "time_left_us": 0,
      "timeouts": 0,
      "trials_asked": 0,
      "trials_budget": 8,
      "trials_failed": 0,
      "trials_imported": 1,
      "trials_pending": 0,
      "trials_per_minute": null,
      "trials_told": 0,
      "utilisation": null
    },
    "records": 2
  },
  {
    "best": {
      "asked_at_us": 0,
      "at_bounds": [
        { "bound": "low", "parameter": "rate" },
        { "bound": "high", "parameter": "share" }
      ],
      "attempts": 2,
      "finished_at_us": 2000000,
      "loss": 3.0,
      "notes": [ "a note" ],
      "parameters": { "kind": "slow", "rate": 0.01, "share": 1.0 },
      "reason": null,
      "replicates_done": 2,
      "run_times_us": [ 9, 9 ],
      "se": 0.5,
      "source": { "kind": "start", "position": 0 },
      "spans": [
        { "high": 1.0, "low": 0.01, "parameter": "rate" },
        { "high": 1.0, "low": 0.2, "parameter": "share" }
      ],
      "started_at_us": 100000,
      "state": "complete",
      "targets": [
        {
          "factors": [ 0.5 ],
          "loss": 3.0,
          "se": 0.5,
          "target": "cases"
        }
      ],
      "ties": [
        { "above_best": 0.25, "loss": 3.25, "se": 0.25, "trial": 5 },
        { "above_best": 0.5, "loss": 3.5, "se": 0.5, "trial": 3 }
      ],
      "trial": 0
    },
    "changed": [
      {
        "asked_at_us": 0,
        "attempts": 2,
        "finished_at_us": 2000000,
        "loss": 3.0,
        "notes": [ "a note" ],
        "parameters": { "kind": "slow", "rate": 0.01, "share": 1.0 },
        "reason": null,
        "replicates_done": 2,
        "run_times_us": [ 9, 9 ],
        "se": 0.5,
        "source": { "kind": "start", "position": 0 },
        "started_at_us": 100000,
        "state": "complete",
        "targets": [
          {
            "factors": [ 0.5 ],
            "loss": 3.0,
            "se": 0.5,
            "target": "cases"
          }
        ],
        "trial": 0
      },
      {
        "asked_at_us": 0,
        "attempts": 2,
        "finished_at_us": 2000000,
        "loss": null,
        "notes": [],
        "parameters": { "kind": true, "rate": 1.0, "share": 0.5 },
        "reason": "the replicate ran over its time",
        "replicates_done": 0,
        "run_times_us": [],
        "se": null,
        "source": { "kind": "sampler" },
        "started_at_us": 300000,
        "state": "failed",
        "targets": [],
        "trial": 1
      },
      {
        "asked_at_us": 0,
        "attempts": 5,
        "finished_at_us": null,
        "loss": null,
        "notes": [],
        "parameters": { "kind": false, "rate": 0.1, "share": 0.5 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": null,
        "source": { "kind": "enqueued" },
        "started_at_us": 500000,
        "state": "pending",
        "targets": [],
        "trial": 2
      },
      {
        "asked_at_us": 0,
        "attempts": 0,
        "finished_at_us": 2000000,
        "loss": 3.5,
        "notes": [ "a note" ],
        "parameters": { "kind": 3, "rate": 0.1, "share": 0.2 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": 0.5,
        "source": { "kind": "caller" },
        "started_at_us": null,
        "state": "complete",
        "targets": [
          {
            "factors": [ 0.5 ],
            "loss": 3.5,
            "se": 0.5,
            "target": "cases"
          }
        ],
        "trial": 3
      },
      {
        "asked_at_us": 2000001,
        "attempts": 0,
        "finished_at_us": 2000001,
        "loss": 9.0,
        "notes": [ "a note" ],
        "parameters": { "kind": "slow", "rate": 0.2, "share": 1.0 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": null,
        "source": { "kind": "imported", "program": "optuna" },
        "started_at_us": null,
        "state": "complete",
        "targets": [
          {
            "factors": [ 0.5 ],
            "loss": 9.0,
            "se": null,
            "target": "cases"
          }
        ],
        "trial": 4
      },
      {
        "asked_at_us": 3000000,
        "attempts": 0,
        "finished_at_us": 3000001,
        "loss": 3.25,
        "notes": [ "a note" ],
        "parameters": { "kind": true, "rate": 1.0, "share": 0.5 },
        "reason": null,
        "replicates_done": 0,
        "run_times_us": [],
        "se": 0.25,
        "source": { "kind": "sampler" },
        "started_at_us": null,
        "state": "complete",
        "targets": [
          {
            "factors": [ 0.5 ],
            "loss": 3.25,
            "se": 0.25,
            "target": "cases"
          }
        ],
        "trial": 5
      }
    ],
    "failures": {
      "failed_attempts": [
        { "attempts": 1, "kind": "refused" },
        { "attempts": 1, "kind": "crashed" },
        { "attempts": 1, "kind": "timed_out" },
        { "attempts": 1, "kind": "unusable" }
      ],
      "lost_attempts": [
        { "attempts": 1, "kind": "slot_vanished" },
        { "attempts": 1, "kind": "program_ended" },
        { "attempts": 1, "kind": "cancelled" }
      ],
      "retries": 4,
      "trials": [
        {
          "reason": "the replicate ran over its time",
          "trials": [ 1 ]
        }
      ]
    },
    "progress": {
      "best": { "found_at_us": 2000000, "loss": 3.0, "se": 0.5, "trial": 0 },
      "finished": false,
      "idle_slot_seconds": 17.999928,
      "in_flight": [
        { "replicates_done": 0, "trial": 2 }
      ],
      "last_changed_us": 3000001,
      "mean_staleness": 2.2,
      "paused": false,
      "replicates_budget": 16,
      "replicates_done": 2,
      "run_time_us": 9000000,
      "slots": 2,
      "stopped": false,
      "study": "sample",
      "time_left_us": 9000000,
      "timeouts": 1,
      "trials_asked": 5,
      "trials_budget": 8,
      "trials_failed": 1,
      "trials_imported": 1,
      "trials_pending": 1,
      "trials_per_minute": 26.666666666666668,
      "trials_told": 4,
      "utilisation": 4e-6
    },
    "records": 31
  }
] satisfies View[]
