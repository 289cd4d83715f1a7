//! What crosses the parts of the core, in one binary.

mod worlds;
