//! Generates the Rust types and services from `marsad/v1/*.proto`, their protobuf JSON, and the descriptor set that reflection
//! serves. Needs no `protoc`: protox compiles the files.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let files = [
        "analysis",
        "article",
        "explanation",
        "graph",
        "graph_query",
        "ingest_service",
        "knowledge_service",
        "query_service",
        "queue",
    ]
    .map(|name| format!("marsad/v1/{name}.proto"));
    println!("cargo::rerun-if-changed=marsad");
    let descriptors = protox::compile(files, ["."])?;
    let encoded = prost::Message::encode_to_vec(&descriptors);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("marsad.v1.bin"), &encoded)?;
    // `Timestamp` with a JSON form; the types of `prost-types` have none.
    tonic_prost_build::configure()
        .compile_well_known_types(true)
        .extern_path(".google.protobuf", "::pbjson_types")
        .compile_fds(descriptors)?;
    pbjson_build::Builder::new().register_descriptors(&encoded)?.build(&[".marsad.v1"])?;
    Ok(())
}
