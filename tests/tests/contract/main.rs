//! The contract holds: it is valid, it is what is routed, and what it forbids is refused. (That every
//! answer has the form that it documents is checked in every suite, with each call.)

mod document;
mod forbidden;
mod routed;
