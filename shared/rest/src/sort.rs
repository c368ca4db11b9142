//! Orders of lists. Reached through [`crate::list`].

/// A column and a direction: `-views` is `by: Views, descending: true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<K> {
    /// What to compare.
    pub by: K,
    /// Largest, newest or hottest first.
    pub descending: bool,
}

/// The columns that one kind of list can be sorted by.
pub trait SortKey: Copy + 'static {
    /// The order when the query names none.
    const DEFAULT: Sort<Self>;

    /// The column of that wire name.
    fn from_name(name: &str) -> Option<Self>;
}

/// Reads `column` or `-column`.
pub(crate) fn parse<K: SortKey>(text: &str) -> Option<Sort<K>> {
    let (descending, name) = match text.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, text),
    };
    Some(Sort {
        by: K::from_name(name)?,
        descending,
    })
}

macro_rules! sort_keys {
    ($($(#[$doc:meta])* $kind:ident, default $descending:literal $default:ident {
        $($(#[$key_doc:meta])* $key:ident = $name:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $kind { $($(#[$key_doc])* $key,)* }

        impl $kind {
            /// Every column with its wire name.
            pub const ALL: &[(Self, &str)] = &[$((Self::$key, $name)),*];
        }

        impl SortKey for $kind {
            const DEFAULT: Sort<Self> = Sort { by: Self::$default, descending: $descending };

            fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|(_, known)| *known == name).map(|(key, _)| *key)
            }
        }
    )*};
}

sort_keys! {
    /// Columns of lists of threads of comments.
    ThreadSort, default true CreatedAt {
        /// When the first comment was written.
        CreatedAt = "createdAt",
        /// Number of answers.
        TotalReplies = "totalReplies",
    }

    /// Columns of lists of playlists.
    PlaylistSort, default true CreatedAt {
        /// Name for people.
        Name = "name",
        /// The same.
        DisplayName = "displayName",
        /// When it was made.
        CreatedAt = "createdAt",
        /// When it, or an element, was changed.
        UpdatedAt = "updatedAt",
        /// The same for all.
        VideoChannelPosition = "videoChannelPosition",
        /// The same for all that match.
        Match = "match",
    }

    /// Columns of lists of which only the date orders anything.
    DateSort, default true CreatedAt {
        /// When it was made.
        CreatedAt = "createdAt",
    }

    /// Columns of lists of videos.
    VideoSort, default true PublishedAt {
        /// Title.
        Name = "name",
        /// Seconds.
        Duration = "duration",
        /// When the row was made.
        CreatedAt = "createdAt",
        /// When it became visible.
        PublishedAt = "publishedAt",
        /// When it was first published elsewhere.
        OriginallyPublishedAt = "originallyPublishedAt",
        /// Views ever.
        Views = "views",
        /// Likes.
        Likes = "likes",
        /// Number of comments.
        Comments = "comments",
        /// Views of the last days.
        Trending = "trending",
        /// Views, likes and comments against age.
        Hot = "hot",
        /// Hot, leaving out what the viewer has seen.
        Best = "best",
        /// Bytes on this instance.
        LocalVideoFilesSize = "localVideoFilesSize",
        /// How well it matches the search.
        Match = "match",
    }

    /// Columns of lists of channels.
    ChannelSort, default true CreatedAt {
        /// Row id.
        Id = "id",
        /// Handle.
        Name = "name",
        /// When it last published.
        UpdatedAt = "updatedAt",
        /// When it was made.
        CreatedAt = "createdAt",
        /// Name for people, in searches.
        DisplayName = "displayName",
        /// How well it matches the search.
        Match = "match",
    }

    /// Columns of lists of follows.
    FollowSort, default true CreatedAt {
        /// When it was asked for.
        CreatedAt = "createdAt",
        /// By its word.
        State = "state",
        /// The same for all.
        Score = "score",
        /// The same for all.
        RedundancyAllowed = "redundancyAllowed",
    }

    /// Columns of the list of one's subscriptions.
    SubscriptionSort, default true CreatedAt {
        /// Row id of the follow.
        Id = "id",
        /// When one subscribed.
        CreatedAt = "createdAt",
        /// When the channel last published.
        ChannelUpdatedAt = "channelUpdatedAt",
    }

    /// Columns of lists of accounts.
    AccountSort, default true CreatedAt {
        /// When it was made.
        CreatedAt = "createdAt",
    }

    /// Columns of the admin's list of users.
    UserSort, default true CreatedAt {
        /// Row id.
        Id = "id",
        /// Sign-in name.
        Username = "username",
        /// Bytes of uploaded sources.
        VideoQuotaUsed = "videoQuotaUsed",
        /// When it was made.
        CreatedAt = "createdAt",
        /// Last sign-in.
        LastLoginDate = "lastLoginDate",
        /// Role.
        Role = "role",
    }

    /// Columns of the list of copies of videos.
    RedundancySort, default false Name {
        /// Title of the video.
        Name = "name",
    }

    /// Columns of lists of runners and of registration tokens.
    RunnerSort, default true CreatedAt {
        /// When it was made.
        CreatedAt = "createdAt",
    }

    /// Columns of the list of runner jobs.
    RunnerJobSort, default true UpdatedAt {
        /// Last change.
        UpdatedAt = "updatedAt",
        /// When it was made.
        CreatedAt = "createdAt",
        /// Priority.
        Priority = "priority",
        /// State.
        State = "state",
        /// Percent.
        Progress = "progress",
    }

    /// Columns of the list of jobs.
    JobSort, default true CreatedAt {
        /// When it was made.
        CreatedAt = "createdAt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_directions() {
        for (by, name) in VideoSort::ALL {
            assert_eq!(
                parse(name),
                Some(Sort {
                    by: *by,
                    descending: false
                })
            );
            assert_eq!(
                parse(&format!("-{name}")),
                Some(Sort {
                    by: *by,
                    descending: true
                })
            );
        }
        assert_eq!(parse::<VideoSort>(""), None);
        assert_eq!(parse::<VideoSort>("-"), None);
        assert_eq!(parse::<VideoSort>("Views"), None);
        assert_eq!(parse::<RunnerSort>("views"), None);
    }
}
