//! Logs and queries made from a seed: every form that the formats know and much that breaks them, mixed.
#![allow(unreachable_pub, clippy::allow_attributes, reason = "unit tests and integration tests share this file")]

/// A seeded source of numbers (xorshift), so that a failure can be repeated.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }
}

/// Lines of one form, with places to fill in.
const FORMS: &[&[&str]] = &[
    &[
        r#"{"timestamp": "2026-01-0@dT@t.@fZ", "level": "@L", "logger": "app.@w", "message": "Job #@n: @w @w in @n ms", "module": "jobs", "line": @n, "job_id": @n}"#,
    ],
    &[
        r#"{"timestamp": "2026-01-0@dT@t.@fZ", "level": "@L", "logger": "app", "message": "@w", "exception": "Traceback\n  File \"x.py\"\nError: @w"}"#,
    ],
    &[
        r#"{"timestamp": "2026-01-0@dT@t.@fZ", "job_id": "MSH-0105-A7F@x", "status": "@s", "job_type": "mesh", "details": {"node_count": @n}}"#,
    ],
    &[
        r#"{"ts":"2026-01-0@dT@t.123Z","level":"@L","component":"worker","projectId":"p@x","jobId":"j@x","msg":"@w @w","data":{"steps":@n,"list":[1,{"a":null}]}}"#,
    ],
    &[r#"{"timestamp":17344704@n000,"type":"@L","message":"@w (@n%)","metadata":{"progress":45}}"#],
    &[
        r#"{"level":@v,"time":1767607200@n,"pid":@n,"hostname":"h","msg":"@w"}"#,
        r#"{"level":"@L","levelno":@v,"msg":"@w","ts":"no time"}"#,
    ],
    &[
        r#"{"timestamp": "2026-01-0@dT@tZ", "level": "@L", "logger": "a", "message": "@w"}"#,
        r#"{"timestamp": "2026-01-0@dT@tZ", "level": "INFO", "logger": "a", "message": "@w", "LEVEL": "@L"}"#,
    ],
    &["2026-01-0@d @t.@f [@n] [@L] @w @w, job @n"],
    &["2026-01-0@d @t - app.@w - @L - @w job_id=@n"],
    &["[@t] [@L] MSH-0105-A7F@x @w"],
    &["[@t] [@n] [@L] @w", "[@L] @w"],
    &["[JOB LOG] MSH-0105-A7F@x | MESH | @s | b.step | Strategy: fast", "[JOB] MSH-0105-A7F@x"],
    &["[JobLogManager] [job-@n] @L: @w (@n%)"],
    &[
        "Traceback (most recent call last):",
        "  File \"/home/alice/@w.py\", line @n, in run",
        "    @w()",
        "ValueError: @w",
    ],
    &["java.io.IOException: @w", "\tat com.example.@w.run(Run.java:@n)", "Caused by: java.lang.Error: @w"],
    &["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEAu@x", "-----END RSA PRIVATE KEY-----"],
    &["-----BEGIN PRIVATE KEY-----", "MIIEvQ@x"],
    &["plain @w without a header", "@w"],
    &["", "   ", "    indented @w", "  password=hunter@n"],
    &["\u{1b}[31m[@t] [@n] [@L]\u{1b}[0m @w", "2026-01-0@d @t [1] [ER\u{1b}[1mROR] @w"],
    &["password=hunter@n token: ghp_@k", r#"{"password": "x@n", "level": "@L", "message": "4111 1111 1111 1111"}"#],
    &[
        r#"{"level": "INFO", "level": "@L", "message": "twice"}"#,
        r#"{"le\u0076el": "@L", "message": "escaped \u00e9"}"#,
    ],
    &[
        r#"{"timestamp": "2026-01-0@dT@tZ", "level": "@L", "message": "cut of"#,
        r#"{"timestamp": "2026-13-0@dT@tZ", "level": "@L"}"#,
    ],
    &[
        "2026-01-0@d @t - Authorization: x - @L - @w",
        "{\"level\": \"@L\", \"log_level\": \"@L\", \"message\": \"caf\u{e9}\"}",
    ],
    &["@L:app.@w:@w", "INFO:     @w @w", "WARN: @w"],
    &["2026-01-0@d @t,@f @L [thread-@n] com.example.App$@x: @w @w", "2026-01-0@d @t,@f @L  a.b: @w"],
    &["2026-01-0@dT@tZ  @L my_app::@x: @w", "[2026-01-0@dT@tZ @L app] @w", "2026-01-0@d @t @L @w"],
    &["Jan  @d @t host app(@w)[@n]: @w", "Jan  @d @t host kernel: @w", "01-0@d @t.@f  @n  @n E Tag: @w"],
    &["I010@d @t.@f @n a.go:@n] @w", "E010@d @t.@f @n a.go:@n] @w", "F010@d @t.@f @n b.go:1] @w"],
    &["[Sun Jan 0@d @t 2026] [@L] @w", "2026/01/0@d @t [@L] @n#@n: @w", "2026/01/0@d @t @w"],
    &["- 1767607200 2026.01.0@d n 2026-01-0@d-10.@n.00.@f n RAS APP @L @w", "17/06/0@d @t @L a.b: @w"],
    &["10.0.0.@x - - [0@d/Jan/2026:@t +0100] \"GET /@w HTTP/1.1\" 200 @n", "2026-01-0@d @t | @L | a:b:@n - @w"],
];

const WORDS: &[&str] = &[
    "served",
    "failed",
    "retry",
    "mesh",
    "error",
    "slow tile",
    "E",
    "never",
    "~/app",
    "grün",
    "say \\\"hi\\\"",
    "None",
];
const LEVELS: &[&str] =
    &["INFO", "info", "DEBUG", "WARNING", "warn", "ERROR", "err", "E", "CRITICAL", "fatal", "loud", "severe"];
const STATUSES: &[&str] = &["started", "processing", "completed", "error"];

/// Returns a log of up to a few hundred lines.
pub fn log(seed: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut second = random.below(86_400);
    // Some logs are of one form, others of a few, others of all.
    let forms: Vec<usize> = (0..[1, 3, FORMS.len()][random.below(3)]).map(|_| random.below(FORMS.len())).collect();
    let line_end = ["\n", "\n", "\r\n"][random.below(3)];
    let mut log = Vec::new();
    for _ in 0..=random.below(120) {
        let form = if random.below(8) == 0 { random.below(FORMS.len()) } else { forms[random.below(forms.len())] };
        for line in FORMS[form] {
            // A step back now and then, and over midnight.
            second = (second + random.below(40) + if random.below(50) == 0 { 80_000 } else { 0 }) % 86_400;
            log.extend_from_slice(fill(line, second, &mut random).as_bytes());
            match random.below(60) {
                0 => log.extend_from_slice(b"caf\xe9 \xff"),
                1 => log.push(0),
                2 => log.extend_from_slice(b"\rback"),
                3 => log.truncate(log.len().saturating_sub(random.below(20))),
                _ => {}
            }
            log.extend_from_slice(line_end.as_bytes());
        }
    }
    if random.below(3) == 0 {
        log.truncate(log.len().saturating_sub(1 + random.below(30)));
    }
    log
}

fn fill(line: &str, second: usize, random: &mut Random) -> String {
    let mut pieces = line.split('@');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let pick = |words: &[&str], random: &mut Random| words[random.below(words.len())].to_owned();
        let value = match piece.chars().next() {
            Some('d') => (1 + random.below(9)).to_string(),
            Some('t') => format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60),
            Some('f') => format!("{:03}", random.below(1000)),
            Some('n') => random.below(130).to_string(),
            Some('x') => random.below(10).to_string(),
            Some('v') => [10, 20, 30, 40, 50, 60, 35][random.below(7)].to_string(),
            Some('k') => "Aa0".repeat(12),
            Some('w') => pick(WORDS, random),
            Some('L') => pick(LEVELS, random),
            Some('s') => pick(STATUSES, random),
            _ => "@".to_owned(),
        };
        filled += &value;
        filled += piece.get(1..).unwrap_or_default();
    }
    filled
}

