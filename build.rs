//! The migrations are embedded by a macro that cargo does not see through: build again when one is added.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
