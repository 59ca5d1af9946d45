//! The evaluation set: tokens of every pattern in varied surroundings, near misses, and lines that hide nothing. All made up
//! from seeded numbers, and `docs/redaction.md`, which is written from the table (`BLESS=1`).

use std::fmt::Write;
use std::{fs::read_to_string, fs::write};

use super::pieces::Random;
use super::trigger::is_dense;
use super::{Redactor, made, rules, shapes};

/// What a token stands in: text before it, text behind it.
const SURROUNDINGS: [(&str, &str); 14] = [
    ("", ""),
    ("value=", " n=1"),
    ("{\"level\":\"info\",\"detail\":\"", "\",\"n\":1}"),
    ("{\"detail\":\"loaded ", " from env\"}"),
    ("{\"inner\":\"{\\\"a\\\":\\\"", "\\\"}\"}"),
    ("the service answered 401 for ", ", trying again"),
    ("rejected ", "."),
    ("(", ")"),
    ("['", "', 7]"),
    ("https://example.com/a?x=", "&y=1"),
    ("X-Upstream: ", "\r\n"),
    ("\u{e9}\u{4e2d} ", " \u{1f600}"),
    ("a\tb\t", "\tc"),
    ("<v>", "</v>"),
];

#[test]
fn tokens_of_every_pattern_are_masked_in_all_surroundings_and_nothing_else_is() {
    let redactor = Redactor::default();
    let mut random = Random(0xE7A1);
    for (rule, pattern) in rules::patterns() {
        for (before, behind) in SURROUNDINGS {
            let token = made::token(pattern, &mut random);
            if !is_dense(token.as_bytes()) {
                continue; // looks like a number or a time: not looked at
            }
            let text = format!("{before}{token}{behind}");
            let redacted = redactor.redact(&text);

            assert!(!redacted.contains(&token), "{rule} {text} -> {redacted}");
            assert!(redacted.starts_with(before) && redacted.ends_with(behind), "{rule} {text} -> {redacted}");
            assert_eq!(redacted, redactor.redact(&redacted), "{rule} {text}");
            if before.starts_with('{') {
                assert!(serde_json::from_str::<serde_json::Value>(&redacted).is_ok(), "{rule} {redacted}");
            }
        }
        // In the middle of a word nothing begins.
        let token = made::token(pattern, &mut random);
        let inside = format!("x{token}");
        if pattern.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            assert!(redactor.find(&inside).iter().all(|found| found.start > 0), "{rule} {inside}");
        }
    }
}

/// A line without a secret, of the kind of its number.
fn benign(kind: usize, random: &mut Random) -> String {
    let mut hex =
        |count: usize| (0..count).map(|_| char::from(b"0123456789abcdef"[random.below(16)])).collect::<String>();
    let (a, b) = (hex(40), hex(64));
    let uuid = format!("{}-{}-4{}-a{}-{}", &a[..8], &a[8..12], &a[12..15], &a[15..18], &a[18..30]);
    let n = random.below(90_000) + 10_000;
    match kind % 20 {
        0 => format!("request {uuid} done in {} ms", n % 1000),
        1 => format!("commit {a} by ann"),
        2 => format!("sha256:{b} pulled"),
        3 => format!("MSH-0105-{} started", a[..4].to_uppercase()),
        4 => format!("2026-01-05T12:{:02}:{:02}.{n}0Z INFO worker ready", n % 60, n / 60 % 60),
        5 => format!("order_id=41111111{n}123 shipped"),
        6 => format!("  File \"/usr/lib/python3.11/site-packages/app_{n}/jobs.py\", line {n}, in run"),
        7 => format!("wrote part-{n}-{uuid}.snappy.parquet to /var/tmp/out"),
        8 => format!("upgraded lib{n} from 1.{}.3-beta.2+build.{n} to 2.0.0rc1", n % 40),
        9 => format!("{:08x}  {} {} |................|", n, &b[..16], &b[16..32]),
        10 => format!(
            "10.0.{}.{} - - [05/Jan/2026:12:30:45 +0000] \"GET /api/v{}/jobs HTTP/1.1\" 200 {n}",
            n % 256,
            n % 250,
            n % 9
        ),
        11 => format!("{{\"level\":\"info\",\"max_tokens\":{n},\"token_count\":{},\"id\":\"{uuid}\"}}", n % 700),
        12 => format!("etag \"{}\" cache_key=users:{n}:{}", &b[..32], &a[..12]),
        13 => format!("password must be at least {} characters long", n % 30),
        14 => format!("at com.example.App{n}$Inner.run(App.java:{})", n % 900),
        15 => format!("blob name aGVsbG8td29ybGQt{n} of bucket data-{}", &a[..8]),
        16 => format!("pid {n} tid 0x{} mapped at 0x{}", &a[..12], &b[..12]),
        17 => format!("loaded token.rs:{n} and keyboard-{n}.json, 3 passed; 0 failed"),
        18 => format!("trace_id={} span_id={} sampled=true", &b[..32], &a[..16]),
        _ => format!("event {} at {}123456 from node-{}", n, 1_700_000_000 + n, n % 64),
    }
}

