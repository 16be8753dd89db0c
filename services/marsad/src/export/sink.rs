//! Where an export goes: standard output, or a file that is there when it is whole.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

/// What is written and not yet handed on.
const BUFFER: usize = 1 << 16;

/// The open end of an export.
pub(crate) struct Sink {
    writer: BufWriter<Target>,
}

enum Target {
    /// Standard output, or something with a name that cannot be replaced: a pipe, a device.
    Stream(Box<dyn Write>),
    /// A file beside the one that it becomes.
    Beside(NamedTempFile, PathBuf),
}

impl Sink {
    /// Standard output, or the file. An existing file stays as it is until [`Sink::finish`] puts the whole export in its place.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let target = match path {
            None => Target::Stream(Box::new(io::stdout().lock())),
            Some(path) => target(path).with_context(|| format!("cannot write {}", path.display()))?,
        };
        Ok(Self { writer: BufWriter::with_capacity(BUFFER, target) })
    }

    /// Hands on what is left, and gives a file its name. An export that is dropped before leaves no file.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self.writer.into_inner().map_err(io::IntoInnerError::into_error)? {
            Target::Stream(mut stream) => stream.flush()?,
            Target::Beside(file, path) => {
                file.as_file().sync_all()?;
                file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn target(path: &Path) -> io::Result<Target> {
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Ok(Target::Stream(Box::new(File::options().write(true).open(path)?)));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As any file that a program makes: what the user's mask leaves of it.
    let file = tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)?;
    Ok(Target::Beside(file, path.to_owned()))
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(stream) => stream.write(bytes),
            Self::Beside(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.flush(),
            Self::Beside(file, _) => file.flush(),
        }
    }
}

/// Whether a failure is that the reader has gone away, as `head` does.
pub(crate) fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_when_the_export_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        std::fs::write(&path, "old").unwrap();
        let mut sink = Sink::open(Some(&path)).unwrap();
        sink.write_all(b"half").unwrap();
        drop(sink);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
        let mut sink = Sink::open(Some(&path)).unwrap();
        sink.write_all(b"whole").unwrap();
        sink.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(Sink::open(Some(&folder.path().join("no/such/folder"))).is_err());
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let null = Path::new("/dev/null");
        let mut sink = Sink::open(Some(null)).unwrap();
        sink.write_all(b"gone").unwrap();
        sink.finish().unwrap();
        assert!(!null.metadata().unwrap().is_file());
    }
}
