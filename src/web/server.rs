//! The HTTP/1.1 server of one thread, over [`Connection`]s.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpService, Request, Response};
use actix_server::GracefulShutdownSignal;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, apply, fn_service,
    map_config,
};
use actix_web::Error;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use futures_util::future::ready;

use super::connection::{Connection, Terms};
use super::repeats::Front;

/// How long a connection that is closed before its request was read takes what is still on its way, so
/// that the answer is not lost.
const END_TIME: Duration = Duration::from_secs(2);

/// Serves an application until `stopping`, as `actix_web::HttpServer` does; that one lets nobody come
/// between it and the stream. `front` answers what it can by itself; `terms` hold for every connection.
pub fn serve<S, B>(
    application: impl IntoServiceFactory<S, Request>,
    front: Front,
    stopping: GracefulShutdownSignal,
    terms: Arc<Terms>,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let application = application.into_factory().map(Into::into);
    let application = application.map_err(|error| error.into().error_response());
    let application = apply(
        front,
        application.map_init_err(|error| {
            log::error!("a thread of the server could not be prepared: {error:?}");
        }),
    );
    let http = HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .client_request_timeout(terms.head)
        .client_disconnect_timeout(END_TIME)
        .h1_allow_half_closed(true)
        .on_connect_ext(|stream: &Connection<TcpStream>, extensions: &mut Extensions| {
            extensions.insert(stream.direct());
        })
        .h1(map_config(application, |()| AppConfig::default()));
    fn_service(move |stream: TcpStream| {
        let address = stream.peer_addr().ok();
        let peer = address.map(|address| address.ip());
        ready(Ok((Connection::new(stream, peer, Arc::clone(&terms)), address)))
    })
    .and_then(http)
}
