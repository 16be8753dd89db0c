//! HTTP as far as admin ports and RabbitMQ's API need it.

use base64::Engine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// The status and the body of an answer; an error where the server does not answer.
///
/// # Errors
/// When the server cannot be reached or goes away.
pub async fn request(method: &str, url: &Url, body: &str) -> std::io::Result<(u16, String)> {
    let host =
        format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut stream = TcpStream::connect(&host).await?;
    let user = format!("{}:{}", url.username(), url.password().unwrap_or_default());
    let authorization = base64::engine::general_purpose::STANDARD.encode(user);
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Basic {authorization}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
        path = &url[url::Position::BeforePath..url::Position::AfterQuery],
        length = body.len(),
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, body.to_owned()))
}

/// GETs `path` of a server on this machine.
///
/// # Errors
/// When the server cannot be reached or goes away.
///
/// # Panics
/// When `path` is none.
pub async fn get(address: std::net::SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    request("GET", &Url::parse(&format!("http://{address}{path}")).unwrap(), "").await
}
