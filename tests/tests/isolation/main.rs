//! Nobody sees what is another's: every operation is asked by every wrong caller, tokens are forged in
//! every known way, and two tenants with different data look for each other's.

mod forged;
mod stolen;
mod table;
mod tenants;
