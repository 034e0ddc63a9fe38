//! The lake from outside: where its files lie, who else can read them, and what leaves them.

mod bucket;
mod erasure;
mod files;
mod interop;
mod retention;
mod tenant;
