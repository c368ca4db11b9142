//! Signing in: the instance's OAuth client, tokens, the first admin.

mod password;
mod setup;
mod tokens;

pub use setup::{ensure_instance, oauth_client};
pub use store::account::{OauthClient, TokenUser as SignedIn};
pub use tokens::{Grant, TokenPair, authenticate, grant, revoke};
