//! The table of token shapes: what providers' keys and tokens look like, from the providers' public documentation.
//!
//! A row is found by its prefix where a token can begin, and verified by the characters and the length behind it. It
//! ends at the first character outside its alphabet.

/// The characters that a token is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alphabet {
    /// `A-Z 0-9`.
    Upper,
    /// `0-9 a-f`, in any case.
    Hex,
    /// `A-Z a-z 0-9`.
    Alnum,
    /// `A-Z a-z 0-9 _ -`.
    Base64Url,
    /// `A-Z a-z 0-9 _ - .`.
    Dotted,
    /// `A-Z a-z 0-9 + / = _ -`.
    Base64,
    /// `A-Z a-z 0-9 / _ -`, the path of a webhook.
    Path,
}

impl Alphabet {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Alphabet::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphabet::Hex => byte.is_ascii_hexdigit(),
            Alphabet::Alnum => byte.is_ascii_alphanumeric(),
            Alphabet::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Alphabet::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Alphabet::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-'),
            Alphabet::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-'),
        }
    }
}

/// A kind of token.
#[derive(Debug)]
pub(super) struct Shape {
    /// The id that the mask shows.
    pub(super) rule: &'static str,
    pub(super) prefix: &'static str,
    pub(super) alphabet: Alphabet,
    /// How many characters stand behind the prefix.
    pub(super) length: (usize, usize),
}

const fn shape(rule: &'static str, prefix: &'static str, alphabet: Alphabet, shortest: usize, longest: usize) -> Shape {
    Shape { rule, prefix, alphabet, length: (shortest, longest) }
}

use Alphabet::{Alnum, Base64, Base64Url, Dotted, Hex, Path, Upper};

/// Every shape. Rows that begin with the same byte stand together; of two prefixes that begin alike the longer one
/// stands first.
pub(super) const SHAPES: &[Shape] = &[
    shape("age-secret-key", "AGE-SECRET-KEY-1", Upper, 58, 58),
    shape("aws-access-key", "AKIA", Upper, 16, 16),
    shape("aws-access-key", "ASIA", Upper, 16, 16),
    shape("atlassian-token", "ATATT3", Base64, 100, 400),
    shape("google-api-key", "AIza", Base64Url, 35, 40),
    shape("square-token", "EAAA", Base64Url, 60, 100),
    shape("google-oauth-secret", "GOCSPX-", Base64Url, 28, 40),
    shape("heroku-key", "HRKU-", Base64Url, 36, 80),
    shape("new-relic-key", "NRAK-", Alnum, 27, 40),
    shape("postman-key", "PMAK-", Base64Url, 59, 70),
    shape("sendgrid-key", "SG.", Dotted, 60, 80),
    shape("twilio-key", "SK", Hex, 32, 32),
    shape("databricks-token", "dapi", Hex, 32, 34),
    shape("docker-token", "dckr_pat_", Base64Url, 27, 60),
    shape("digitalocean-token", "doo_v1_", Hex, 64, 64),
    shape("digitalocean-token", "dop_v1_", Hex, 64, 64),
    shape("digitalocean-token", "dor_v1_", Hex, 64, 64),
    shape("doppler-token", "dp.pt.", Alnum, 40, 50),
    shape("doppler-token", "dp.st.", Dotted, 40, 80),
    shape("github-token", "ghp_", Alnum, 30, 255),
    shape("github-token", "gho_", Alnum, 30, 255),
    shape("github-token", "ghu_", Alnum, 30, 255),
    shape("github-token", "ghs_", Alnum, 30, 255),
    shape("github-token", "ghr_", Alnum, 30, 255),
    shape("github-token", "github_pat_", Base64Url, 50, 255),
    shape("grafana-token", "glc_", Base64, 32, 400),
    shape("gitlab-token", "glpat-", Dotted, 20, 64),
    shape("gitlab-token", "gldt-", Dotted, 20, 64),
    shape("gitlab-token", "glrt-", Dotted, 20, 64),
    shape("grafana-token", "glsa_", Base64Url, 40, 60),
    shape("hugging-face-token", "hf_", Alnum, 30, 60),
    shape("slack-webhook", "hooks.slack.com/services/", Path, 30, 100),
    shape("vault-token", "hvb.", Base64Url, 80, 300),
    shape("vault-token", "hvs.", Base64Url, 24, 300),
    shape("mailgun-key", "key-", Hex, 32, 32),
    shape("linear-key", "lin_api_", Alnum, 40, 48),
    shape("npm-token", "npm_", Alnum, 36, 36),
    shape("notion-token", "ntn_", Alnum, 40, 60),
    shape("planetscale-token", "pscale_pw_", Dotted, 32, 80),
    shape("planetscale-token", "pscale_tkn_", Dotted, 32, 80),
    shape("pypi-token", "pypi-", Base64Url, 50, 400),
    shape("stripe-key", "rk_live_", Alnum, 16, 247),
    shape("stripe-key", "rk_test_", Alnum, 16, 247),
    shape("rubygems-key", "rubygems_", Hex, 48, 48),
    shape("supabase-token", "sbp_", Hex, 40, 40),
    shape("notion-token", "secret_", Alnum, 43, 43),
    shape("shopify-token", "shpat_", Hex, 32, 32),
    shape("shopify-token", "shpca_", Hex, 32, 32),
    shape("shopify-token", "shppa_", Hex, 32, 32),
    shape("shopify-token", "shpss_", Hex, 32, 32),
    shape("anthropic-key", "sk-ant-", Base64Url, 24, 200),
    shape("openai-key", "sk-proj-", Base64Url, 20, 250),
    shape("openai-key", "sk-svcacct-", Base64Url, 20, 250),
    shape("openai-key", "sk-", Alnum, 32, 100),
    shape("stripe-key", "sk_live_", Alnum, 16, 247),
    shape("stripe-key", "sk_test_", Alnum, 16, 247),
    shape("sentry-token", "sntrys_", Base64, 40, 400),
    shape("sentry-token", "sntryu_", Hex, 64, 64),
    shape("square-token", "sq0atp-", Base64Url, 22, 60),
    shape("square-token", "sq0csp-", Base64Url, 43, 60),
    shape("stripe-key", "whsec_", Base64, 24, 80),
    shape("slack-token", "xapp-", Base64Url, 40, 200),
    shape("slack-token", "xoxa-", Base64Url, 10, 200),
    shape("slack-token", "xoxb-", Base64Url, 10, 200),
    shape("slack-token", "xoxe-", Base64Url, 10, 300),
    shape("slack-token", "xoxp-", Base64Url, 10, 200),
    shape("slack-token", "xoxr-", Base64Url, 10, 200),
    shape("slack-token", "xoxs-", Base64Url, 10, 200),
    shape("google-oauth-token", "ya29.", Base64Url, 30, 400),
];

