//! Asks the engine one question of one log and prints the answer: what `make bench` times as a whole process.
//!
//! Usage: `jobtrail-bench FILE QUESTION [THREADS]`: `level`, `job`, `counts`, `columns`, `records`, `store`, or a query;
//! `raw QUESTION` asks it without redaction, `read QUERY` hands every record to one thread. Without a number the file is read in one pass.
#![expect(clippy::print_stdout, reason = "the answer goes to standard output")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jobtrail_core::{Level, LogStore, Plan, Query, ReadOptions, Reader, Record, Timestamp, Wants, Zone};
use jobtrail_files::{Blocks, Split, discover, gather_found, read_found};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(question)) = (arguments.next(), arguments.next()) else {
        return Err("usage: jobtrail-bench FILE QUESTION [THREADS]".into());
    };
    let threads: Option<usize> = arguments.next().map(|threads| threads.parse()).transpose()?;
    let mut blocks = Blocks::open(Path::new(&file))?;
    if question == "store" {
        let mut store = LogStore::new(ReadOptions::default());
        while let Some(block) = blocks.next()? {
            store.append(block);
        }
        store.finish();
        println!("{} records", store.len());
        return Ok(());
    }
    let mut answer = Answer::default();
    if let Some(query) = question.strip_prefix("read ") {
        let found = discover(&[PathBuf::from(file)]);
        let plan = matching(query)?;
        read_found(found, &ReadOptions::default(), plan.filter(), &mut |_| (), &mut |_, record| {
            answer.add(record);
            ControlFlow::Continue(())
        });
        println!("{answer:?}");
        return Ok(());
    }
    let (question, options) = match question.strip_prefix("raw ") {
        Some(question) => (question.to_owned(), ReadOptions { redactor: None, ..ReadOptions::default() }),
        None => (question, ReadOptions::default()),
    };
    let plan = match question.as_str() {
        "level" => matching("level:error")?.wanting(Wants::Head),
        "job" => matching("job:123")?,
        "counts" => Plan::default().wanting(Wants::Head),
        "columns" => Plan::default().wanting(Wants::Columns),
        "records" => Plan::default(),
        query => matching(query)?,
    };
    if let Some(threads) = threads {
        let found = discover(&[PathBuf::from(file)]);
        let split = Split::among(threads);
        gather_found(
            found,
            &options,
            &plan,
            split,
            &mut |_| (),
            &Answer::default,
            &|answer, _, record| answer.add(record),
            &mut |part| {
                answer.merge(&part.made);
                ControlFlow::Continue(())
            },
        );
        println!("{answer:?}");
        return Ok(());
    }
    let mut reader = Reader::planned(options, plan).passing_over();
    while let Some(block) = blocks.next()? {
        reader.feed(block, &mut |record| answer.add(record));
    }
    reader.finish(&mut |record| answer.add(record));
    println!("{answer:?}");
    Ok(())
}

fn matching(query: &str) -> Result<Plan, Box<dyn Error>> {
    Ok(Plan::new(Query::parse(query)?.resolve(Timestamp::from_micros(0), &Zone::UTC)))
}

/// What is told of the records: enough that none of the five common columns can be left unread.
#[derive(Debug, Default)]
struct Answer {
    records: u64,
    by_level: [u64; Level::ALL.len() + 1],
    last: Option<Timestamp>,
    text_bytes: u64,
}

impl Answer {
    fn add(&mut self, record: &Record<'_>) {
        self.records += 1;
        if let Some(count) = self.by_level.get_mut(record.level.map_or(Level::ALL.len(), |level| level as usize)) {
            *count += 1;
        }
        self.last = record.timestamp.or(self.last);
        let texts = [Some(&record.message), record.logger.as_ref(), record.job_id.as_ref()];
        self.text_bytes += texts.into_iter().flatten().map(|text| text.len() as u64).sum::<u64>();
    }

    fn merge(&mut self, later: &Answer) {
        self.records += later.records;
        for (count, later) in self.by_level.iter_mut().zip(later.by_level) {
            *count += later;
        }
        self.last = later.last.or(self.last);
        self.text_bytes += later.text_bytes;
    }
}
