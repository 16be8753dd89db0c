//! Secrets come as a value or as a file that holds it.

use std::path::Path;

use anyhow::Context;

/// The value, or what the file holds without white space at its end; `None` where neither is given.
pub(crate) fn read(value: Option<&str>, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let Some(file) = file else { return Ok(value.map(str::to_owned)) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the secret {}", file.display()))?;
    Ok(Some(text.trim_end().to_owned()))
}
