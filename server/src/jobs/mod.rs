//! Work in the background that somebody asked for: it survives the end of the process, and doing it
//! again does nothing twice. It never answers a request.

pub mod imports;
