//! The web pages: view models in, HTML out.
//!
//! Pages are anonymous and cacheable: no HTML depends on who asks. What a signed-in viewer sees
//! besides is put there by the browser code in `client/`, through the REST API. Everything that is
//! to be read or watched works without JavaScript.
//!
//! The crate is pure: no I/O, no clock, no storage. The caller recognises a page with
//! [`PageRoute::parse`], loads what its `render_*` function takes, and sends the result with
//! [`page_headers`]. It deliberately does not know how content is negotiated, who is signed in, or
//! where the data comes from.
//!
//! Start reading at [`route`], then at [`render_watch`].

pub mod assets;
pub mod discovery;
mod headers;
mod markdown;
pub mod oembed;
mod player;
pub mod route;
pub mod script;
mod site;
pub mod text;
mod view;

pub use headers::{PageKind, page_headers};
pub use markdown::{plain_text, render_elsewhere};
pub use player::{CaptionTrack, Elsewhere, Meeting, Opening, PlayerData};
pub use route::{ListKind, PageRoute};
pub use site::{Sharing, Site};
pub use view::{
    about::{AboutSection, render_about},
    actor::{render_account, render_channel},
    comments::{
        Comments, FIRST_REPLIES, REPLIES_PER_PAGE, THREADS_PER_PAGE, render_comments,
        render_comments_part,
    },
    embed::{render_embed, render_embed_shell},
    home::{HOME_LATEST, HOME_TRENDING, render_home},
    list::{Found, LIST_PER_PAGE, render_list, render_search},
    message::{render_error, render_not_found, render_watch_shell},
    playlist::{PLAYLIST_PER_PAGE, render_playlist},
    shell::{
        render_follows, render_login, render_moderation, render_my_videos, render_subscriptions,
        render_upload,
    },
    watch::{RELATED_VIDEOS, Watch, render_description, render_watch},
};

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