/// For each first byte, the rows of [`SHAPES`] that begin with it: first row, and the row behind the last.
const ROWS: [(u8, u8); 256] = rows();

const fn rows() -> [(u8, u8); 256] {
    let mut table = [(0, 0); 256];
    let mut i = 0;
    while i < SHAPES.len() {
        let first = SHAPES[i].prefix.as_bytes()[0] as usize;
        #[expect(clippy::cast_possible_truncation, reason = "the table has fewer than 256 rows: checked below")]
        let row = i as u8;
        if table[first].1 == 0 {
            table[first].0 = row;
        }
        table[first].1 = row + 1;
        i += 1;
    }
    table
}

const _: () = assert!(SHAPES.len() < 256, "ROWS counts rows in a byte");

/// Returns whether a shape begins with this byte.
pub(super) const fn begins_shape(byte: u8) -> bool {
    ROWS[byte as usize].1 > 0
}

/// Returns the shape that a token at the start of `bytes` has, and the token's length.
pub(super) fn shape_at(bytes: &[u8]) -> Option<(&'static Shape, usize)> {
    let &(from, to) = ROWS.get(usize::from(*bytes.first()?))?;
    let rows = SHAPES.get(usize::from(from)..usize::from(to))?;
    rows.iter().filter(|shape| bytes.starts_with(shape.prefix.as_bytes())).find_map(|shape| {
        let (shortest, longest) = shape.length;
        let rest = bytes.iter().skip(shape.prefix.len());
        let length = rest.take(longest + 1).take_while(|b| shape.alphabet.has(**b)).count();
        (shortest..=longest).contains(&length).then_some((shape, shape.prefix.len() + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_found_at_its_shortest_and_not_one_character_shorter() {
        for shape in SHAPES {
            let token =
                |length: usize| format!("{}{}", shape.prefix, "A7".repeat(length / 2 + 1).get(..length).unwrap());
            let found = |length| shape_at(token(length).as_bytes()).map(|(found, _)| found.rule);

            assert_eq!(Some(shape.rule), found(shape.length.0), "{}", shape.prefix);
            assert_eq!(None, found(shape.length.0 - 1).filter(|rule| *rule == shape.rule), "{}", shape.prefix);
        }
    }

    #[test]
    fn rows_with_the_same_first_byte_stand_together() {
        let firsts: Vec<u8> = SHAPES.iter().map(|shape| shape.prefix.as_bytes()[0]).collect();

        assert!(firsts.is_sorted());
    }
}
