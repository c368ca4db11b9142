//! Which component answers which path: `/exact`, `/with/:name`, `/and/everything/below/...`.

use crate::{Failure, failure};

/// All routes, the most particular first.
#[derive(Debug)]
pub struct Router {
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    text: String,
    segments: Vec<Segment>,
    component: String,
}

/// In the order in which they are preferred.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Exact(String),
    Any(String),
    Rest,
}

/// A route that a path takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// The component's name.
    pub component: &'a str,
    /// The route as it is declared.
    pub route: &'a str,
    /// What `...` stands for; empty without.
    pub path_info: String,
    /// What each `:name` stands for.
    pub named: Vec<(String, String)>,
}

fn segments(route: &str) -> Result<Vec<Segment>, Failure> {
    let Some(path) = route.strip_prefix('/') else {
        return Err(failure(route, "a route begins with a slash"));
    };
    let parts: Vec<&str> = split(path);
    let count = parts.len();
    let segment = |(index, part): (usize, &&str)| match (*part, part.strip_prefix(':')) {
        ("...", _) if index + 1 == count => Ok(Segment::Rest),
        ("...", _) => Err(failure(route, "nothing may follow ...")),
        (_, Some(name)) => Ok(Segment::Any(name.to_owned())),
        _ => Ok(Segment::Exact((*part).to_owned())),
    };
    parts.iter().enumerate().map(segment).collect()
}

/// Without empty parts: a slash at the end makes no difference.
fn split(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

impl Route {
    fn matches(&self, path: &[&str]) -> Option<Match<'_>> {
        let mut named = Vec::new();
        let mut path_info = String::new();
        let mut rest = path.iter();
        for segment in &self.segments {
            match segment {
                Segment::Exact(text) if *rest.next()? == text => {}
                Segment::Exact(_) => return None,
                Segment::Any(name) => named.push((name.clone(), (*rest.next()?).to_owned())),
                Segment::Rest => {
                    path_info = rest.by_ref().map(|part| format!("/{part}")).collect();
                }
            }
        }
        rest.next().is_none().then_some(Match {
            component: &self.component,
            route: &self.text,
            path_info,
            named,
        })
    }
}

impl Router {
    /// Of pairs of a route and a component's name.
    ///
    /// # Errors
    /// If a route is malformed, or two are the same.
    pub fn new(declared: Vec<(String, String)>) -> Result<Self, Failure> {
        let mut routes = Vec::new();
        for (text, component) in declared {
            let segments = segments(&text)?;
            routes.push(Route {
                text,
                segments,
                component,
            });
        }
        routes.sort_by(|a, b| a.segments.cmp(&b.segments));
        let twice = routes.windows(2).find(|pair| match pair {
            [a, b] => a.segments == b.segments,
            _ => false,
        });
        match twice {
            Some(pair) => Err(failure(&pair[0].text, "is routed twice")),
            None => Ok(Self { routes }),
        }
    }

    /// The route for a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Match<'_>> {
        let parts = split(path);
        self.routes.iter().find_map(|route| route.matches(&parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router {
        let pairs = [
            ("/...", "pages"),
            ("/api/...", "api"),
            ("/.well-known/webfinger", "webfinger"),
            ("/videos/:id", "video"),
            ("/videos/watch", "watch"),
        ];
        let owned = |(route, name): (&str, &str)| (route.to_owned(), name.to_owned());
        Router::new(pairs.map(owned).to_vec()).unwrap()
    }

    #[test]
    fn the_most_particular_route_wins() {
        let router = router();
        for (path, component) in [
            ("/", "pages"),
            ("/w/1", "pages"),
            ("/api", "api"),
            ("/api/v1/videos", "api"),
            ("/.well-known/webfinger", "webfinger"),
            ("/.well-known/webfinger/", "webfinger"),
            ("/.well-known/webfinger/x", "pages"),
            ("/videos/7", "video"),
            ("/videos/watch", "watch"),
            ("/videos/7/8", "pages"),
        ] {
            assert_eq!(router.find(path).unwrap().component, component, "{path}");
        }
    }

    #[test]
    fn what_the_wildcards_stood_for_is_told() {
        let router = router();
        assert_eq!(router.find("/api/v1/a").unwrap().path_info, "/v1/a");
        let named = router.find("/videos/7").unwrap().named;
        assert_eq!(named, [("id".to_owned(), "7".to_owned())]);
    }

    #[test]
    fn malformed_and_repeated_routes_are_refused() {
        let one = |route: &str| Router::new(vec![(route.to_owned(), "a".to_owned())]);
        assert!(one("api").is_err());
        assert!(one("/.../api").is_err());
        let twice = ["/a", "/a/"].map(|route| (route.to_owned(), "a".to_owned()));
        assert!(Router::new(twice.to_vec()).is_err());
    }
}
