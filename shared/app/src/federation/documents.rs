//! Documents of ours: actors, collections, videos, comments, activities.
