//! Signing in: PeerTube's OAuth client, requests and answers. Reached through [`crate::user`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    form::{FieldReader, FormBody},
    problem::InvalidParam,
};

/// `GET /oauth-clients/local`: the instance's one OAuth client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthClient {
    /// Sent back as `client_id`.
    pub client_id: String,
    /// Sent back as `client_secret`; not a secret, PeerTube publishes it too.
    pub client_secret: String,
}

/// Body of `POST /users/token`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// As published by `GET /oauth-clients/local`; empty when absent.
    pub client_id: String,
    /// As published by `GET /oauth-clients/local`; empty when absent.
    pub client_secret: String,
    /// What is traded for tokens.
    pub grant: Grant,
}

/// What a client trades for tokens (RFC 6749, 4.3 and 6). No `Debug`: it holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// A name, or an e-mail address, and a password.
    Password {
        /// As typed, spaces around it removed, 1–300 characters.
        username: String,
        /// As typed, 1–[`MAX_PASSWORD_CHARS`] characters.
        password: String,
    },
    /// An earlier refresh token.
    RefreshToken {
        /// 1–200 characters.
        refresh_token: String,
    },
}

/// More than any rule for passwords allows, so that the rule itself can answer.
pub const MAX_PASSWORD_CHARS: usize = 1_000;

impl TokenRequest {
    /// Reads the body.
    ///
    /// # Errors
    /// What is missing or wrong; an unknown `grant_type` is named so.
    pub fn from_form(form: &FormBody) -> Result<Self, Vec<InvalidParam>> {
        let mut reader = FieldReader::body(form);
        let grant = match form.text("grant_type") {
            Some("password") => {
                let username = reader.required_text("username", 1..=300);
                // Spaces belong to a password.
                let password = form
                    .text("password")
                    .filter(|typed| (1..=MAX_PASSWORD_CHARS).contains(&typed.chars().count()));
                if password.is_none() {
                    let msg = "is missing or too long";
                    reader.refuse_secret("password", msg);
                }
                username
                    .zip(password)
                    .map(|(username, password)| Grant::Password {
                        username: username.to_owned(),
                        password: password.to_owned(),
                    })
            }
            Some("refresh_token") => {
                let token = form
                    .text("refresh_token")
                    .filter(|text| (1..=200).contains(&text.len()));
                if token.is_none() {
                    reader.refuse_secret("refresh_token", "is missing or too long");
                }
                token.map(|token| Grant::RefreshToken {
                    refresh_token: token.to_owned(),
                })
            }
            _ => {
                reader.refuse("grant_type", "must be password or refresh_token");
                None
            }
        };
        let text = |name| {
            form.text(name)
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect()
        };
        match grant {
            Some(grant) => Ok(Self {
                client_id: text("client_id"),
                client_secret: text("client_secret"),
                grant,
            }),
            None => Err(reader.into_refused()),
        }
    }
}

/// Answer of `POST /users/token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// Always `Bearer`.
    pub token_type: Cow<'static, str>,
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Trades for a new pair.
    pub refresh_token: String,
    /// Seconds that the access token lives.
    pub expires_in: u64,
    /// Seconds that the refresh token lives.
    pub refresh_token_expires_in: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Result<TokenRequest, Vec<String>> {
        let form = FormBody::from_urlencoded(text.as_bytes()).unwrap();
        TokenRequest::from_form(&form)
            .map_err(|invalid| invalid.into_iter().map(|entry| entry.param).collect())
    }

    #[test]
    fn both_grants_are_read_and_passwords_keep_their_spaces() {
        let password = request(
            "client_id=c&client_secret=s&grant_type=password&username=+root+&password=+a+b+",
        );
        let grant = Grant::Password {
            username: "root".into(),
            password: " a b ".into(),
        };
        assert!(
            password
                == Ok(TokenRequest {
                    client_id: "c".into(),
                    client_secret: "s".into(),
                    grant
                })
        );
        let refresh = request("grant_type=refresh_token&refresh_token=r");
        assert!(refresh.is_ok_and(|request| {
            request.grant
                == Grant::RefreshToken {
                    refresh_token: "r".into(),
                }
        }));
    }

    #[test]
    fn what_is_missing_is_named_and_no_secret_is_echoed() {
        let named = |text| request(text).err().unwrap();
        assert_eq!(named(""), ["grant_type"]);
        assert_eq!(named("grant_type=magic"), ["grant_type"]);
        assert_eq!(named("grant_type=password"), ["username", "password"]);
        assert_eq!(named("grant_type=refresh_token"), ["refresh_token"]);
        let secret = "x".repeat(MAX_PASSWORD_CHARS + 1);
        let text = format!("grant_type=password&username=a&password={secret}");
        let form = FormBody::from_urlencoded(text.as_bytes()).unwrap();
        let invalid = TokenRequest::from_form(&form).err().unwrap();
        assert_eq!(invalid[0].value, None);
    }
}
