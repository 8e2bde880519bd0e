//! The API users call.
