//! Files that are read again when they change: tokens and certificates are replaced without a restart.
//!
//! The contents are compared, not times: a mounted secret is replaced by a link to other files.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Makes a value of the contents of its files, in their order.
type Make<T> = Box<dyn Fn(&[Vec<u8>]) -> anyhow::Result<T> + Send + Sync>;

/// What some files hold.
pub(crate) struct Files<T> {
    what: &'static str,
    paths: Vec<PathBuf>,
    make: Make<T>,
    contents: Vec<Vec<u8>>,
    value: T,
}

/// A value as its files last gave it.
pub(crate) struct Reloaded<T>(watch::Receiver<Arc<T>>);

impl<T> Clone for Reloaded<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Reloaded<T> {
    /// The last value that made sense.
    pub(crate) fn current(&self) -> Arc<T> {
        Arc::clone(&self.0.borrow())
    }
}

impl<T: Send + Sync + 'static> Files<T> {
    /// Reads the files. An error names them.
    pub(crate) fn load(
        what: &'static str,
        paths: Vec<PathBuf>,
        make: impl Fn(&[Vec<u8>]) -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let contents = read(&paths)?;
        let value = make(&contents).with_context(|| format!("{what}: {}", names(&paths)))?;
        Ok(Self { what, paths, make: Box::new(make), contents, value })
    }

    /// Looks at the files again and again until `stop`. Where they cannot be read or make no sense the value stays what it was,
    /// and the log says so once.
    pub(crate) fn watch(self, every: Duration, stop: CancellationToken) -> Reloaded<T> {
        let Self { what, paths, make, mut contents, value } = self;
        let (sender, receiver) = watch::channel(Arc::new(value));
        tokio::spawn(async move {
            let mut last_problem = None;
            while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
                let problem = match read(&paths) {
                    Ok(same) if same == contents => continue,
                    Ok(changed) => {
                        contents = changed;
                        make(&contents).map(|value| drop(sender.send_replace(Arc::new(value)))).err()
                    }
                    Err(error) => Some(error),
                };
                let problem = problem.map(|error| format!("{error:#}"));
                match &problem {
                    None => tracing::info!("{what}: read again"),
                    Some(_) if problem == last_problem => {}
                    Some(problem) => {
                        tracing::error!(
                            problem,
                            files = names(&paths),
                            "{what}: what was read before stays in force"
                        );
                    }
                }
                last_problem = problem;
            }
        });
        Reloaded(receiver)
    }
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Vec<u8>>> {
    let read =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    paths.iter().map(read).collect()
}

fn names(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFTEN: Duration = Duration::from_millis(5);

    fn number(contents: &[Vec<u8>]) -> anyhow::Result<u32> {
        Ok(std::str::from_utf8(&contents[0])?.trim().parse()?)
    }

    #[tokio::test]
    async fn what_makes_no_sense_changes_nothing_and_what_does_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number");
        std::fs::write(&path, "1").unwrap();
        let stop = CancellationToken::new();
        let reloaded = Files::load("number", vec![path.clone()], number).unwrap().watch(OFTEN, stop.clone());
        assert_eq!(*reloaded.current(), 1);
        std::fs::write(&path, "one").unwrap();
        tokio::time::sleep(10 * OFTEN).await;
        std::fs::remove_file(&path).unwrap();
        tokio::time::sleep(10 * OFTEN).await;
        assert_eq!(*reloaded.current(), 1);
        std::fs::write(&path, "2").unwrap();
        tokio::time::timeout(Duration::from_secs(10), async {
            while *reloaded.current() != 2 {
                tokio::time::sleep(OFTEN).await;
            }
        })
        .await
        .unwrap();
        stop.cancel();
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Files::load("number", vec!["/no/such/file".into()], number).map(|_| ()).unwrap_err();
        assert!(format!("{error:#}").contains("/no/such/file"), "{error:#}");
    }
}
