//! Signing in and out: PeerTube's OAuth routes.

use app::AppError;
use app::accounts::{self, Grant};
use http::Method;
use ports::{Body, Platform};
use rest::form::FormBody;
use rest::user::{OAuthClient, TokenResponse};

use crate::answer::{json, no_content, no_store};
use crate::credentials::{bearer_token, signed_in};
use crate::{Answer, RequestHead, form};

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /oauth-clients/local`
    LocalClient,
    /// `POST /users/token`
    Token,
    /// `POST /users/revoke-token`
    RevokeToken,
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            (&Method::GET, ["oauth-clients", "local"]) => Self::LocalClient,
            (&Method::POST, ["users", "token"]) => Self::Token,
            (&Method::POST, ["users", "revoke-token"]) => Self::RevokeToken,
            _ => return None,
        })
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    match route {
        Route::LocalClient => {
            let client = accounts::oauth_client(platform).await?;
            json(&OAuthClient {
                client_id: client.id,
                client_secret: client.secret,
            })
        }
        Route::Token => token(platform, head, body).await,
        Route::RevokeToken => {
            signed_in(platform, head).await?;
            if let Some(token) = bearer_token(head) {
                accounts::revoke(platform, token).await?;
            }
            Ok(no_content())
        }
    }
}

fn required<'a>(form: &'a FormBody, field: &str) -> Result<&'a str, AppError> {
    form.text(field)
        .ok_or_else(|| AppError::invalid_field(field, "Should be given"))
}

async fn token<P: Platform>(platform: &P, head: &RequestHead, body: Body) -> Answer {
    let form = form::read_fields(head, body).await?;
    let grant = match required(&form, "grant_type")? {
        "password" => Grant::Password {
            username: required(&form, "username")?.to_owned(),
            password: required(&form, "password")?.to_owned(),
        },
        "refresh_token" => Grant::Refresh {
            refresh_token: required(&form, "refresh_token")?.to_owned(),
        },
        _ => {
            return Err(AppError::invalid_field(
                "grant_type",
                "Should be password or refresh_token",
            ));
        }
    };
    let pair = accounts::grant(
        platform,
        required(&form, "client_id")?,
        required(&form, "client_secret")?,
        grant,
        head.client_address.as_ref(),
    )
    .await?;
    // RFC 6749, 5.1: a token answer is never cached.
    json(&TokenResponse {
        token_type: "Bearer".into(),
        access_token: pair.access_token,
        refresh_token: pair.refresh_token,
        expires_in: pair.access_expires_in_secs,
        refresh_token_expires_in: pair.refresh_expires_in_secs,
    })
    .map(no_store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        assert_eq!(
            Route::parse(&Method::POST, &["users", "token"]),
            Some(Route::Token)
        );
        assert_eq!(Route::parse(&Method::GET, &["users", "token"]), None);
        assert_eq!(Route::parse(&Method::POST, &["users", "token", "x"]), None);
    }
}
