//! Tokens made up for tests: of each pattern, with seeded numbers. None was ever anybody's secret.

use super::bytes;
use super::pattern::{Part, split_first};
use super::pieces::Random;

/// Makes a token that has the pattern, as short as it allows or somewhat longer.
pub(super) fn token(pattern: &str, random: &mut Random) -> String {
    let mut token = String::new();
    let mut rest = pattern.as_bytes();
    while let Some((part, behind)) = split_first(rest) {
        rest = behind;
        match part {
            Part::One(set) => token.push(char::from(set[random.below(set.len())])),
            Part::Run(run) => {
                let class: Vec<u8> = (0..128).filter(|byte| bytes::is(*byte, run.class)).collect();
                let plain: Vec<u8> = class.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
                let length = run.shortest + random.below((run.longest - run.shortest).min(8) + 1);
                for i in 0..length {
                    // A run ends with a letter or a digit, and holds both and a capital where it may.
                    let fixed = [b'7', b'a', b'K'].into_iter().filter(|byte| class.contains(byte)).nth(i % 5);
                    let is_edge = i == 0 || i + 1 == length;
                    let bytes = if is_edge { &plain } else { &class };
                    token.push(char::from(fixed.unwrap_or_else(|| bytes[random.below(bytes.len())])));
                }
            }
        }
    }
    token
}
