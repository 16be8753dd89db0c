//! Generates the Rust types and services from `marsad/v1/*.proto`, and the descriptor set that reflection serves. Needs no
//! `protoc`: protox compiles the files.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let files = ["analysis", "article", "ingest_service", "query_service", "queue"]
        .map(|name| format!("marsad/v1/{name}.proto"));
    println!("cargo::rerun-if-changed=marsad");
    let descriptors = protox::compile(files, ["."])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("marsad.v1.bin"), prost::Message::encode_to_vec(&descriptors))?;
    tonic_prost_build::configure().bytes(".").compile_fds(descriptors)?;
    Ok(())
}
