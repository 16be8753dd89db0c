//! One process by itself, on an embedded queue and store.

use std::path::Path;

use crate::process::{Process, output};

/// The path of a file in a folder, as an argument.
///
/// # Panics
/// When it is no UTF-8.
pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).into_os_string().into_string().unwrap()
}

/// A token with these scopes, and whatever else `marsad token new` is to be told, whose hash is added to a file.
///
/// # Panics
/// When it cannot be made.
pub fn new_token(file: &str, scopes: &[&str], more: &[&str]) -> String {
    let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
    let args = ["token", "new", "--file", file, "--name", "tests"];
    output(args.into_iter().chain(scopes).chain(more.iter().copied())).trim().to_owned()
}

/// An embedded system with these arguments besides its data directory.
///
/// # Panics
/// When it does not start.
pub async fn start(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> Process {
    let mut all = vec!["--data-dir".to_owned(), path(folder, "data")];
    all.extend(args.iter().map(|&arg| arg.to_owned()));
    let env: Vec<_> = env.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    Process::start(&all, &env, folder).await
}
