//! Which errors of a database tell nothing about the query.

use diesel::result::DatabaseErrorKind::{
    ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand,
};
use diesel::result::Error::{self, DatabaseError};

/// What SQLite says of a lock that it gave up waiting for.
const LOCKED: &str = "database is locked";

/// What SQLite says of a disk that is full or broken.
const OF_DISK: [&str; 2] = ["database or disk is full", "disk I/O error"];

/// What SQLite says of a file that is damaged or no database.
const OF_DAMAGE: [&str; 3] =
    ["database disk image is malformed", "file is not a database", "malformed database schema"];

/// How PostgreSQL begins what it says of timeouts and locks, of its end and of a full disk, in English and
/// in Russian. Diesel tells the code of an error to nobody.
const OF_POSTGRES: [&str; 12] = [
    "canceling statement due to",
    "выполнение оператора отменено",
    "deadlock detected",
    "обнаружена взаимоблокировка",
    "terminating connection",
    "закрытие подключения",
    "the database system is",
    "система баз данных",
    "система БД",
    "could not extend file",
    "не удалось увеличить файл",
    "could not write to file",
];

/// Whether an error is no fault of the query: a lost connection, a lock, a full disk, a damaged file, a
/// timeout, a server that stops.
#[must_use]
pub fn is_transient(error: &Error) -> bool {
    let DatabaseError(kind, _) = error else { return false };
    matches!(kind, ClosedConnection | SerializationFailure | UnableToSendCommand)
        // A server that has become a standby. What the program itself begins as read-only never writes.
        || matches!(kind, ReadOnlyTransaction)
        || is_locked(error)
        || is_damaged(error)
        || begins(error, &OF_DISK)
        || begins(error, &OF_POSTGRES)
}

/// Whether SQLite gave up waiting for a lock. Diesel has no error kind for that, only the message.
pub(super) fn is_locked(error: &Error) -> bool {
    matches!(error, DatabaseError(_, info) if info.message() == LOCKED)
}

/// Whether SQLite can't make anything of its file.
pub(super) fn is_damaged(error: &Error) -> bool {
    begins(error, &OF_DAMAGE)
}

fn begins(error: &Error, beginnings: &[&str]) -> bool {
    let DatabaseError(_, info) = error else { return false };
    beginnings.iter().any(|beginning| info.message().starts_with(beginning))
}
