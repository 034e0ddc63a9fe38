//! Bodies of events, as anybody may send them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| inlay_fuzz::parser(data));
