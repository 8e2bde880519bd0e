//! Exports for the JavaScript face.
