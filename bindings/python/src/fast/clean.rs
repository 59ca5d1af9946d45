//! Whether a line surely hides nothing, asked with the widest instructions that the processor has.
#![expect(unsafe_code, reason = "a function for instructions that not every processor has")]

use jobtrail_core::Redactor;

/// As [`Redactor::is_surely_clean`] of what stands behind a head of so many bytes, which hides nothing.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn is_rest_surely_clean(redactor: &Redactor, line: &mut String, start: usize) -> bool {
    if start == 0 || !std::arch::is_x86_feature_detected!("avx2") {
        return line.get(start..).is_some_and(|rest| redactor.is_surely_clean(rest));
    }
    let end = line.len();
    line.push_str(Redactor::PADDING);
    // SAFETY: the processor has these instructions.
    let is_clean = unsafe { redactor.is_rest_surely_clean_avx2(line, start) };
    line.truncate(end);
    is_clean
}

/// As [`Redactor::is_surely_clean`] of what stands behind a head of so many bytes, which hides nothing.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn is_rest_surely_clean(redactor: &Redactor, line: &mut String, start: usize) -> bool {
    line.get(start..).is_some_and(|rest| redactor.is_surely_clean(rest))
}
