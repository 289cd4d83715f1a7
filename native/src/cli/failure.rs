//! How a command that does not succeed ends.

use super::out;
use crate::run::SessionError;
use crate::store::OpenError;
use freerun::driver::{CallerError, StoreError, TakeUpError};
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Failed = 1,
    BadInput = 2,
    Held = 3,
    Interrupted = 130,
}

impl Failure {
    /// It failed.
    pub fn failed(message: impl ToString) -> Failure {
        Failure { kind: Kind::Failed, message: message.to_string() }
    }

    /// What the user gave cannot be used.
    pub fn bad_input(message: impl ToString) -> Failure {
        Failure { kind: Kind::BadInput, message: message.to_string() }
    }

    /// Another program runs the study.
    pub fn held(message: impl ToString) -> Failure {
        Failure { kind: Kind::Held, message: message.to_string() }
    }

    /// The user stopped it; whatever there is to say has been said.
    pub fn interrupted() -> Failure {
        Failure { kind: Kind::Interrupted, message: String::new() }
    }

    /// Tells the user, and gives the code to end with.
    pub fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            out::error(&self.message);
        }
        ExitCode::from(self.kind as u8)
    }
}

impl From<CallerError> for Failure {
    fn from(error: CallerError) -> Failure {
        match error {
            CallerError::Store(error) => error.into(),
            other => Failure::bad_input(other),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Held { .. } | StoreError::Fenced => Failure::held(error),
            StoreError::NotFound(_) => Failure::bad_input(error),
            _ => Failure::failed(error),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        match error {
            OpenError::Url { .. } | OpenError::Missing { .. } => Failure::bad_input(error),
            OpenError::Store { .. } => Failure::failed(error),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Failure {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::TakeUp(error) => error.into(),
            SessionError::Model { .. } => Failure::bad_input(error),
            SessionError::Run(_) | SessionError::Broken(_) | SessionError::Thread(_) => {
                Failure::failed(error)
            }
        }
    }
}

impl From<TakeUpError> for Failure {
    fn from(error: TakeUpError) -> Failure {
        match error {
            TakeUpError::Differs(differences) => {
                let mut message = "the store has another study of that name".to_owned();
                for difference in &differences {
                    message += &format!("\n  {difference}");
                }
                message += "\nUndo these changes to go on with it, or begin this one with `freerun run --name ANOTHER`";
                Failure::bad_input(message)
            }
            other => Failure::bad_input(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_end_with_the_documented_codes() {
        let code = |failure: Failure| failure.kind as u8;
        let held = StoreError::Held { study: "s".into(), by: "b".into() };
        assert_eq!(code(held.into()), 3);
        assert_eq!(code(StoreError::Fenced.into()), 3);
        assert_eq!(code(StoreError::NotFound("s".into()).into()), 2);
        assert_eq!(code(StoreError::Broken("b".into()).into()), 1);
        assert_eq!(code(SessionError::TakeUp(TakeUpError::Differs(vec![])).into()), 2);
        assert_eq!(code(Failure::interrupted()), 130);
    }
}
