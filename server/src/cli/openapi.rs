//! `inlay openapi`

/// Prints the contract that this build was made from.
pub(super) fn run() {
    println!("{}", crate::contract::OPENAPI);
}