#[test]
fn lines_that_hide_nothing_stay_as_they_are() {
    let redactor = Redactor::default();
    let mut random = Random(0xBE19);
    for kind in 0..4000 {
        let line = benign(kind, &mut random);

        assert_eq!(line, redactor.redact(&line));
    }
}

/// The page of all rules.
fn page() -> String {
    let mut page = String::from(
        "# What is masked\n\n\
         <!-- Written from the table of shapes by a test of the core: `BLESS=1 cargo test -p jobtrail-core`. -->\n\n\
         A mask says which rule found what it hides: `[redacted:github-token]`. Redacting twice changes nothing more, JSON stays\n\
         JSON, and the time is linear in the text.\n\n\
         ## By what stands before them\n\n\
         Values of sensitive keys (`password`, `secret`, `token`, `api-key`, `key`, `credential`, `authorization`, `cookie`,\n\
         `session`, `pin`), credentials behind `Bearer` and `Basic` (`bearer`, `basic`), passwords in URLs (`url-credentials`).\n\
         So are values that no colon or equals sign joins to their key: `<password>x</password>`, `('password', 'x')`,\n\
         `{\"name\": \"password\", \"value\": \"x\"}`, `password x` of a netrc file, a block of YAML, `--password x`, and the options of\n\
         one letter of curl, HTTPie, redis-cli, mysql and its like, sqlcmd, sshpass, psexec and `docker login`.\n\n\
         ## By their form\n\n\
         JSON Web Tokens (`jwt`), private keys (`private-key`), card numbers with a right check digit (`card`), personal paths\n\
         (`path`: the part up to the user's name becomes `~`). Where it is asked for: `email`, `ip`, `phone`, and own patterns\n\
         (`custom`).\n\n\
         ## By their shapes\n\n\
         In a pattern `%a20` is a run of 20 characters, `%a20-40` of 20 to 40, `%a20*` of at least 20; `[ab]` is one of these\n\
         characters, and all else stands for itself. The runs: `n` digits, `x` hex digits, `l` lower case and digits, `u` upper\n\
         case and digits, `a` letters and digits, `w` those and `_ -`, `d` those and `.`, `m` those and `=`, `t` as `d` and `~`,\n\
         `b` base64 of both kinds, `p` as `w` and `/ @`, `q` hex digits and `-`, `s` letters, digits, `.` and `/`, `h` what password\n\
         hashes are made of. A capital wants a digit and letters of both cases. A token begins where a word begins.\n\n\
         | rule | patterns |\n| --- | --- |\n",
    );
    for line in shapes::SHAPES.lines() {
        let (rule, patterns) = line.split_once(' ').unwrap();
        let patterns: Vec<String> = patterns.split(' ').map(|p| format!("`{}`", p.replace('|', "\\|"))).collect();
        writeln!(page, "| {rule} | {} |", patterns.join(" ")).unwrap();
    }
    page
}

#[test]
fn the_page_of_all_rules_is_written_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/redaction.md");
    if option_env!("BLESS") == Some("1") {
        write(path, page()).unwrap();
    }

    assert_eq!(page(), read_to_string(path).unwrap(), "run it with BLESS=1");
}
