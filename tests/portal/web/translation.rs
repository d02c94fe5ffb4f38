//! What a browser must not translate, and what it must not mix up where names are written from right to left.

use keystead::access::BuiltIn;
use keystead::app::all_routes;

use crate::support::{BOB, Page, address_of, on_both};

/// Elements that have no end.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "link", "meta", "path", "source"];

/// Where the reader is, from the outermost element inwards.
#[derive(Default)]
struct Place<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Place<'a> {
    fn enters(&mut self, tag: &'a str) {
        let name = tag.split([' ', '\n', '/', '>']).next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            let depth = self.0.iter().rposition(|(open, _)| *open == name.trim()).unwrap_or(self.0.len());
            self.0.truncate(depth);
        } else if !VOID.contains(&name) && !tag.ends_with('/') && !tag.starts_with('!') {
            // The end of an option may be left out.
            if name == "option" && self.0.last().is_some_and(|(open, _)| *open == "option") {
                self.0.pop();
            }
            self.0.push((name, tag));
        }
    }

    fn is_in(&self, name: &str) -> bool {
        self.0.iter().any(|(open, _)| *open == name)
    }

    fn has(&self, attribute: &str) -> bool {
        self.0.iter().any(|(_, tag)| tag.contains(attribute))
    }
}

fn is_foreign(text: &str) -> bool {
    text.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter))
}

/// What was looked at so far: ids, names, and what is wrong.
#[derive(Debug, Default)]
struct Seen(usize, usize, Vec<String>);

/// Every id on the page is kept from translation, and every name from its surroundings.
fn check(seen: &mut Seen, what: &str, page: &Page, ids: &[String]) {
    let mut place = Place::default();
    for piece in page.body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        place.enters(tag);
        let value = tag.split(" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let is_kept = tag.contains("type=\"hidden\"") || tag.contains(" dir=\"auto\"");
        if tag.starts_with("input") && is_foreign(value) && !is_kept {
            seen.2.push(format!("{what}: <{tag}>"));
        }
        if place.is_in("title") || place.is_in("script") || text.trim().is_empty() {
            continue;
        }
        let is_code = ["code", "pre"].iter().any(|name| place.is_in(name));
        // A message is a sentence, which is kept from its surroundings as a whole.
        let has_id = ids.iter().any(|id| text.contains(id.as_str())) && !place.has("flash");
        if is_code || has_id {
            if !place.has("translate=\"no\"") {
                seen.2.push(format!("{what}: {text:?} may be translated"));
            }
            seen.0 += 1;
        }
        if is_foreign(text) {
            if !place.is_in("bdi") && !place.has("dir=\"auto\"") {
                seen.2.push(format!("{what}: {text:?} turns its surroundings around"));
            }
            seen.1 += 1;
        }
    }
}

on_both! {
    async fn no_page_lets_ids_be_translated_or_names_turn_a_sentence_around(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user_at(BOB, "bob@acme.example", "بوب", BuiltIn::Member).await;
        portal.sql("UPDATE tenants SET organization = 'شركة النور'").await;
        portal.sql("UPDATE users SET name = 'آدا' WHERE email = 'ada@acme.example'").await;
        ada.get("/roles/new").await.is(200);
        let role = [("name", "مطور"), ("slug", "mutawwir"), ("description", "يقرأ"), ("permission-api_keys:read", "on")];
        ada.post("/roles/new", &role).await.redirects_to("/roles");
        let resource = [("kind", "namespace"), ("name", "kunden"), ("parent", "organization=acme")];
        assert_eq!(ada.post("/resources/new", &resource).await.status.as_u16(), 303);
        let key = ada.makes_named_key("zahlung-7k", "فواتير").await;
        portal.tags(&key, "env", "إنتاج").await;
        portal.gives(&key, "mutawwir", "organization=acme:namespace=kunden").await;
        let hint = format!("ks_live_{}…{}", &key.key_id[..4], &key.secret[66..]);
        let ids = [key.client_id.clone(), key.key_id.clone(), hint, "organization=acme".into(), "api_keys:manage".into(), "kunden".into()];
        portal.verify(&key.secret).await;

        let mut seen = Seen::default();
        let form = ada.get(&key.path("disable")).await.is(200);
        ada.post(&key.path("disable"), &[("version", &form.try_field("version").unwrap_or_default()), ("reason", "صيانة")]).await.redirects_to(&key.path(""));
        for route in all_routes().iter().filter(|route| route.method.as_str() == "GET" && route.is_for_browsers()) {
            let address = address_of(route, &key.key_id);
            if !["/first-use", "/export", "/api-keys/tags"].iter().any(|data| address.ends_with(data)) {
                check(&mut seen, &address, &ada.get(&address).await, &ids);
            }
        }
        for address in ["/api-keys?tag=env%3A%D8%A5%D9%86%D8%AA%D8%A7%D8%AC", "/api-keys?role=mutawwir&q=%D9%81", "/resources?q=kunden", "/roles/mutawwir", "/roles/mutawwir/delete", "/roles/new?copy=mutawwir"] {
            check(&mut seen, address, &ada.get(address).await, &ids);
        }
        // The answers to forms: what was typed wrongly, and the page with the secret.
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        let fields = [("version", version.as_str()), ("overlap", "3600")];
        check(&mut seen, "rotate", &ada.post(&key.path("rotate"), &fields).await.is(200), &ids);
        check(&mut seen, "rotate again", &ada.post(&key.path("rotate"), &fields).await.is(409), &ids);
        let fields = [("intent", ada.intent()), ("client_id", "فاتورة".into()), ("name", "فواتير".into()), ("expiry", "90".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check(&mut seen, "create", &ada.post("/api-keys/new", &fields).await.is(422), &ids);
        assert!(seen.2.is_empty(), "{:#?}", seen.2);
        assert!(seen.0 > 100 && seen.1 > 60, "there is something to see: {seen:?}");
    }
}
