//! Blocks and tails of real files: plain, compressed, damaged, and from a stream.
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use jobtrail_files::{BLOCK_BYTES, Blocks, is_binary, tail};

fn text(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|number| format!("line {number} says the same as ever\n").into_bytes()).collect()
}

fn gzip(path: &Path, parts: &[&[u8]]) {
    let mut file = File::create(path).unwrap();
    for part in parts {
        let mut encoder = flate2::write::GzEncoder::new(&mut file, flate2::Compression::fast());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap();
    }
}

fn read(mut blocks: Blocks) -> (Vec<u8>, Option<&'static str>) {
    let mut all = Vec::new();
    loop {
        match blocks.next() {
            Ok(Some(bytes)) => all.extend_from_slice(bytes),
            Ok(None) => return (all, None),
            Err(error) => return (all, Some(error.code())),
        }
    }
}

#[test]
fn plain_and_compressed_files_give_the_same_bytes_whatever_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let expected = text(60_000);
    assert!(expected.len() > BLOCK_BYTES, "more than one block");
    fs::write(folder.join("plain.gz"), &expected).unwrap();
    gzip(&folder.join("packed.log"), &[&expected[..1000], &expected[1000..]]);
    fs::write(folder.join("packed.zst"), zstd::encode_all(expected.as_slice(), 1).unwrap()).unwrap();

    for name in ["plain.gz", "packed.log", "packed.zst"] {
        let (bytes, error) = read(Blocks::open(&folder.join(name)).unwrap());

        assert_eq!((true, None), (expected == bytes, error), "{name}");
    }
    let (bytes, error) = read(Blocks::stream(Box::new(std::io::Cursor::new(expected.clone()))));
    assert_eq!((true, None), (expected == bytes, error));
}

#[test]
fn a_damaged_archive_gives_what_it_has_and_then_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log.gz");
    gzip(&path, &[&text(50_000)]);
    let packed = fs::read(&path).unwrap();
    fs::write(&path, &packed[..packed.len() / 2]).unwrap();

    let (bytes, error) = read(Blocks::open(&path).unwrap());

    assert_eq!(Some("io"), error);
    assert!(bytes.len() > 100_000 && text(50_000).starts_with(&bytes), "{}", bytes.len());
}

#[test]
fn what_is_not_there_or_a_directory_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let code = |path: &Path| Blocks::open(path).map(|_| ()).map_err(|error| error.code());

    assert_eq!(Err("not_found"), code(&folder.path().join("none.log")));
    assert_eq!(Err("io"), code(folder.path()));
}

#[test]
fn binary_is_told_from_text_in_any_8_bit_encoding() {
    assert!(is_binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0"));
    assert!(is_binary(&[0; 4096]));
    assert!(is_binary("UTF-16".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice()));
    assert!(!is_binary(b""));
    assert!(!is_binary(b"\x1b[32mINFO\x1b[0m started\r\n\tat x\n"));
    assert!(!is_binary("[INFO] Größe 5 µm, 日本語\n".as_bytes()));
    assert!(!is_binary(b"[INFO] caf\xe9 in Latin-1\n"));
    assert!(!is_binary(&[vec![0; 4096], b"[INFO] after a hole\n".to_vec()].concat()));
}

#[test]
fn a_tail_begins_where_a_line_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, "one\ntwo\nthree\nhalf").unwrap();
    let cases = [
        (0, (18, "")),
        (1, (14, "half")),
        (4, (14, "half")),
        (9, (14, "half")),
        (10, (8, "three\nhalf")),
        (11, (8, "three\nhalf")),
        (17, (4, "two\nthree\nhalf")),
        (18, (0, "one\ntwo\nthree\nhalf")),
        (1000, (0, "one\ntwo\nthree\nhalf")),
    ];

    for (max_bytes, (offset, text)) in cases {
        let (start, bytes) = tail(&path, max_bytes).unwrap();

        assert_eq!((offset, text), (start, String::from_utf8_lossy(&bytes).as_ref()), "{max_bytes}");
    }
}

#[test]
fn a_tail_never_shows_a_piece_of_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    let long = "x".repeat(2 * BLOCK_BYTES);
    fs::write(&path, format!("one\n{long}\n")).unwrap();
    let end = fs::metadata(&path).unwrap().len();

    assert_eq!((end, Vec::new()), tail(&path, 100).unwrap());
    fs::write(&path, format!("one\n{}\n", &long[..1000])).unwrap();
    let (start, bytes) = tail(&path, 100).unwrap();
    assert_eq!((4, 1001), (start, bytes.len()));
    fs::write(&path, "").unwrap();
    assert_eq!((0, Vec::new()), tail(&path, 100).unwrap());
}
