//! The keys of JSON lines: which part of a record each stands for, in any spelling.

/// The parts of a record that keys stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Timestamp,
    Level,
    Logger,
    Component,
    Pid,
    Thread,
    Job,
    Project,
    User,
    Status,
    Message,
    Exception,
}

pub(super) const ROLES: usize = Role::Exception as usize + 1;

/// Returns the part that a key stands for and its rank: of two keys for one part the lower rank wins, then the later.
pub(super) fn role(key: &str) -> Option<(Role, u8)> {
    let mut buffer = [0_u8; LONGEST];
    let mut length = 0;
    let is_short = key.len() <= "@mt".len();
    for byte in key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b'.') && (is_short || *b != b'@')) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let name = buffer.get(..length)?;
    let ([from, first], [to, _]) = (*BY_LENGTH.get(length)?, *BY_LENGTH.get(length + 1)?);
    let names = NAMES.get(usize::from(from)..usize::from(to))?;
    let place = names.chunks_exact(length.max(1)).position(|known| known == name)?;
    PARTS.get(usize::from(first) + place).copied()
}

/// No key that stands for a part is longer.
const LONGEST: usize = 32;

/// The keys in the order of their lengths, one behind the other: smaller than a table of texts, and sooner searched.
static NAMES: [u8; NAMES_LENGTH] = SORTED.0;
/// What they stand for, in the same order.
static PARTS: [(Role, u8); KEYS.len()] = SORTED.1;
/// Where the keys of each length begin in [`NAMES`], and in [`PARTS`].
static BY_LENGTH: [[u16; 2]; LONGEST + 2] = SORTED.2;

const NAMES_LENGTH: usize = {
    let mut length = 0;
    let mut place = 0;
    while place < KEYS.len() {
        length += KEYS[place].0.len();
        place += 1;
    }
    length
};

type Sorted = ([u8; NAMES_LENGTH], [(Role, u8); KEYS.len()], [[u16; 2]; LONGEST + 2]);

const SORTED: Sorted = {
    let mut names = [0; NAMES_LENGTH];
    let mut parts = [(Role::Timestamp, 0); KEYS.len()];
    let mut by_length = [[0; 2]; LONGEST + 2];
    let (mut at, mut count): (u16, u16) = (0, 0);
    let mut length = 0;
    while length < LONGEST + 2 {
        by_length[length] = [at, count];
        let mut place = 0;
        while place < KEYS.len() {
            let (name, role, rank) = KEYS[place];
            if name.len() == length {
                let mut byte = 0;
                while byte < length {
                    names[at as usize] = name.as_bytes()[byte];
                    at += 1;
                    byte += 1;
                }
                parts[count as usize] = (role, rank);
                count += 1;
            }
            place += 1;
        }
        length += 1;
    }
    (names, parts, by_length)
};

/// Every key that stands for a part, spelled without `_-.@` (CLEF's short ones keep their `@`) and in lower case, with its
/// rank. A key in an inner object has those around it in front; `mongo` stands in front of short keys of `MongoDB`.
///
/// Invariant: a level's key of rank 0 has a `v` between two `e`s (`layout.rs`).
const KEYS: &[(&str, Role, u8)] = &[
    ("timestamp", Role::Timestamp, 0),
    ("ts", Role::Timestamp, 1),
    ("time", Role::Timestamp, 1),
    ("datetime", Role::Timestamp, 2),
    ("asctime", Role::Timestamp, 2),
    ("date", Role::Timestamp, 2),
    ("@t", Role::Timestamp, 1),
    ("t$date", Role::Timestamp, 1),
    ("timeunixnano", Role::Timestamp, 1),
    ("recordtimerepr", Role::Timestamp, 1),
    ("realtimetimestamp", Role::Timestamp, 3),
    ("instantepochsecond", Role::Timestamp, 3),
    ("timemillis", Role::Timestamp, 2),
    ("level", Role::Level, 0),
    ("loglevel", Role::Level, 0),
    ("levelname", Role::Level, 1),
    ("severity", Role::Level, 1),
    ("lvl", Role::Level, 1),
    ("levelno", Role::Level, 2),
    ("priority", Role::Level, 2),
    ("type", Role::Level, 3),
    ("@l", Role::Level, 1),
    ("mongos", Role::Level, 1),
    ("severitytext", Role::Level, 1),
    ("severitynumber", Role::Level, 2),
    ("recordlevelname", Role::Level, 1),
    ("message", Role::Message, 0),
    ("msg", Role::Message, 1),
    ("event", Role::Message, 2),
    ("@m", Role::Message, 1),
    ("@mt", Role::Message, 2),
    ("shortmessage", Role::Message, 1),
    ("body", Role::Message, 1),
    ("bodystringvalue", Role::Message, 1),
    ("recordmessage", Role::Message, 1),
    ("textpayload", Role::Message, 1),
    ("log", Role::Message, 3),
    ("logger", Role::Logger, 0),
    ("loggername", Role::Logger, 0),
    ("name", Role::Logger, 1),
    ("target", Role::Logger, 1),
    ("category", Role::Logger, 1),
    ("mongoc", Role::Logger, 1),
    ("loglogger", Role::Logger, 1),
    ("sourcecontext", Role::Logger, 1),
    ("syslogidentifier", Role::Logger, 1),
    ("recordname", Role::Logger, 1),
    ("scopename", Role::Logger, 2),
    ("component", Role::Component, 0),
    ("service", Role::Component, 1),
    ("servicename", Role::Component, 1),
    ("resourceservicename", Role::Component, 1),
    ("resourceattributesservicename", Role::Component, 1),
    ("pid", Role::Pid, 0),
    ("processid", Role::Pid, 0),
    ("process", Role::Pid, 1),
    ("processpid", Role::Pid, 1),
    ("recordprocessid", Role::Pid, 1),
    ("thread", Role::Thread, 0),
    ("threadname", Role::Thread, 0),
    ("mongoctx", Role::Thread, 1),
    ("processthreadname", Role::Thread, 1),
    ("recordthreadname", Role::Thread, 1),
    ("jobid", Role::Job, 0),
    ("job", Role::Job, 1),
    ("projectid", Role::Project, 0),
    ("project", Role::Project, 1),
    ("userid", Role::User, 0),
    ("user", Role::User, 1),
    ("status", Role::Status, 0),
    ("exception", Role::Exception, 0),
    ("excinfo", Role::Exception, 1),
    ("stack", Role::Exception, 1),
    ("stacktrace", Role::Exception, 1),
    ("traceback", Role::Exception, 1),
    ("errorstack", Role::Exception, 1),
    ("errorstacktrace", Role::Exception, 1),
    ("@x", Role::Exception, 1),
    ("errstack", Role::Exception, 1),
    ("exceptionstacktrace", Role::Exception, 1),
];
