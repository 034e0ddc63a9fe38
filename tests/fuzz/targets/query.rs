//! Queries, as anybody with a token may send them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| inlay_fuzz::query(data));
