//! The option that adds job types to the known ones.

use jobtrail_core::JobTypes;

use crate::refusal::Refusal;

/// Job types beside `MSH` and `IMP`.
#[derive(Debug, clap::Args)]
pub(crate) struct JobTypesOption {
    /// A job type of your own, to be found in messages and taken as an ID's first part: `RND=render`
    #[arg(long, value_name = "CODE=NAME")]
    job_type: Vec<String>,
}

impl JobTypesOption {
    /// Returns all known types. Errors: a code that is not 2 to 8 letters, or without a name.
    pub(crate) fn types(&self) -> Result<JobTypes, Refusal> {
        let mut types = JobTypes::default();
        for given in &self.job_type {
            let refuse =
                || Refusal::option("--job-type", given, "a code of 2 to 8 letters and a name, as in `RND=render`");
            let (code, name) = given.split_once('=').filter(|(_, name)| !name.is_empty()).ok_or_else(refuse)?;
            types.add(code.trim(), name.trim()).map_err(|_| refuse())?;
        }
        Ok(types)
    }
}
