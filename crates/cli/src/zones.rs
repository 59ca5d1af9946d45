//! The zone that a command reads and shows times in.

use jobtrail_core::Zone;
use jobtrail_files::{ZoneError, system_zone, zone};

use crate::io::Io;

/// Returns the zone of this name; `local` is that of the environment (`TZ`), else of the machine.
pub(crate) fn named(name: &str, io: &Io<'_>) -> Result<Zone, ZoneError> {
    if name == "local" { local(io) } else { zone(name) }
}

/// Whether clocks here show something else than UTC at the moment.
pub(crate) fn host_is_not_utc(io: &Io<'_>) -> bool {
    local(io).is_ok_and(|zone| zone.offset_micros((io.now)()) != 0)
}

fn local(io: &Io<'_>) -> Result<Zone, ZoneError> {
    match (io.variable)("TZ").filter(|name| !name.is_empty()) {
        Some(name) => zone(name.trim_start_matches(':')).or_else(|_| system_zone()),
        None => system_zone(),
    }
}
