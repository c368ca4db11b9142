//! Requests to other servers by `fetch`.
//!
//! Cloudflare resolves names outside our reach: private addresses behind public names are not refused by
//! us but by the platform, which has no route into anybody's network. The one-machine run tells workerd
//! to connect to public addresses only.

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use ports::{Body, HttpClient, PortError};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;

use crate::body::{self, JsBody, JsStream};
use crate::http_message::content_length;
use crate::{Costs, js};

const WHAT: &str = "another server";

/// The global `fetch`.
#[derive(Clone)]
pub struct WorkersHttp {
    pub costs: Costs,
}

impl HttpClient for WorkersHttp {
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        self.costs.outgoing_request();
        let failed = |thrown| PortError::unavailable(WHAT, js::message(&thrown));
        let (parts, body) = request.into_parts();
        let headers = Headers::new().map_err(failed)?;
        for (name, value) in &parts.headers {
            let value = value
                .to_str()
                .map_err(|error| PortError::bug("a request header", error))?;
            headers.append(name.as_str(), value).map_err(failed)?;
        }
        let body = match (body::into_js(body)?, content_length(&parts.headers)) {
            (JsBody::Nothing, _) => None,
            (JsBody::Bytes(bytes), _) => Some(bytes.into()),
            // workerd sends Content-Length only for streams that know theirs.
            (stream @ JsBody::Stream(_), Some(len_bytes)) => {
                Some(body::fixed_length(stream, len_bytes).into())
            }
            (JsBody::Stream(stream), None) => Some(stream.into()),
            (JsBody::Chain(parts, len_bytes), _) => {
                Some(body::fixed_length(JsBody::Chain(parts, len_bytes), len_bytes).into())
            }
        };
        let mut options = vec![
            ("method", parts.method.as_str().into()),
            ("headers", headers.into()),
            ("redirect", "manual".into()),
            ("signal", js::AbortSignal::after(timeout_ms).into()),
        ];
        options.extend(body.map(|body| ("body", body)));
        let url = parts.uri.to_string();
        let promise = js::fetch_url(&url, &js::object(&options)).map_err(failed)?;
        let response: web_sys::Response = JsFuture::from(promise)
            .await
            .map_err(failed)?
            .unchecked_into();
        taken(&response)
    }
}

fn taken(response: &web_sys::Response) -> Result<Response<Body>, PortError> {
    let contract = |error: &dyn std::fmt::Display| PortError::unavailable(WHAT, error);
    let body = response.body().map_or(Body::Empty, |stream| {
        Body::Stream(Box::new(JsStream::new(stream)))
    });
    let mut made = Response::new(body);
    *made.status_mut() =
        StatusCode::from_u16(response.status()).map_err(|error| contract(&error))?;
    let entries = js_sys::try_iter(&response.headers()).ok().flatten();
    for entry in entries.into_iter().flatten().flatten() {
        let entry: js_sys::Array = entry.unchecked_into();
        let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) else {
            continue;
        };
        // A header that `http` cannot hold is none that we read.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            made.headers_mut().append(name, value);
        }
    }
    Ok(made)
}