/// Returns a query.
pub fn query(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1);
    expression(&mut random, 0)
}

fn expression(random: &mut Random, depth: usize) -> String {
    let join = ["  ", " ", " OR ", " "][random.below(4)];
    let terms: Vec<String> = (0..=random.below(3)).map(|_| term(random, depth)).collect();
    terms.join(join)
}

fn term(random: &mut Random, depth: usize) -> String {
    const TERMS: &[&str] = &[
        "@q",
        "\"@q\"",
        "level:@l",
        "level>=@l",
        "level<@l",
        "level>@l",
        "level:@l,@l",
        "level:*",
        "job:@n",
        "job:MSH-0105-A7F@x",
        "job:j@x,@n",
        "job:*",
        "job:msh-0105-*",
        "since:2026-01-0@d",
        "until:2026-01-0@d",
        "since:1970-01-02",
        "timestamp>2026-01-0@d",
        "format:process,json",
        "message:*@q*",
        "logger:app*",
        "line>@n",
        "exception:*",
        "/fail|slow/",
        "redacted:*",
        "pid:@n",
        "component:worker",
        "data.steps>@n",
        "status:started",
    ];
    if depth < 2 && random.below(6) == 0 {
        return format!("({})", expression(random, depth + 1));
    }
    let second = 0;
    let term = TERMS[random.below(TERMS.len())];
    let quick = ["served", "failed", "FAILED", "traceback", "value", "e", "grün", "hunter", "x.py", "ghp", "ms"];
    let level = ["error", "warning", "critical", "info", "trace"];
    let term = term.replace("@q", quick[random.below(quick.len())]).replace("@l", level[random.below(level.len())]);
    let negated = ["", "", "", "-", "NOT "][random.below(5)];
    format!("{negated}{}", fill(&term, second, random))
}
