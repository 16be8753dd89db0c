//! The wire contract of Marsad: generated protobuf types and the only conversions between them and the domain.
//!
//! * [`v1`]: the generated types and services of `marsad/v1/*.proto`; `serde` gives their protobuf JSON.
//! * [`analysis`]: what was found, domain to wire, with spans in the unit that the caller asked for.
//! * [`article`]: what callers hand in, wire to domain, every bad field named.
//! * [`graph`]: what many articles say together, domain to wire.
//! * [`knowledge`]: what is taught and judged, both ways.
//! * [`queue`]: what travels on the queue, both ways.
//! * [`status`]: the one place where error codes become gRPC statuses.
//! * [`trace`]: how a trace goes on behind the queue.

pub mod analysis;
pub mod article;
mod explanation;
pub mod graph;
pub mod knowledge;
pub mod queue;
pub mod status;
pub mod trace;
mod vocabulary;

/// The generated types and services of package `marsad.v1`.
#[allow(missing_docs, clippy::all, clippy::pedantic, rustdoc::all, unreachable_pub)]
pub mod v1 {
    tonic::include_proto!("marsad.v1");
    include!(concat!(env!("OUT_DIR"), "/marsad.v1.serde.rs"));

    /// The encoded `FileDescriptorSet` of the package, for reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/marsad.v1.bin"));
}

/// A moment as protobuf's `Timestamp`.
pub fn timestamp_from_micros(micros: i64) -> pbjson_types::Timestamp {
    pbjson_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
    }
}

/// Microseconds since the Unix epoch, or `None` where that is out of the range that protobuf allows (years 1 to 9999).
pub fn micros_from_timestamp(timestamp: &pbjson_types::Timestamp) -> Option<i64> {
    const FIRST_SECOND: i64 = -62_135_596_800;
    const LAST_SECOND: i64 = 253_402_300_799;
    let in_range = (FIRST_SECOND..=LAST_SECOND).contains(&timestamp.seconds)
        && (0..1_000_000_000).contains(&timestamp.nanos);
    in_range.then(|| timestamp.seconds * 1_000_000 + i64::from(timestamp.nanos) / 1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn timestamps_round_trip(micros in -62_135_596_800_000_000i64..=253_402_300_799_999_999) {
            let wire = super::timestamp_from_micros(micros);
            prop_assert_eq!(super::micros_from_timestamp(&wire), Some(micros));
        }

        #[test]
        fn any_timestamp_is_read_or_refused(seconds in any::<i64>(), nanos in any::<i32>()) {
            let _ = super::micros_from_timestamp(&pbjson_types::Timestamp { seconds, nanos });
        }
    }
}
