mod attacks;
mod comments;
mod follows;
mod groups;
mod order;
mod rates;
mod videos;
mod world;
