//! Headers of requests.

use utoipa::IntoParams;

/// The header of a request to change something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what `Writing` reads")]
pub struct IfMatch {
    /// Метка `ETag`, с которой это прочитано без параметров. Если с тех пор что-то изменилось,
    /// ответ будет 412.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// The header of a request to make something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes what `Command` reads")]
pub struct IdempotencyKey {
    /// Имя запроса, придуманное программой: повторённый в течение суток, он ничего не создаст
    /// второй раз и получит тот же ответ.
    #[param(rename = "Idempotency-Key", nullable = false, pattern = "^[!-~]{1,255}$")]
    idempotency_key: Option<String>,
}
