//! Rules of mappings, and events under them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| inlay_fuzz::mapping(data));
