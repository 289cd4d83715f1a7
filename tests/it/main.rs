//! What crosses parts of the core, in one binary to keep linking short.

mod conversation;
mod damage;
mod exported;
mod golden;
mod guide;
mod imported;
mod journal;
mod page_types;
mod picture;
mod studies;
mod tidy;
mod trade_off;
mod typhoid;
mod views;
mod worlds;
