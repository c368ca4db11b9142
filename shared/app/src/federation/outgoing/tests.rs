mod fixture;
mod late;
mod notes;
mod pages;
mod sending;
mod telling;
mod upkeep;
mod watching;
